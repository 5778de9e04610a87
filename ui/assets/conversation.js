// The conversation: clicks become events for the server, or are done right here. Runs once, with Gradio's `element`,
// `trigger` and `watch` in scope; everything is delegated, because the inside is drawn anew with every answer.

const pane = element.closest("#conversation");
pane.tabIndex = 0;
pane.setAttribute("role", "region");
pane.setAttribute("aria-label", "Questions and answers");

const announce = (text) => {
  const line = document.querySelector("#announcements");
  if (line) line.textContent = text;
};

const copy = async (text, button) => {
  try {
    await navigator.clipboard.writeText(text);
    announce("Copied");
    button.classList.add("done");
    setTimeout(() => button.classList.remove("done"), 1500);
  } catch {
    announce("The browser does not allow copying here");
  }
};

const numberOf = (node) => Number(node.closest(".exchange").dataset.number);

const edit = (exchange) => {
  const heading = exchange.querySelector(".asked h2");
  const form = document.createElement("form");
  form.className = "editing";
  const box = document.createElement("textarea");
  box.value = exchange.dataset.question;
  box.maxLength = 2000;
  box.rows = 2;
  box.setAttribute("aria-label", "Change the question");
  const send = document.createElement("button");
  send.textContent = "Ask this instead";
  const cancel = document.createElement("button");
  cancel.type = "button";
  cancel.textContent = "Cancel";
  form.append(box, send, cancel);
  const header = heading.parentElement;
  header.hidden = true;
  header.after(form);
  box.focus();
  const close = () => {
    form.remove();
    header.hidden = false;
  };
  cancel.addEventListener("click", () => {
    close();
    header.querySelector(".edit").focus();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") cancel.click();
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const question = box.value;
    close();
    if (question.trim()) trigger("ask", { question, index: numberOf(exchange) });
  });
};

// Examples stand beside the pane, not in it.
element.closest("#talk").addEventListener("click", (event) => {
  const target = event.target.closest("button, a.number");
  if (!target) return;
  if (target.matches("a.number")) {
    // The address changes by itself; the same address again must be followed too.
    if (target.getAttribute("href") === window.location.hash) {
      event.preventDefault();
      window.dispatchEvent(new HashChangeEvent("hashchange"));
    }
  } else if (target.matches(".ask")) {
    trigger("ask", { question: target.dataset.question, index: null });
  } else if (target.matches(".alone")) {
    trigger("ask", { question: target.closest(".exchange").dataset.question, index: null, alone: true });
  } else if (target.matches(".retry")) {
    const exchange = target.closest(".exchange");
    trigger("ask", { question: exchange.dataset.question, index: numberOf(exchange) });
  } else if (target.matches(".edit")) {
    edit(target.closest(".exchange"));
  } else if (target.matches(".copy")) {
    copy(target.dataset.copy, target);
  } else if (target.matches(".link")) {
    const address = new URL(window.location);
    address.searchParams.delete("conversation"); // which is one's own; the place is anybody's
    address.hash = target.dataset.link;
    if (address.searchParams.has("collection")) {
      address.searchParams.set("document", decodeURIComponent(/^#(.+):/.exec(target.dataset.link)[1]));
    }
    copy(address.href, target);
  } else if (target.matches(".judge")) {
    const taken = target.getAttribute("aria-pressed") === "true";
    const { what, verdict } = target.dataset;
    trigger("judge", { index: numberOf(target), what, verdict: taken ? null : verdict });
    announce(taken ? "Verdict taken back" : "Thank you, kept");
  }
});

// A question that is being answered is brought to the top, again as its answer grows below it and makes room for that,
// until it is complete or somebody scrolls; reading back is never disturbed otherwise. It is the last one, or the one in
// whose place it was asked.
let count = 0;
let worked = null;
let following = false;
const leaveAlone = () => {
  following = false;
};
for (const scrolled of ["wheel", "touchmove", "keydown"]) {
  pane.addEventListener(scrolled, leaveAlone, { passive: true });
}
watch("value", () => {
  const exchanges = [...element.querySelectorAll(".exchange")];
  const busy = exchanges.findIndex((exchange) => exchange.ariaBusy === "true");
  const grown = exchanges.length - count;
  if ((busy >= 0 && worked === null) || grown > 0) following = true;
  // Of several that come at once none was asked just now: a kept conversation was opened.
  if (busy >= 0 || grown === 1) worked = busy >= 0 ? busy : exchanges.length - 1;
  count = exchanges.length;
  const current = exchanges[worked ?? exchanges.length - 1];
  if (following && current) current.scrollIntoView({ block: "start" });
  window.dispatchEvent(new Event("conversation-drawn"));
  if (busy >= 0) return;
  following = false;
  if (worked === null || !current) return;
  worked = null;
  const refusal = current.querySelector(".refusal, .problem, .note");
  const quotes = current.querySelectorAll(".quote").length;
  announce(refusal ? refusal.textContent : `Answered with ${quotes} ${quotes === 1 ? "quote" : "quotes"}`);
  window.dispatchEvent(new CustomEvent("answered", { detail: current }));
});
