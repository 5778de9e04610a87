// The transcript: finds the span that the address names (#document:start-end, in code points) and marks it. Runs once,
// with Gradio's `element`, `trigger` and `watch` in scope.

const ADDRESS = /^#(.+):(\d+)-(\d+)$/;

// The pane scrolls, so the keyboard must be able to get there.
const pane = element.closest("#transcript");
pane.tabIndex = 0;
pane.setAttribute("role", "region");
pane.setAttribute("aria-label", "Transcript");

const read = () => {
  const match = ADDRESS.exec(window.location.hash);
  if (!match) return null;
  try {
    return { doc: decodeURIComponent(match[1]), start: Number(match[2]), end: Number(match[3]) };
  } catch {
    return null;
  }
};

const unmark = () => {
  for (const mark of element.querySelectorAll("mark")) {
    const parent = mark.parentNode;
    mark.replaceWith(...mark.childNodes);
    parent.normalize();
  }
};

// How many UTF-16 units the first `points` code points of `text` take.
const unitsOf = (text, points) => {
  let units = 0;
  for (let left = points; left > 0 && units < text.length; left--) {
    units += text.codePointAt(units) > 0xffff ? 2 : 1;
  }
  return units;
};

const pointsOf = (text) => {
  let points = 0;
  for (const _ of text) points++;
  return points;
};

// Every stretch of text between `start` and `end`, as [text node, from, to] in UTF-16 units.
const stretches = (root, start, end) => {
  const found = [];
  const blocks = [...root.querySelectorAll("[data-start]")];
  let first = 0;
  for (let high = blocks.length; first < high; ) {
    const middle = (first + high) >> 1;
    if (Number(blocks[middle].dataset.start) <= start) first = middle + 1;
    else high = middle;
  }
  for (const block of blocks.slice(Math.max(0, first - 1))) {
    let place = Number(block.dataset.start);
    if (place >= end) break;
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const length = pointsOf(node.data);
      const from = Math.max(start - place, 0);
      const to = Math.min(end - place, length);
      if (from < to) found.push([node, unitsOf(node.data, from), unitsOf(node.data, to)]);
      place += length;
    }
  }
  return found;
};

const mark = ({ start, end }) => {
  const root = element.querySelector(".transcript");
  unmark();
  const marks = [];
  for (const [node, from, to] of stretches(root, start, end)) {
    const middle = node.splitText(from);
    middle.splitText(to - from);
    const wrapper = document.createElement("mark");
    middle.replaceWith(wrapper);
    wrapper.append(middle);
    marks.push(wrapper);
  }
  if (!marks.length) return;
  marks[0].id = "quoted";
  marks[0].tabIndex = -1;
  marks[0].setAttribute("aria-label", "Quoted words");
  document.body.classList.add("reading");
  bring(marks[0]);
};

// Where the focus was when somebody went to a place. Whoever has moved it since, to type the next question while the
// words were still fetched, keeps it. None while the page loads: that puts the focus into the box by itself.
let origin = null;
let keepsFocus = false;
const mayFocus = () => !keepsFocus && (!origin || [origin, document.body].includes(document.activeElement));

// Into the middle of the pane, again with every frame until it stays there: what was out of sight has its height only
// estimated until it comes into view, and then moves what follows.
const bring = (node, frames = 30, last = NaN) => {
  if (!node.isConnected) return;
  node.scrollIntoView({ block: "center" });
  const { top } = node.getBoundingClientRect();
  if (frames === 30 || (frames > 0 && Math.abs(top - last) > 1)) {
    requestAnimationFrame(() => requestAnimationFrame(() => bring(node, frames - 1, top)));
  } else if (mayFocus()) {
    node.focus({ preventScroll: true });
    origin = node;
  }
};

// Marks what the address names. Only when somebody went there is the server asked for what is not on the page: where
// the transcripts themselves were changed, an old address is no reason to complain.
let asked = null;
const locate = (mayAsk) => {
  const place = read();
  const root = element.querySelector(".transcript");
  if (!place) {
    unmark();
    if (mayAsk) document.body.classList.remove("reading");
    return;
  }
  const { doc, from, to } = root ? root.dataset : {};
  if (doc === place.doc && place.start >= Number(from) && place.end <= Number(to)) {
    mark(place);
  } else {
    unmark(); // what is still marked is not what the address names
    if (!mayAsk) return;
    asked = window.location.hash;
    trigger("open", { doc_id: place.doc, start: place.start });
  }
};

window.addEventListener("hashchange", () => {
  origin = document.activeElement;
  keepsFocus = false;
  locate(true);
});

// Where the address names a collection, it names the transcript too, ?document=ID, so that a copied link opens that. A
// place in another one goes, unless that is on its way.
const nameDocument = (leaves) => {
  const doc = element.querySelector(".transcript")?.dataset.doc ?? "";
  const address = new URL(window.location);
  if (!address.searchParams.has("collection")) return;
  if (doc) address.searchParams.set("document", doc);
  else address.searchParams.delete("document");
  const place = read();
  if (leaves && place && place.doc !== doc) address.hash = "";
  if (address.href !== window.location.href) history.replaceState(history.state, "", address);
};

// After an answer from another document, that one is opened at the first quote; where both panes are in sight, and
// without taking the focus from whoever types on.
window.addEventListener("answered", (event) => {
  const number = event.detail.querySelector("ol.quotes a.number");
  const at = number && ADDRESS.exec(number.getAttribute("href"));
  if (!at || !window.matchMedia("(min-width: 821px)").matches) return;
  if (element.querySelector(".transcript")?.dataset.doc === decodeURIComponent(at[1])) return;
  showPlace(number.getAttribute("href"));
});

// A place that somebody is brought to who keeps the focus where it is.
const showPlace = (hash, replace = false) => {
  keepsFocus = true;
  if (replace) window.history.replaceState(window.history.state, "", hash);
  else window.history.pushState(null, "", hash);
  setTimeout(() => locate(true));
};
window.addEventListener("show-place", (event) => showPlace(event.detail.hash, event.detail.replace));

// A transcript, or part of one, that comes anew begins at its beginning, unless a place in it is meant.
const nameShown = () => {
  const { doc, from } = element.querySelector(".transcript")?.dataset ?? {};
  return `${from} ${doc}`;
};
let shown = nameShown();
let drawn = element.querySelector(".transcript");
let goesOnAt = null;
const arrive = () => {
  const name = nameShown();
  drawn = element.querySelector(".transcript");
  if (name === shown) {
    locate(false);
    nameDocument();
    return;
  }
  shown = name;
  window.dispatchEvent(new Event("transcript-arrived"));
  pane.scrollTop = 0;
  if (goesOnAt) element.querySelector(`[data-start="${goesOnAt}"]`)?.scrollIntoView({ block: "start" });
  goesOnAt = null;
  // Whoever went on while a place was fetched wants the one that the address names now.
  const wentOn = asked !== null && asked !== window.location.hash;
  const fetched = asked !== null;
  asked = null;
  locate(false);
  nameDocument(!fetched);
  if (wentOn) setTimeout(() => locate(true));
};
watch("value", arrive);
// Gradio may say so before what came is on the page, be it the same transcript drawn anew, without its mark.
new MutationObserver(() => {
  if (nameShown() !== shown || element.querySelector(".transcript") !== drawn) arrive();
}).observe(element, { childList: true, subtree: true, attributeFilter: ["data-doc", "data-from"] });

// What stands in the page at first is everybody's: whoever opens it gets what their address names, and may change.
const named = read();
if (named) asked = window.location.hash;
locate(false);
trigger("land", {
  place: named !== null,
  doc_id: named?.doc ?? new URL(window.location).searchParams.get("document") ?? "",
  start: named?.start ?? 0,
});

element.addEventListener("click", (event) => {
  const more = event.target.closest("button.more");
  if (!more) return;
  const root = element.querySelector(".transcript");
  goesOnAt = more.dataset.around;
  trigger("open", { doc_id: root.dataset.doc, start: Number(goesOnAt) });
});

// Back from the words to the number that led there, without the mouse.
element.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.body.classList.remove("reading");
  const numbers = document.querySelectorAll("#conversation a.number");
  for (const number of numbers) {
    if (number.getAttribute("href") === window.location.hash) number.focus();
  }
});
