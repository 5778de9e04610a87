// What the server replies to a call of ui/assets/tables.js or tags.js, as it puts it into `value`.

const { id } = element.closest("#tables-replies, #tags-replies");
watch("value", () => {
  if (props.value) window.dispatchEvent(new CustomEvent(id, { detail: props.value }));
});
