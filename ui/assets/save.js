// Saves what the server puts into `value`, a file's name and its text, or its bytes in base64, as a file.

watch("value", () => {
  if (!props.value) return;
  const { name, text, base64, type } = props.value;
  const data = base64 === undefined ? text : Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([data], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
});
