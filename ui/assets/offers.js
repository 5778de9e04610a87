// What to ask next is found after the answer is shown. It is put below the answer here, so that the conversation is not
// drawn anew while somebody reads or edits it. Runs once, with Gradio's `element` and `watch` in scope.

const place = () => {
  const offered = element.querySelector(".offered");
  const exchanges = document.querySelectorAll("#conversation .exchange");
  const last = exchanges[exchanges.length - 1];
  document.querySelectorAll("#conversation .offers").forEach((old) => old.remove());
  // What was found for an earlier question is not what to ask after this one.
  if (!offered || !last || last.ariaBusy !== "false" || offered.dataset.question !== last.dataset.question) return;
  last.append(...offered.cloneNode(true).children);
};
watch("value", place);
window.addEventListener("conversation-drawn", place);
