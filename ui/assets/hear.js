// The recording behind a quote: plays its seconds and no others, with the words lit as they are said. Runs once, with
// Gradio's `element` in scope. Which transcripts have a recording the server says; the quotes say when they were said.

// Before and behind the words: where their times are known, and where these are reckoned and may be off by this much.
const AIR = 0.5;
const WIDE_AIR = 4;
const STEP = 5;
const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5];

const talk = element.closest("#talk");
const bar = element.querySelector(".player");
const audio = bar.querySelector("audio");
const part = (name) => bar.querySelector(`.${name}`);

let known = {};
// The quote that is heard: its button and block, from when to when, the words with their times as ranges of the page.
let current = null;

const reveal = () => {
  for (const button of talk.querySelectorAll("button.hear")) button.hidden = !known[button.dataset.source];
  for (const mark of document.querySelectorAll("#documents .heard")) {
    mark.hidden = !known[mark.dataset.source];
    mark.title = known[mark.dataset.source]?.problem ?? known[mark.dataset.source]?.name ?? "";
  }
};
const ask = async () => {
  try {
    const answer = await fetch("recordings");
    known = answer.ok ? await answer.json() : {};
  } catch {
    known = {};
  }
  reveal();
};

const say = (text) => {
  part("state").textContent = text;
};
const clock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

// Where the code points `from` to `to` of a quote stand on the page; its words begin behind a quotation mark.
const rangeOf = (block, from, to) => {
  const range = document.createRange();
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  let place = -1;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    let units = 0;
    for (const character of node.data) {
      if (place === from) range.setStart(node, units);
      units += character.length;
      place++;
      if (place === to) {
        range.setEnd(node, units);
        return range;
      }
    }
  }
  return null;
};

const light = (seconds) => {
  if (!window.CSS?.highlights) return;
  const now = current?.words.filter((word) => word.from <= seconds && seconds < word.to) ?? [];
  CSS.highlights.set("said", new Highlight(...now.map((word) => word.range)));
};

const fetchWords = async (quote, address, { source, start, end, corrected }) => {
  if (corrected !== undefined) return; // what is shown are not the words that were said
  try {
    const answer = await fetch(`${address}/words?source=${source}&start=${start}&end=${end}`);
    if (!answer.ok) return;
    for (const [first, last, from, to] of await answer.json()) {
      const range = rangeOf(quote.block, first - Number(start), last - Number(start));
      if (range) quote.words.push({ range, from: from / 1000, to: to / 1000 });
    }
  } catch {
    // it can be heard all the same
  }
};

const show = () => {
  const playing = !audio.paused;
  part("pause").textContent = playing ? "Pause" : "Play";
  for (const button of talk.querySelectorAll("button.hear")) {
    button.setAttribute("aria-pressed", String(playing && button === current?.button));
  }
};

const stop = () => {
  audio.pause();
  light(-1);
  show();
};
const close = () => {
  stop();
  current = null;
  bar.hidden = true;
};

// With every frame: timers and the element's own events come too seldom to stop at a word's end.
const follow = () => {
  if (!current || audio.paused) return;
  if (audio.currentTime >= current.end) {
    stop();
    return;
  }
  part("now").textContent = clock(audio.currentTime);
  light(audio.currentTime);
  requestAnimationFrame(follow);
};

const resume = async () => {
  if (!current) return;
  if (audio.currentTime >= current.end - 0.05) audio.currentTime = current.begin;
  try {
    await audio.play();
  } catch {
    say("The browser cannot play this recording; convert it to mp3, and attach that.");
  }
};
const back = () => {
  if (!current) return;
  audio.currentTime = Math.max(0, audio.currentTime - STEP);
  light(audio.currentTime);
  if (audio.paused) resume();
};
const change = (step) => {
  const at = SPEEDS.indexOf(audio.playbackRate) + step;
  if (!(at in SPEEDS)) return;
  audio.defaultPlaybackRate = audio.playbackRate = SPEEDS[at];
  part("speed").textContent = `${SPEEDS[at]}×`;
};

const load = (address) =>
  new Promise((resolve, reject) => {
    if (audio.getAttribute("src") === address && audio.readyState > 0) {
      resolve();
      return;
    }
    audio.onloadedmetadata = resolve;
    audio.onerror = reject;
    audio.src = address;
    audio.load();
  });

const hear = async (button) => {
  const { source, fragment, timing } = button.dataset;
  await ask(); // a recording may have been changed since the page was opened
  const recording = known[source];
  stop();
  bar.hidden = false;
  current = null;
  if (!recording) return say("The recording of this transcript is not attached any more.");
  if (recording.problem) return say(recording.problem);
  if (!fragment) return say("The transcript does not tell when this was said, so it is not played.");
  const [from, to] = fragment.slice(2).split(",").map(Number);
  const air = timing === "interpolated" ? WIDE_AIR : AIR;
  const quote = { button, block: button.closest(".words").querySelector("blockquote"), words: [] };
  quote.begin = Math.max(0, from - air);
  quote.end = to + air;
  try {
    await load(recording.address);
  } catch {
    return say("The browser cannot play this recording; convert it to mp3, and attach that.");
  }
  if (from >= audio.duration) return say("The recording ends before these words.");
  const about = timing === "interpolated" ? "About here, reckoned from the times around it" : "";
  say([recording.name, `${clock(from)} to ${clock(to)}`, about].filter(Boolean).join(" · "));
  current = quote;
  fetchWords(quote, recording.address, button.dataset);
  audio.currentTime = quote.begin;
  await resume();
};

audio.addEventListener("play", () => {
  show();
  follow();
});
audio.addEventListener("pause", show);
// Behind another tab there are no frames.
audio.addEventListener("timeupdate", () => {
  if (current && !audio.paused && audio.currentTime >= current.end) stop();
});

talk.addEventListener("click", (event) => {
  const button = event.target.closest("button.hear");
  if (!button) return;
  if (button === current?.button) {
    if (audio.paused) resume();
    else stop();
  } else {
    hear(button);
  }
});
part("back").addEventListener("click", back);
part("pause").addEventListener("click", () => (audio.paused ? resume() : stop()));
part("slower").addEventListener("click", () => change(-1));
part("faster").addEventListener("click", () => change(1));
part("close").addEventListener("click", close);

// While something is heard, and nobody types.
const KEYS = { ArrowLeft: back, "-": () => change(-1), "+": () => change(1) };
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (!current || typing || event.ctrlKey || event.metaKey || event.altKey || !(event.key in KEYS)) return;
  event.preventDefault();
  KEYS[event.key]();
});

window.addEventListener("conversation-drawn", () => {
  reveal();
  // The quote that is heard was drawn anew, or is gone.
  if (current && !current.button.isConnected) close();
});
window.addEventListener("recording-added", ask);
window.addEventListener("sources-drawn", reveal);
ask();
