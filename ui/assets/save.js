// Saves what the server puts into `value`, a file's name and text, as a file.

watch("value", () => {
  if (!props.value) return;
  const { name, text, type } = props.value;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
});
