// What the server replies to a call of ui/assets/tables.js or tags.js, as it puts it into `value`.

const name = element.closest("#tag-replies") ? "tag-reply" : "table-reply";
watch("value", () => {
  if (props.value) window.dispatchEvent(new CustomEvent(name, { detail: props.value }));
});
