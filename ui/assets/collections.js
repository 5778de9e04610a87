// The collections. Which one is open stands in the address, ?collection=ID, and the server looks it up with every request;
// opening another one is following a link. Runs once, with Gradio's `element`, `trigger` and `watch` in scope.

const KEY = "collection";
const panel = () => element.querySelector(".collections");
const named = () => new URL(window.location).searchParams.get(KEY);

const showName = () => {
  const place = document.querySelector(".masthead .opened");
  if (place && panel()) place.textContent = panel().dataset.name;
};

const name = (id) => {
  if (named() === id) return;
  const address = new URL(window.location);
  address.searchParams.set(KEY, id);
  history.replaceState(history.state, "", address);
};

watch("value", () => {
  if (!panel()) return;
  const { go, current } = panel().dataset;
  if (go) window.location.assign(`${window.location.pathname}?${new URLSearchParams({ [KEY]: go })}`);
  else name(current);
  showName();
});
if (panel() && !named()) name(panel().dataset.current);
showName();

// Back to an address of before something was added, and another collection was begun with it.
window.addEventListener("popstate", () => {
  if (panel() && named() !== panel().dataset.current) window.location.reload();
});

const toggle = (line, kind, open) => {
  const form = line.querySelector(`form.${kind}`);
  for (const other of line.querySelectorAll("form")) other.hidden = true;
  form.hidden = !open;
  if (open) (form.querySelector("input") ?? form.querySelector(".cancel")).focus();
  else line.querySelector(kind === "renaming" ? ".rename" : ".delete").focus();
};

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const line = button?.closest("li");
  if (!line) return;
  if (button.matches(".rename")) toggle(line, "renaming", true);
  if (button.matches(".delete")) toggle(line, "deleting", true);
  if (button.matches(".cancel")) toggle(line, button.closest("form").className, false);
});

element.addEventListener("keydown", (event) => {
  const form = event.target.closest("li form");
  if (event.key !== "Escape" || !form) return;
  event.stopPropagation(); // the drawer stays open
  toggle(form.closest("li"), form.className, false);
});

element.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const given = form.querySelector("input")?.value.trim();
  if (form.matches(".making") && given) trigger("make", { name: given });
  if (form.matches(".renaming") && given) trigger("rename", { id: form.dataset.id, name: given });
  if (form.matches(".deleting")) trigger("discard", { id: form.dataset.id });
});
