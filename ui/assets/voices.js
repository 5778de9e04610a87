// The voices that nobody has named yet: a few seconds of each to hear, and a field for its name. Runs once, with Gradio's
// `element` and `trigger` in scope. A name is a correction, and can be undone as any other.

const audio = new Audio();
let playing = null; // the button of the sample that is heard, and when that ends
let end = 0;

const stop = () => {
  audio.pause();
  playing?.setAttribute("aria-pressed", "false");
  playing = null;
};
audio.addEventListener("timeupdate", () => {
  if (playing && audio.currentTime >= end) stop();
});
audio.addEventListener("ended", stop);
audio.addEventListener("error", () => {
  if (playing) playing.textContent = "The browser cannot play it";
  stop();
});

const ask = async () => {
  try {
    const answer = await fetch("recordings");
    return answer.ok ? await answer.json() : {};
  } catch {
    return {};
  }
};
const reveal = async () => {
  const panel = element.querySelector(".unnamed");
  if (!panel) return;
  const recording = (await ask())[panel.dataset.source];
  for (const button of panel.querySelectorAll(".sample")) button.hidden = !recording || recording.problem !== null;
};

const hear = async (button) => {
  const { address } = (await ask())[button.closest(".unnamed").dataset.source] ?? {};
  if (!address) return;
  const [from, to] = button.dataset.sample.split(",").map(Number);
  // The browser then asks for these seconds alone.
  audio.src = `${address}#t=${from},${to}`;
  end = to;
  playing = button;
  button.setAttribute("aria-pressed", "true");
  try {
    await audio.play();
  } catch {
    stop();
  }
};

element.addEventListener("click", (event) => {
  const button = event.target.closest(".sample");
  if (!button) return;
  const again = button === playing;
  stop();
  if (!again) hear(button);
});
element.addEventListener("submit", (event) => {
  const form = event.target.closest("form.naming");
  if (!form) return;
  event.preventDefault();
  stop();
  const doc_id = element.querySelector(".transcript").dataset.doc;
  const to = form.querySelector("input").value;
  trigger("correct", { kind: "rename", doc_id, speaker: form.dataset.speaker, to, everywhere: false });
});

window.addEventListener("recording-added", reveal);
watch("value", reveal);
reveal();
