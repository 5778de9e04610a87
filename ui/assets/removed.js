// What was removed can be had back for a while.

element.addEventListener("click", (event) => {
  const back = event.target.closest(".back");
  if (back) trigger("restore", { token: back.dataset.token });
});
