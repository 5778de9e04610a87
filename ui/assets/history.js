// Past conversations: clicks become events for the server, titles are changed in their place, dates are the reader's
// own. Runs once, with Gradio's `element`, `trigger` and `watch` in scope; the inside is drawn anew with every change.

let next = null; // what gets the focus when the list has been drawn anew, because what had it is gone

const rename = (button) => {
  const row = button.closest("li");
  const title = row.querySelector(".restore");
  const form = document.createElement("form");
  form.className = "editing";
  const box = document.createElement("input");
  box.value = title.textContent;
  box.maxLength = 120;
  box.setAttribute("aria-label", "Title of the conversation; empty: its first question");
  const save = document.createElement("button");
  save.textContent = "Save";
  const cancel = document.createElement("button");
  cancel.type = "button";
  cancel.textContent = "Cancel";
  form.append(box, save, cancel);
  title.hidden = true;
  title.after(form);
  box.select();
  const close = () => {
    form.remove();
    title.hidden = false;
  };
  cancel.addEventListener("click", () => {
    close();
    button.focus();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation(); // the drawer stays
    cancel.click();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = box.value;
    close();
    next = `.restore[data-id="${CSS.escape(button.dataset.id)}"]`;
    trigger("rename", { id: button.dataset.id, title: text });
  });
};

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { id } = button.dataset;
  if (button.matches(".restore")) trigger("restore", { id });
  if (button.matches(".rename")) rename(button);
  if (button.matches(".discard")) {
    next = ".undo";
    trigger("discard", { id });
  }
  if (button.matches(".undo")) {
    next = ".restore";
    trigger("undo", {});
  }
});

const drawn = () => {
  for (const time of element.querySelectorAll("time")) {
    const moment = new Date(time.dateTime);
    if (!Number.isNaN(moment.getTime())) {
      time.textContent = moment.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
    }
  }
  if (!next) return;
  element.querySelector(next)?.focus();
  next = null;
};
watch("value", drawn);
drawn();

// Another tab may have asked meanwhile.
const refresh = () => {
  if (document.body.classList.contains("desk-open") && !element.querySelector(".editing")) trigger("refresh", {});
};
window.addEventListener("focus", refresh);
document.addEventListener("click", (event) => {
  if (event.target.closest(".open-desk")) setTimeout(refresh);
});
