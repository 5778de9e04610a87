// Recordings that are chosen or dropped: for each a small form asks what it is, and a line tells how it stands with it.
// Runs once, with Gradio's `element` in scope. What may be done with a recording, the server makes sure of.

const PLACE = "recordings/tasks";
const POLL_MS = 1000;
const LANGUAGES = ["en", "de", "es", "fr", "it", "pt", "nl", "pl", "ru", "uk", "tr", "ar", "hi", "zh", "ja", "ko"];
// Which files are recordings, until the server has said so.
let endings = [".mp3", ".m4a", ".wav", ".ogg", ".oga", ".opus", ".flac", ".mp4", ".webm"];
let limit = Infinity;
let note = "";

const list = element.querySelector(".arriving");
const isRecording = (file) => endings.some((ending) => file.name.toLowerCase().endsWith(ending));
const announce = (text) => {
  const line = document.querySelector("#announcements");
  if (line) line.textContent = text;
};
const make = (tag, given = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), given);
  node.append(...children);
  return node;
};
const button = (text, action, quiet = true) => {
  const node = make("button", { type: "button", textContent: text, className: quiet ? "quiet" : "" });
  node.addEventListener("click", action);
  return node;
};
const address = (rest = "", given = {}) => {
  const query = new URLSearchParams(given);
  const open = new URL(window.location).searchParams.get("collection");
  if (open) query.set("collection", open);
  return `${PLACE}${rest}?${query}`;
};

// A line: the name of a recording, how it stands with it, how far it is, and what can be done.
const lines = new Map();
const draw = (id, { name, state, words, done = 0, total = 0 }, ...buttons) => {
  let line = lines.get(id);
  if (!line) {
    line = make("section", { className: "arrival" });
    line.setAttribute("aria-label", name);
    lines.set(id, line);
    list.append(line);
  }
  const key = JSON.stringify([state, words, done, total]);
  if (line.dataset.key === key) return; // a button that has the focus keeps it
  const focused = line.contains(document.activeElement) && document.activeElement.textContent;
  line.dataset.key = key;
  line.dataset.state = state;
  const parts = [make("bdi", { className: "file", textContent: name })];
  if (total) {
    const bar = make("progress", { max: total, value: done });
    bar.setAttribute("aria-label", `${name}: how much is done`);
    parts.push(bar);
  }
  parts.push(make("p", { className: "state", textContent: words }), make("div", { className: "choices" }, ...buttons));
  line.replaceChildren(...parts);
  if (focused) [...line.querySelectorAll("button")].find((each) => each.textContent === focused)?.focus();
};
const remove = (id) => {
  lines.get(id)?.remove();
  lines.delete(id);
};

const change = (rest, method = "POST") => async () => {
  try {
    const answer = await fetch(address(rest), { method });
    const told = await answer.json();
    if (answer.ok) show(told);
    else announce(told.error?.message ?? "That did not work; try again");
  } catch {
    announce("The server does not answer");
  }
  follow();
};

const before = new Map(); // how it stood with each task
const end = ({ name, collection, words }) => {
  announce(`${name}: ${words}`);
  window.dispatchEvent(new Event("recording-added"));
  const here = new URL(window.location);
  // It is in a collection that was begun with it.
  if (collection && here.searchParams.get("collection") !== collection && here.searchParams.get("collection") === asked) {
    window.location.assign(`${window.location.pathname}?${new URLSearchParams({ collection })}`);
  }
};
const show = (told) => {
  ({ note, limit, endings } = told);
  const ids = new Set(told.tasks.map(({ id }) => id));
  for (const id of [...lines.keys()]) if (before.has(id) && !ids.has(id)) remove(id);
  for (const task of told.tasks) {
    const { id, state } = task;
    const buttons = [];
    if (state === "waiting" || state === "hearing") buttons.push(button("Stop", change(`/${id}/stop`)));
    if (state === "stopped") buttons.push(button("Go on", change(`/${id}/resume`)));
    if (state === "refused") buttons.push(button("Try again", change(`/${id}/resume`)));
    if (state === "stopped" || state === "refused") buttons.push(button("Discard", change(`/${id}`, "DELETE")));
    if (state === "done") buttons.push(button("All right", change(`/${id}`, "DELETE")));
    draw(id, task, ...buttons);
    const was = before.get(id);
    before.set(id, state);
    if (state === "done" && was && was !== "done") end(task);
    if (state === "refused" && was && was !== "refused") announce(`${task.name}: ${task.words}`);
  }
  return told.tasks.some(({ active }) => active);
};

let timer = null;
let asked = null;
const follow = async () => {
  clearTimeout(timer);
  asked = new URL(window.location).searchParams.get("collection");
  try {
    const answer = await fetch(address());
    if (!answer.ok) return; // a server that takes none
    if (show(await answer.json())) timer = setTimeout(follow, POLL_MS);
  } catch {
    timer = setTimeout(follow, 5 * POLL_MS);
  }
};

const choose = (label, ...options) => {
  const select = make("select", {}, ...options);
  return [make("label", {}, `${label} `, select), select];
};
const option = (text, value) => make("option", { textContent: text, value });

// Those of the visitor's own, in the order of the list: these can be removed, too.
const ownTranscripts = () =>
  [...document.querySelectorAll("#documents li")]
    .filter((row) => row.querySelector(".remove"))
    .map((row) => row.querySelector(".open"))
    .map((open) => option(open.textContent, open.dataset.doc));

let number = 0;
const offer = (file) => {
  const id = `file ${number++}`;
  const dismiss = button("Cancel", () => remove(id));
  const refuse = (words) => draw(id, { name: file.name, state: "refused", words }, dismiss);
  if (note) return refuse(note);
  if (file.size > limit) return refuse(`It has ${file.size.toLocaleString("en")} bytes, at most ${limit.toLocaleString("en")} are taken here; save it as mp3.`);
  const own = ownTranscripts();
  const group = make("optgroup", { label: "It is the recording of" }, ...own);
  const [what, document_] = choose("What is it?", option("Make a new transcript of it", ""), ...(own.length ? [group] : []));
  const names = new Intl.DisplayNames(["en"], { type: "language" });
  const codes = LANGUAGES.map((code) => option(names.of(code), code));
  const [language, spoken] = choose("Language", option("found out", ""), ...codes);
  const count = make("input", { type: "number", min: 1, max: 20, placeholder: "found out" });
  const voices = make("label", {}, "People who speak ", count);
  const hint = make("p", { className: "state" });
  const explain = () => {
    voices.hidden = document_.value !== "";
    hint.textContent = document_.value
      ? "A transcript with times can be heard at once. For one without, the recording is listened to, to find when its words are said."
      : "It is listened to, which may take a third of its length or more. The machine mishears: read it before you quote.";
  };
  document_.addEventListener("change", explain);
  const form = make("form", {}, what, language, voices, hint, make("div", { className: "choices" }, make("button", { textContent: "Start" }), dismiss));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = { name: file.name, document: document_.value, language: spoken.value, voices: document_.value ? "" : count.value };
    send(id, file, given, refuse);
  });
  draw(id, { name: file.name, state: "new", words: "" });
  lines.get(id).replaceChildren(make("bdi", { className: "file", textContent: file.name }), form);
  explain();
  document_.focus();
};

const send = (id, file, given, refuse) => {
  const request = new XMLHttpRequest();
  const stop = button("Stop", () => request.abort());
  const tell = (done) => draw(id, { name: file.name, state: "sending", words: "Taking it in…", done, total: file.size }, stop);
  request.upload.onprogress = (event) => tell(event.loaded);
  request.onabort = () => remove(id);
  request.onerror = () => refuse("The server did not take it; is it still running?");
  request.onload = () => {
    let told = {};
    try {
      told = JSON.parse(request.responseText);
    } catch {
      // said below
    }
    if (request.status !== 201) return refuse(told.error?.message ?? "The server did not take it.");
    remove(id);
    before.set(told.id, "sent");
    follow();
  };
  request.open("POST", address("", given));
  tell(0);
  request.send(file);
};

const take = async (files) => {
  await follow(); // what is installed, and how much is taken
  files.forEach(offer);
};

// Before Gradio sees them: recordings among the files that are chosen, or dropped onto the list of transcripts.
document.addEventListener(
  "change",
  (event) => {
    const input = event.target;
    if (!input.matches?.("#desk input[type=file]") || input.closest("#draft-file")) return;
    const files = [...input.files];
    const recordings = files.filter(isRecording);
    if (!recordings.length) return;
    const others = new DataTransfer();
    for (const file of files) if (!isRecording(file)) others.items.add(file);
    if (!others.files.length) {
      event.stopImmediatePropagation();
      input.value = "";
    } else input.files = others.files;
    take(recordings);
  },
  { capture: true },
);
follow();
