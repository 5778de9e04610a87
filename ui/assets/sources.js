// The list of transcripts: ticks restrict what is asked, a title opens, files are dropped here. Runs once, with Gradio's
// `element` and `trigger` in scope. What is chosen is set in the page at once, so that the very next question obeys it.

const rail = element.closest("#sources");
const ticks = () => [...element.querySelectorAll(".tick")];

const announce = (text) => {
  const line = document.querySelector("#announcements");
  if (line) line.textContent = text;
};

// The documents that are asked, and whose words, where the page's events take them from; none is all.
let asked = [];
let speaker = "";
window.askedDocuments = () => asked;
window.askedSpeaker = () => speaker;
const isSpeaker = (button) => button.dataset.speaker === speaker;
const showNarrowed = () => {
  const narrowed = document.querySelector("#narrowed");
  if (!narrowed) return;
  const all = ticks();
  const chosen = all.filter((tick) => asked.includes(tick.dataset.doc));
  narrowed.hidden = chosen.length === 0 || chosen.length === all.length;
  if (narrowed.hidden) return;
  const title = chosen[0].closest("li").querySelector(".title").textContent;
  const what = chosen.length === 1 ? `“${title}”` : `${chosen.length} of ${all.length} transcripts`;
  narrowed.querySelector("span").textContent = `Asking ${what}`;
};

const choose = (isChosen) => {
  const all = ticks();
  for (const tick of all) tick.checked = isChosen(tick);
  if (!all.some((tick) => tick.checked)) {
    for (const tick of all) tick.checked = true;
    announce("None is left, so all transcripts are asked");
  }
  const chosen = all.filter((tick) => tick.checked);
  asked = chosen.length === all.length ? [] : chosen.map((tick) => tick.dataset.doc);
  const speaks = (tick) => [...tick.closest("li").querySelectorAll(".speaker")].some((button) => isSpeaker(button));
  if (!chosen.some(speaks)) speaker = "";
  trigger("choose");
  showNarrowed();
  showSpeaker();
};

const showSpeaker = () => {
  for (const button of element.querySelectorAll(".speaker")) {
    button.setAttribute("aria-pressed", String(isSpeaker(button)));
  }
};
window.addEventListener("speaker-chosen", (event) => {
  speaker = event.detail ?? "";
  showSpeaker();
});

element.addEventListener("change", (event) => {
  if (event.target.matches(".tick")) choose((tick) => tick.checked);
});
document.addEventListener("click", (event) => {
  if (event.target.closest("#narrowed button")) choose(() => true);
});

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { doc } = button.dataset;
  if (button.matches(".open")) {
    // A place in another transcript is no place in this one.
    window.history.pushState(null, "", window.location.pathname + window.location.search);
    document.body.classList.remove("sources-open");
    document.body.classList.add("reading");
    trigger("open", { doc_id: doc, start: 0 });
  } else if (button.matches(".only")) {
    choose((tick) => tick.dataset.doc === doc);
  } else if (button.matches(".remove")) {
    trigger("remove", { doc_id: doc });
  } else if (button.matches(".speaker")) {
    speaker = isSpeaker(button) ? "" : button.dataset.speaker;
    choose((tick) => tick.checked || (speaker && tick.dataset.doc === doc));
  }
});

const showOpen = () => {
  const shown = document.querySelector("#transcript .transcript")?.dataset.doc;
  for (const button of element.querySelectorAll(".open")) button.ariaCurrent = String(button.dataset.doc === shown);
};
window.addEventListener("transcript-arrived", showOpen);

// What became of a recording is seen in the list.
window.addEventListener("recording-added", () => trigger("added"));

// Drawn anew, all of them are ticked.
watch("value", () => {
  window.dispatchEvent(new Event("sources-drawn"));
  asked = [];
  showNarrowed();
  showSpeaker();
  showOpen();
});

// Files that are dropped go where those that are chosen go, and what becomes of them is said there.
const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
for (const type of ["dragenter", "dragover"]) {
  rail.addEventListener(type, (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    rail.classList.add("dropping");
  });
}
rail.addEventListener("dragleave", (event) => {
  if (!rail.contains(event.relatedTarget)) rail.classList.remove("dropping");
});
rail.addEventListener("drop", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  rail.classList.remove("dropping");
  const input = document.querySelector("#desk input[type=file]");
  const files = new DataTransfer();
  for (const file of event.dataTransfer.files) files.items.add(file);
  input.files = files.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  document.querySelector(".open-desk")?.dispatchEvent(new CustomEvent("show-desk", { bubbles: true }));
});
