// The drawer: buttons of its list of transcripts become events for the server. Runs once, with Gradio's `element` and `trigger`.

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.matches(".remove")) trigger("remove", { doc_id: button.dataset.doc });
});
