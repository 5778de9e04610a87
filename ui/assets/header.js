// The head of the page: the drawer, light and dark, and how it stands with the server.

// Gradio names the page's own folder as the base of all links. A link to a place on the page, "#…", would then lead to the
// page without the rest of its address, which is another page.
document.querySelector("base")?.remove();

const body = document.body;
const drawer = element.querySelector(".open-desk");

const setDrawer = (open) => {
  body.classList.toggle("desk-open", open);
  drawer.setAttribute("aria-expanded", String(open));
  if (open) document.querySelector("#desk .close-desk")?.focus();
  else drawer.focus();
};

// The list of transcripts, where the window has no room for it beside the rest.
const sources = element.querySelector(".open-sources");
const setSources = (open) => {
  body.classList.toggle("sources-open", open);
  sources.setAttribute("aria-expanded", String(open));
  if (open) document.querySelector("#sources .close-sources")?.focus();
  else sources.focus();
};
sources.addEventListener("click", () => setSources(!body.classList.contains("sources-open")));
drawer.addEventListener("show-desk", () => setDrawer(true));

drawer.addEventListener("click", () => setDrawer(!body.classList.contains("desk-open")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (body.classList.contains("desk-open")) setDrawer(false);
  else if (body.classList.contains("sources-open")) setSources(false);
});
document.addEventListener("click", (event) => {
  if (event.target.closest(".close-desk, .restore, #checked a")) setDrawer(false);
  if (event.target.closest(".close-sources")) setSources(false);
  if (event.target.closest("#sources .add")) {
    body.classList.remove("sources-open");
    setDrawer(true);
    document.querySelector("#upload")?.focus();
  }
  if (event.target.closest(".close-source")) {
    body.classList.remove("reading");
    document.querySelector(`#conversation a.number[href="${CSS.escape(window.location.hash)}"]`)?.focus();
  }
});

const THEME = "on-the-record-theme";
const setTheme = (dark) => {
  body.classList.toggle("dark", dark);
  element.querySelector(".theme").setAttribute("aria-pressed", String(dark));
};
try {
  const kept = localStorage.getItem(THEME);
  if (kept) setTheme(kept === "dark");
} catch {
  // without storage the page follows the system
}
element.querySelector(".theme").setAttribute("aria-pressed", String(body.classList.contains("dark")));
element.querySelector(".theme").addEventListener("click", () => {
  const dark = !body.classList.contains("dark");
  setTheme(dark);
  try {
    localStorage.setItem(THEME, dark ? "dark" : "light");
  } catch {
    // not kept then
  }
});

// Gradio opens a list of choices at any key but a few, and at Tab after it has closed it: it would stay over the page.
window.addEventListener(
  "keydown",
  (event) => {
    if (event.key === "Tab" && event.target.matches?.("[role=combobox]")) event.stopPropagation();
  },
  { capture: true },
);

// Gradio leaves the button that sends without a name, and an empty choice without a word.
new MutationObserver(() => {
  for (const input of document.querySelectorAll("#only-in input")) input.placeholder = "all transcripts";
  for (const button of document.querySelectorAll("#question .input-container button")) {
    const name = button.classList.contains("stop-button") ? "Stop" : "Ask";
    if (button.getAttribute("aria-label") !== name) button.setAttribute("aria-label", name);
  }
}).observe(body, { childList: true, subtree: true });

const word = element.querySelector(".loading");
let run = null;
const GONE = "The server does not answer. Start it again, or wait: what is on this page stays.";
const say = (text) => {
  word.hidden = !text;
  if (word.textContent !== text) word.textContent = text;
};
const ask = async () => {
  try {
    const answer = await fetch("health");
    if (!answer.ok) throw new Error(answer.statusText);
    const health = await answer.json();
    say(health.word);
    // A server that was started again knows nothing of this page; reloaded, it has its conversation by its address.
    if (run && health.run !== run) window.location.reload();
    run = health.run;
    // What is not as good as it could be may be mended while the page is open, and a server may go at any time.
    setTimeout(ask, health.ready ? 5000 : 1000);
  } catch {
    say(GONE);
    setTimeout(ask, 2000);
  }
};
ask();
