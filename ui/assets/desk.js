// The drawer: buttons of its lists become events for the server. Runs once a list, with Gradio's `element` and `trigger`.

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.matches(".remove")) trigger("remove", { doc_id: button.dataset.doc });
  if (button.matches(".restore")) trigger("restore", { id: button.dataset.id });
  if (button.matches(".discard")) trigger("discard", { id: button.dataset.id });
});
