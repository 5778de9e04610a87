// The conversation that is open stands in the address, ?conversation=NAME: reloaded, or opened in another tab of whoever
// it belongs to, it is there again; so is what was typed. Runs once, with Gradio's `trigger`, `watch` and `props` in scope.

const KEY = "conversation";
const named = () => new URL(window.location).searchParams.get(KEY) ?? "";

const write = (name, change) => {
  const address = new URL(window.location);
  if (name) address.searchParams.set(KEY, name);
  else address.searchParams.delete(KEY);
  history[change](history.state, "", address);
};

// Gradio's <base> has no query: without this, a link to a place would leave for another page, without the conversation.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  window.location.hash = link.getAttribute("href");
});

watch("value", () => {
  const name = props.value ?? "";
  // One that has just got its name is the same page; another one is another, to come back from.
  if (name !== named()) write(name, named() ? "pushState" : "replaceState");
});

window.addEventListener("popstate", () => {
  if (named() !== (props.value ?? "")) trigger("open", { id: named() });
});

const first = named();
if (first) {
  write("", "replaceState"); // until it is there; it need not be anybody's
  trigger("open", { id: first });
}

// What somebody has typed outlives a reload too, also the one after the server was started again.
const TYPED = "on-the-record-typed";
const box = () => document.querySelector("#question textarea");
window.addEventListener("pagehide", () => {
  try {
    sessionStorage.setItem(TYPED, box()?.value ?? "");
  } catch {
    // not kept then
  }
});
const retype = (text) => {
  if (!box()) return requestAnimationFrame(() => retype(text)); // it comes later
  if (box().value) return;
  box().value = text;
  box().dispatchEvent(new Event("input", { bubbles: true }));
};
try {
  const typed = sessionStorage.getItem(TYPED);
  sessionStorage.removeItem(TYPED);
  if (typed) retype(typed);
} catch {
  // without storage nothing was kept
}
