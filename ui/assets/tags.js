// Tags on quotes: the menu beside a quote, and the code-book with what has each tag. What is tagged is asked of the server,
// with Gradio's `trigger`; its replies come in by ui/assets/replies.js. A quote is named by its place, as addresses have it.

const menu = element.querySelector(".tag-menu");
const book = element.querySelector(".tag-book");
const announce = (text) => {
  const line = document.querySelector("#announcements");
  if (line) line.textContent = text;
};

let calls = 0;
const replies = new Map();
window.addEventListener("tags-replies", ({ detail }) => {
  replies.get(detail.call)?.(detail);
  replies.delete(detail.call);
});
// One call at a time: of two replies that come at once, the page would be told of the second only.
let line = Promise.resolve();
const call = (what) =>
  (line = line.then(
    () =>
      new Promise((resolve) => {
        replies.set(++calls, resolve);
        trigger("call", { ...what, call: calls });
      }),
  ));

// Asks, and says in the dialog what went wrong; gives the reply, or null.
const ask = async (dialog, what) => {
  const trouble = dialog.querySelector(".trouble");
  const reply = await call(what);
  trouble.textContent = reply.problem ?? "";
  trouble.hidden = !reply.problem;
  if (reply.marks) mark(reply.marks);
  return reply.problem ? null : reply;
};

// The tags of the quotes that stand on the page.
let marks = {};
const mark = (found) => {
  marks = found ?? marks;
  for (const quote of document.querySelectorAll("#conversation .quote:has(button.tag)")) {
    const tags = marks[quote.querySelector("a.number")?.getAttribute("href")] ?? [];
    const shown = tags.map(([name, color]) => {
      const chip = document.createElement("span");
      chip.className = `chip tag-${color}`;
      chip.textContent = name;
      return chip;
    });
    quote.querySelector(".tags-of")?.remove();
    if (!shown.length) continue;
    const row = document.createElement("p");
    row.className = "tags-of";
    row.append(...shown);
    quote.querySelector(".about").after(row);
  }
};
window.addEventListener("conversation-drawn", () => mark());

// --- The menu beside a quote ---

let place = "";
const drawMenu = (reply) => {
  if (!reply) return;
  const held = document.activeElement?.closest?.(".tag-menu .toggle")?.dataset.tag;
  menu.querySelector(".menu-body").innerHTML = reply.menu;
  for (const each of menu.querySelectorAll(".toggle")) if (each.dataset.tag === held) each.focus();
};
const openMenu = async (named) => {
  place = named;
  const reply = await ask(menu, { do: "menu", place });
  menu.querySelector(".menu-body").replaceChildren();
  drawMenu(reply);
  if (!menu.open) menu.showModal();
  (menu.querySelector(".toggle") ?? menu.querySelector(".name")).focus();
};

// --- The code-book ---

let opened = "";
const drawBook = (reply) => {
  if (!reply) return;
  book.querySelector(".listed").innerHTML = reply.listed;
  book.querySelector(".tag-opened").innerHTML = reply.opened;
  opened = book.querySelector(".tag-opened section")?.dataset.tag ?? "";
};
const openBook = async (name = opened) => {
  drawBook(await ask(book, { do: "open", tag: name }));
  if (!book.open) book.showModal();
};

document.addEventListener("click", (event) => {
  const target = event.target.closest("button, a.place");
  if (!target) return;
  if (target.matches(".open-tags")) openBook();
  else if (target.matches("#conversation button.tag")) {
    openMenu(target.closest(".quote").querySelector("a.number").getAttribute("href"));
  }
});

element.addEventListener("click", async (event) => {
  const target = event.target.closest("button, a.place");
  const dialog = event.target.closest("dialog");
  if (event.target === dialog) return dialog.close(); // the ground around it
  if (!target) return;
  const { tag } = target.dataset;
  if (target.matches(".close-dialog")) dialog.close();
  else if (target.matches("a.place")) dialog.close(); // the address changes by itself
  else if (target.matches(".all-tags")) {
    menu.close();
    openBook();
  } else if (target.matches(".open-tag")) openBook(tag);
  else if (target.matches(".toggle") && dialog === menu) {
    drawMenu(await ask(menu, { do: "toggle", tag, place }));
    announce(menu.querySelector(`.toggle[data-tag="${CSS.escape(tag)}"][aria-pressed="true"]`) ? "Tagged" : "Tag taken away");
  } else if (target.matches(".toggle")) {
    if (await ask(book, { do: "toggle", tag, place: target.closest("[data-place]").dataset.place })) {
      target.closest("li").remove();
      const rest = book.querySelector(".suggested").innerHTML;
      await openBook();
      book.querySelector(".suggested").innerHTML = rest;
      announce(target.getAttribute("aria-pressed") === "true" ? "Tag taken away" : "Tagged");
    }
  } else if (target.matches(".suggest")) {
    target.disabled = true;
    const reply = await ask(book, { do: "suggest", tag: opened });
    target.disabled = false;
    if (reply) book.querySelector(".suggested").innerHTML = reply.suggested;
  } else if (target.matches(".delete-tag")) {
    drawBook(await ask(book, { do: "delete", tag: opened }));
    announce("The tag is deleted");
  }
});

element.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const name = form.querySelector(".name")?.value;
  if (form.matches(".tag-menu .make-tag")) {
    const reply = await ask(menu, { do: "make", tag: name, place });
    drawMenu(reply);
    if (reply) form.reset();
  } else if (form.matches(".make-tag")) {
    if (!(await ask(book, { do: "make", tag: name }))) return;
    form.reset();
    openBook(name.trim());
  } else if (form.matches(".change-tag")) {
    const [color, definition] = ["color", "definition"].map((key) => form.querySelector(`.${key}`).value);
    drawBook(await ask(book, { do: "change", tag: opened, to: name, color, definition }));
  } else if (form.matches(".save-tags")) {
    ask(book, { do: "save", tag: opened, form: form.querySelector(".form").value });
  }
});

call({ do: "marks" }).then((reply) => reply.marks && mark(reply.marks));
