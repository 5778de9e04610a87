// Search in the transcript that is open: the server says where the words stand, the page goes from one place to the
// next. Runs once, with Gradio's `element` and `trigger` in scope; what was found comes from found.js.

const input = element.querySelector("input");
const count = element.querySelector(".count");
const buttons = element.querySelectorAll("button.step");
let places = [];
let at = -1;
let address = "";
let more = false;

const shownDocument = () => document.querySelector("#transcript .transcript")?.dataset.doc ?? "";

const say = () => {
  const asked = input.value.trim();
  const of = more ? `more than ${places.length.toLocaleString("en")}` : places.length.toLocaleString("en");
  count.textContent = !asked ? "" : places.length ? `${(at + 1).toLocaleString("en")} of ${of}` : "not found";
  for (const button of buttons) button.disabled = !places.length;
};

const go = (step) => {
  if (!places.length) return;
  at = (at + step + places.length) % places.length;
  say();
  window.dispatchEvent(new CustomEvent("show-place", { detail: { hash: `#${address}:${places[at]}`, replace: true } }));
};

let wanted = "";
let last = "";
const search = () => {
  const words = input.value.trim();
  wanted = words;
  last = shownDocument();
  places = [];
  at = -1;
  if (words) trigger("search", { doc_id: shownDocument(), words });
  say();
  count.textContent = words ? "…" : "";
};

let waiting = 0;
input.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(search, 250);
});
element.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target === input) {
    event.preventDefault();
    if (input.value.trim() === wanted && places.length) go(event.shiftKey ? -1 : 1);
  } else if (event.key === "Escape") {
    event.stopPropagation();
    input.value = "";
    search();
  }
});
for (const button of buttons) button.addEventListener("click", () => go(Number(button.dataset.step)));

window.addEventListener("places-found", (event) => {
  const result = event.detail;
  if (result.words !== wanted || result.doc_id !== shownDocument()) return;
  ({ places, address, more } = result);
  at = -1;
  say();
  go(1);
});

// In another transcript the same words stand elsewhere.
window.addEventListener("transcript-arrived", () => {
  const now = shownDocument();
  if (now === last) return;
  last = now;
  if (!input.value) return;
  input.value = "";
  search();
});
