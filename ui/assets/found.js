// What a search found, as the server puts it into `value`; for the search to go through.

watch("value", () => {
  if (props.value) window.dispatchEvent(new CustomEvent("places-found", { detail: props.value }));
});
