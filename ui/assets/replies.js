// What the server replies to a call of ui/assets/tables.js, as it puts it into `value`.

watch("value", () => {
  if (props.value) window.dispatchEvent(new CustomEvent("table-reply", { detail: props.value }));
});
