// Corrections of the transcript: a click on a name, or words that were marked, open a small form. Runs once, with
// Gradio's `element` and `trigger` in scope. What is corrected, the server makes sure of.

const shown = () => element.querySelector(".transcript");
const mayCorrect = () => element.querySelector("button.name") !== null;

const dialog = document.createElement("dialog");
dialog.id = "correct";
document.body.append(dialog);

const make = (tag, given = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), given);
  node.append(...children);
  return node;
};

const namesShown = () => {
  const list = make("datalist", { id: "correct-names" });
  const names = new Set([...element.querySelectorAll("button.name")].map((button) => button.dataset.speaker));
  for (const name of names) if (name) list.append(make("option", { value: name }));
  return list;
};

const send = (given) => {
  dialog.close();
  trigger("correct", { doc_id: shown().dataset.doc, ...given });
};

// A form of one line of text and a button; `extra` is a choice beside it.
const line = (label, value, action, given, extra) => {
  const input = make("input", { type: "text", value, maxLength: 500, required: true, autocomplete: "off" });
  input.setAttribute("aria-label", label);
  if (given.kind !== "words") input.setAttribute("list", "correct-names");
  const box = extra && make("input", { type: "checkbox" });
  const form = make("form", {}, make("label", { textContent: label }), input, make("button", { textContent: action }));
  if (extra) form.append(make("label", { className: "choice" }, box, ` ${extra}`));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send({ ...given, to: input.value, everywhere: box ? box.checked : false });
  });
  return form;
};

const choice = (text, given) => {
  const button = make("button", { type: "button", className: "quiet", textContent: text });
  button.addEventListener("click", () => send(given));
  return button;
};

const open = (title, ...parts) => {
  const close = make("button", { type: "button", className: "quiet", textContent: "Close" });
  close.addEventListener("click", () => dialog.close());
  const head = make("h2", { id: "correct-title" }, title);
  head.dir = "auto";
  dialog.setAttribute("aria-labelledby", "correct-title");
  dialog.replaceChildren(make("header", {}, head, close), namesShown(), ...parts);
  dialog.showModal();
};

const askWho = ({ speaker, start, end }) => {
  const place = { start: Number(start), end: Number(end) };
  const parts = [];
  if (speaker) parts.push(line("is really called", speaker, "Rename", { kind: "rename", speaker }, "in every transcript"));
  parts.push(line("This turn was said by", "", "Give it to them", { kind: "reassign", ...place }));
  const row = make("div", { className: "choices" }, choice("Nobody said it", { kind: "reassign", ...place, to: "" }));
  if (speaker) {
    row.append(
      choice("They ask", { kind: "asks", speaker }),
      choice("They answer", { kind: "answers", speaker }),
      choice("No speaker: a part of what was said before", { kind: "drop", speaker }),
    );
  }
  open(speaker || "Somebody not named", ...parts, row);
};

const askWords = (words, start, end) =>
  open(
    `“${words}”`,
    line("was really", words, "Correct the words", { kind: "words", start, end }, "wherever it stands here"),
    line("was said by", "", "Give it to them", { kind: "reassign", start, end }),
  );

element.addEventListener("click", (event) => {
  const name = event.target.closest("button.name");
  if (name) askWho(name.dataset);
  const undo = event.target.closest("button.undo");
  if (undo) trigger("undo", { id: undo.dataset.id, doc_id: shown().dataset.doc });
});

// The code point of the document at which a place in a text node stands; NaN outside the words of the transcript.
const placeOf = (node, units) => {
  const block = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-start]");
  if (!block || !element.contains(block) || !block.matches("p, h2")) return NaN;
  const range = document.createRange();
  range.setStart(block, 0);
  range.setEnd(node, units);
  return Number(block.dataset.start) + [...range.toString()].length;
};

const offer = make("button", { type: "button", id: "correct-offer", textContent: "Correct…", hidden: true });
document.body.append(offer);
let marked = null;

const look = () => {
  const selection = document.getSelection();
  marked = null;
  if (mayCorrect() && selection.rangeCount && !selection.isCollapsed) {
    const range = selection.getRangeAt(0);
    const start = placeOf(range.startContainer, range.startOffset);
    const end = placeOf(range.endContainer, range.endOffset);
    const text = selection.toString();
    const before = text.length - text.trimStart().length;
    const words = text.trim();
    if (words && words.length <= 2000 && end > start) {
      marked = { words, start: start + before, end: end - (text.length - text.trimEnd().length) };
      const { left, top } = range.getBoundingClientRect();
      offer.style.left = `${Math.max(8, left)}px`;
      offer.style.top = `${Math.max(8, top - 40)}px`;
    }
  }
  offer.hidden = marked === null;
};
document.addEventListener("selectionchange", look);
document.addEventListener("scroll", () => (offer.hidden = true), { capture: true, passive: true });
offer.addEventListener("mousedown", (event) => event.preventDefault()); // the words stay marked
offer.addEventListener("click", () => marked && askWords(marked.words, marked.start, marked.end));
