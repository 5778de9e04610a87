// What a number cites, shown beside it while it is pointed at or has the focus: within the window, and covering neither
// the number nor, where there is room elsewhere, what stands above it.

const GAP = 8;
let peeking = null;

const hide = () => {
  peeking?.classList.remove("shown");
  peeking = null;
};

const place = () => {
  const card = peeking;
  if (!card?.isConnected) return;
  const number = card.previousElementSibling;
  const at = number.getBoundingClientRect();
  const { width, height } = card.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const below = at.bottom + GAP + height <= clientHeight || at.top < height + 2 * GAP;
  card.style.left = `${Math.max(GAP, Math.min(at.left, clientWidth - width - GAP))}px`;
  card.style.top = `${below ? at.bottom + GAP : at.top - GAP - height}px`;
};

const peek = (number) => {
  hide();
  peeking = number.nextElementSibling;
  peeking.classList.add("shown");
  place();
};

const isCiting = (target) => target instanceof Element && target.matches(".citation .number");
const talk = element.closest("#talk");
for (const begins of ["mouseover", "focusin"]) {
  talk.addEventListener(begins, (event) => {
    if (isCiting(event.target) && (begins === "mouseover" || event.target.matches(":focus-visible"))) peek(event.target);
  });
}
for (const ends of ["mouseout", "focusout"]) {
  talk.addEventListener(ends, (event) => {
    if (isCiting(event.target)) hide();
  });
}
talk.addEventListener("scroll", place, { capture: true, passive: true });
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") hide();
});
