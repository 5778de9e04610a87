// Tables: each question put to every interview. The frame is on the page from the beginning; what belongs to a visitor is
// asked for, one call after the other, with Gradio's `trigger`, and comes in by ui/assets/replies.js.

const body = document.body;
const frame = element.querySelector(".tables");
const find = (selector) => frame.querySelector(selector);
const [home, one, grid, problem] = [".tables-home", ".tables-one", ".grid", ".trouble"].map(find);
const LOOK_MS = 1000;
const LOST_MS = 120000;

const announce = (text) => {
  const line = document.querySelector("#announcements");
  if (line) line.textContent = text;
};
const complain = (text) => {
  problem.textContent = text ?? "";
  problem.hidden = !text;
};

// One call at a time: of two replies that come at once, the page would be told of the second only.
let calls = 0;
let line = Promise.resolve();
const replies = new Map();
window.addEventListener("tables-replies", ({ detail }) => replies.get(detail.call)?.(detail));
const send = (what) =>
  new Promise((resolve) => {
    const number = ++calls;
    const lost = setTimeout(() => replies.get(number)({ problem: "The server did not reply. Try again." }), LOST_MS);
    replies.set(number, (reply) => {
      clearTimeout(lost);
      replies.delete(number);
      resolve(reply);
    });
    trigger("call", { ...what, call: number });
  });
const call = (what) => (line = line.then(() => send(what)));

// Which table is open stands in the address, ?table=NAME, empty for the list of them.
const KEY = "table";
const named = () => new URL(window.location).searchParams.get(KEY);
const write = (name) => {
  if (named() === name) return;
  const address = new URL(window.location);
  if (name === null) address.searchParams.delete(KEY);
  else address.searchParams.set(KEY, name);
  address.hash = "";
  history.pushState(history.state, "", address);
};

let opened = null; // { name, running, since }
let sorting = { by: null, down: false };
let pinned = { row: null, column: null };

const rows = () => [...grid.querySelectorAll("tbody tr")];
const columns = () => [...grid.querySelectorAll("thead th[data-q]")];
const cellOf = (row, number) => row.querySelector(`td[data-q="${number}"]`);

// --- What is shown, and in which order ---

const fold = (text) =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase();
const FITS = {
  all: () => true,
  found: (cell) => cell.matches(".found"),
  accepted: (cell) => cell.matches(".accepted"),
  open: (cell) => !cell.matches(".accepted, .rejected, .unasked"),
};
const filter = () => {
  const kind = find(".filter").value;
  const words = fold(find(".words").value).split(/\s+/).filter(Boolean);
  const has = (text) => words.every((word) => fold(text).includes(word));
  let shown = 0;
  for (const row of rows()) {
    const whole = has(row.querySelector(".name").textContent);
    let some = false;
    for (const cell of row.querySelectorAll("td")) {
      const said = [...cell.querySelectorAll("blockquote, .remark, .voice")].map((part) => part.textContent).join(" ");
      const fits = FITS[kind](cell) && (whole || has(said));
      cell.classList.toggle("out", !fits);
      some ||= fits;
    }
    row.hidden = !some && row.dataset.key !== pinned.row;
    if (!row.hidden) shown++;
  }
  const all = kind === "all" && !words.length;
  find(".shown-count").textContent = all ? "" : `${shown} of ${rows().length} shown`;
};

const sureness = (row, number) => {
  const cell = cellOf(row, number);
  return cell.matches(".unasked") ? -1 : Number(cell.dataset.confidence);
};
const order = () => {
  const { by, down } = sorting;
  const place = (row) => Number(row.dataset.place);
  const name = (row) => row.querySelector(".name").textContent;
  const compare = (a, b) => {
    if (by === "name") return name(a).localeCompare(name(b), undefined, { numeric: true });
    return by === null ? 0 : sureness(a, by) - sureness(b, by);
  };
  const sorted = rows().sort((a, b) => (down ? -1 : 1) * compare(a, b) || place(a) - place(b));
  sorted.sort((a, b) => (b.dataset.key === pinned.row) - (a.dataset.key === pinned.row));
  const held = document.activeElement;
  grid.querySelector("tbody").append(...sorted);
  for (const row of sorted) row.classList.toggle("pinned", row.dataset.key === pinned.row);
  for (const row of grid.querySelectorAll("tr")) {
    const cells = [...row.querySelectorAll("[data-q]")].filter((cell) => cell.parentElement === row);
    const first = (cell) => cell.dataset.question === pinned.column || cell.dataset.q === pinnedNumber();
    cells.sort((a, b) => first(b) - first(a) || a.dataset.q - b.dataset.q);
    row.append(...cells);
    for (const cell of cells) cell.classList.toggle("pinned", first(cell));
  }
  if (grid.contains(held)) held.focus({ preventScroll: true });
  for (const head of grid.querySelectorAll("thead th")) {
    const button = head.querySelector(".sort");
    const sorts = button.dataset.by === by;
    head.ariaSort = sorts ? (down ? "descending" : "ascending") : "none";
    const pin = head.querySelector(".pin");
    if (pin) pin.setAttribute("aria-pressed", String(head.dataset.question === pinned.column));
  }
  for (const row of rows()) row.querySelector(".pin").setAttribute("aria-pressed", String(row.dataset.key === pinned.row));
  measure();
};
const pinnedNumber = () => columns().find((head) => head.dataset.question === pinned.column)?.dataset.q;

// How far what is pinned stands from the edges: behind the names, below the questions.
const measure = () => {
  const corner = grid.querySelector(".corner");
  if (!corner) return;
  grid.style.setProperty("--names", `${corner.offsetWidth}px`);
  grid.style.setProperty("--heads", `${corner.offsetHeight}px`);
};
new ResizeObserver(measure).observe(grid);

const count = () => {
  const all = rows();
  let [done, total] = [0, 0];
  for (const head of columns()) {
    const cells = all.map((row) => cellOf(row, head.dataset.q));
    const [found, empty, left] = [".found", ".empty", ".unasked"].map(
      (kind) => cells.filter((cell) => cell.matches(kind)).length,
    );
    const more = left ? `, ${left} not asked yet` : "";
    head.querySelector(".count").textContent =
      `asked of ${found + empty}: ${found} with a quote, ${empty} with nothing found${more}`;
    done += found + empty;
    total += cells.length;
  }
  const { running, stopping, again } = opened;
  const bar = find("progress");
  const reached = `${again ? opened.since : done} of ${total} cells${again ? " asked again" : ""}`;
  bar.max = Math.max(1, total);
  bar.value = again ? opened.since : done;
  bar.hidden = done === total && !running;
  bar.setAttribute("aria-valuetext", reached);
  find(".state").textContent =
    done === total && !again ? `all ${total} cells are answered` : `${reached}${stopping ? ", stopping…" : ""}`;
  find(".stop").hidden = !running;
  find(".stop").disabled = Boolean(stopping);
  find(".go-on").hidden = running || done === total;
  return { done, total };
};

// --- What comes from the server ---

const sources = new WeakMap(); // what the server said of a cell, so that one that is the same is left alone
const parse = (html) => {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content;
};
const replaceCell = (old, html) => {
  const fresh = parse(`<table><tbody><tr>${html}</tr></tbody></table>`).querySelector("td");
  if (old.querySelector(".noting") || sources.get(old) === fresh.outerHTML) return;
  sources.set(fresh, fresh.outerHTML);
  const held = old.contains(document.activeElement) ? document.activeElement : null;
  const again = held && [...held.classList, held.dataset.verdict && `[data-verdict=${held.dataset.verdict}]`];
  if (old.querySelector("details")?.open) fresh.querySelector("details")?.setAttribute("open", "");
  fresh.classList.toggle("pinned", old.classList.contains("pinned"));
  old.replaceWith(fresh);
  if (again) fresh.querySelector(again.filter(Boolean).map((part) => (part[0] === "[" ? part : `.${part}`)).join(""))?.focus();
};
const patch = (cells) => {
  const byKey = new Map(rows().map((row) => [row.dataset.key, row]));
  for (const { key, q, html } of cells) {
    const row = byKey.get(key);
    if (row && cellOf(row, q)) replaceCell(cellOf(row, q), html);
  }
};
const layout = (root) =>
  JSON.stringify([
    [...root.querySelectorAll("tbody tr")].map((row) => row.dataset.key).sort(),
    [...root.querySelectorAll("thead th[data-q]")].map((head) => [head.dataset.q, head.dataset.question]).sort(),
  ]);
const draw = ({ name, table, running, ended }) => {
  const same = opened?.name === name;
  if (!same) {
    [sorting, pinned] = [{ by: null, down: false }, { row: null, column: null }];
    find(".filter").value = "all";
    find(".words").value = "";
  }
  opened = { name, running, since: 0, again: same && running && opened.again };
  const fresh = parse(table);
  if (same && layout(fresh) === layout(grid)) {
    const cells = [...fresh.querySelectorAll("td")];
    patch(cells.map((cell) => ({ key: cell.parentElement.dataset.key, q: cell.dataset.q, html: cell.outerHTML })));
  } else {
    grid.replaceChildren(fresh);
    for (const cell of grid.querySelectorAll("td")) sources.set(cell, cell.outerHTML);
  }
  find(".opened-name").textContent = name;
  view("one");
  order();
  filter();
  complain(ended);
  const counted = count();
  if (running) follow();
  return counted;
};

let following = false;
const follow = async () => {
  if (following) return;
  following = true;
  const { name } = opened;
  const goesOn = () => opened?.name === name && opened.running && body.classList.contains("tables-open");
  while (goesOn()) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    if (!goesOn()) break;
    const questions = columns().sort((a, b) => a.dataset.q - b.dataset.q);
    const texts = questions.map((head) => head.dataset.question);
    const reply = await call({ do: "look", name, since: opened.since, questions: texts });
    if (!goesOn()) break;
    if (reply.problem) {
      complain(reply.problem);
      opened.running = false;
      count();
      break;
    }
    patch(reply.cells);
    opened.since = reply.since;
    if (reply.running) {
      order();
      filter();
      count();
      continue;
    }
    const last = await call({ do: "open", name });
    if (opened?.name !== name || last.problem) break;
    const { done, total } = draw(last);
    announce(done === total ? `The table is done: ${total} cells` : `Stopped after ${done} of ${total} cells`);
  }
  following = false;
  if (opened?.running && opened.name !== name) follow();
};

const view = (which) => {
  frame.dataset.view = which;
  home.hidden = which !== "home";
  one.hidden = which !== "one";
};
const list = (reply) => {
  opened = null;
  view("home");
  grid.replaceChildren();
  find(".listed").innerHTML = reply.listed ?? "";
  find(".keeping").textContent = reply.keeping ?? "";
};
const goHome = async () => {
  complain("");
  const reply = await call({ do: "list" });
  list(reply);
  complain(reply.problem);
};
const open = async (name) => {
  complain("");
  const reply = await call({ do: "open", name });
  if (!reply.problem) return draw(reply);
  await goHome();
  complain(reply.problem);
};
// Does something with the open table and draws what it has become; gives whether it went well.
const change = async (what) => {
  complain("");
  const reply = await call(what);
  if (reply.problem) complain(reply.problem);
  else if (reply.table) draw(reply);
  return !reply.problem;
};

// --- The pane ---

const button = () => document.querySelector(".open-tables");
const show = (isShown) => {
  const was = body.classList.contains("tables-open");
  body.classList.toggle("tables-open", isShown);
  button()?.setAttribute("aria-expanded", String(isShown));
  const back = document.querySelector(".close-source");
  if (back) back.textContent = `Back to the ${isShown ? "table" : "answer"}`;
  if (isShown && !was) body.classList.remove("reading", "desk-open", "sources-open");
};
const sync = async () => {
  const name = named();
  show(name !== null);
  if (name && opened?.name !== name) await open(name);
  else if (name === "") await goHome();
};
const go = async (name) => {
  write(name);
  await sync();
};
window.addEventListener("popstate", () => {
  if (named() !== (body.classList.contains("tables-open") ? (opened?.name ?? "") : null)) sync();
});
document.addEventListener("click", async (event) => {
  if (event.target.closest(".open-tables")) {
    const isOpen = body.classList.contains("tables-open");
    const go_on = opened?.name ?? "";
    await go(isOpen ? null : go_on);
    if (!isOpen && go_on) await open(go_on);
    if (!isOpen) find(home.hidden ? ".opened-name" : ".making .name").focus();
  } else if (event.target.closest("#new, .restore")) {
    go(null);
  } else if (event.target.closest(".close-source") && body.classList.contains("tables-open")) {
    grid.querySelector(`a.place[href="${CSS.escape(window.location.hash)}"]`)?.focus();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !body.classList.contains("tables-open")) return;
  if (event.target.closest?.("#transcript")) {
    body.classList.remove("reading");
    grid.querySelector(`a.place[href="${CSS.escape(window.location.hash)}"]`)?.focus();
  }
  const menu = event.target.closest?.(".menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
// Transcripts that came or went change what is to be asked.
const documents = document.querySelector("#documents");
if (documents) {
  new MutationObserver(() => {
    if (body.classList.contains("tables-open") && opened && !opened.running) open(opened.name);
  }).observe(documents, { childList: true, subtree: true });
}

// --- Clicks within ---

const note = (cell) => {
  if (cell.querySelector(".noting")) return cell.querySelector("textarea").focus();
  const asks = cell.querySelector("button.noted");
  const form = find(".note-form").content.firstElementChild.cloneNode(true);
  const box = form.querySelector("textarea");
  box.value = asks.dataset.note;
  box.setAttribute("aria-label", asks.getAttribute("aria-label"));
  cell.append(form);
  box.focus();
  const close = () => {
    form.remove();
    cell.querySelector("button.noted").focus();
  };
  form.querySelector(".cancel").addEventListener("click", close);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = box.value;
    close();
    judge(cell, cell.querySelector(".judge[aria-pressed=true]")?.dataset.verdict ?? null, text);
  });
};
const judge = async (cell, verdict, text) => {
  const { q } = cell.dataset;
  const head = columns().find((each) => each.dataset.q === q);
  const { key } = cell.parentElement.dataset;
  const asked = { name: opened.name, question: head.dataset.question, key, q: Number(q) };
  complain("");
  const reply = await call({ do: "judge", ...asked, verdict, note: text ?? null });
  if (reply.problem) return complain(reply.problem);
  if (opened?.name !== reply.name) return;
  patch(reply.cells);
  announce(text === undefined ? (verdict ?? "neither accepted nor rejected") : "Note kept");
};

element.addEventListener("click", (event) => {
  const target = event.target.closest("button, a.place");
  if (!target) return;
  const cell = target.closest("td");
  if (target.matches("a.place")) {
    // The address changes by itself; the same address again must be followed too.
    if (target.getAttribute("href") === window.location.hash) window.dispatchEvent(new Event("hashchange"));
  } else if (target.matches(".close-tables")) {
    go(null);
    button()?.focus();
  } else if (target.matches(".all-tables")) {
    go("").then(() => find(".making .name").focus());
  } else if (target.matches(".open-table")) {
    go(target.dataset.name).then(() => find(".opened-name").focus());
  } else if (target.matches(".stop")) {
    opened.stopping = true;
    count();
    call({ do: "stop", name: opened.name });
  } else if (target.matches(".go-on")) {
    change({ do: "go on", name: opened.name });
  } else if (target.matches(".sort")) {
    const { by } = target.dataset;
    const first = by !== "name"; // the surest first, names from A
    if (sorting.by !== by) sorting = { by, down: first };
    else if (sorting.down === first) sorting.down = !first;
    else sorting = { by: null, down: false };
    order();
  } else if (target.matches(".pin")) {
    const { key } = target.closest("tr").dataset;
    const { question } = target.closest("th").dataset;
    if (key === undefined) pinned.column = pinned.column === question ? null : question;
    else pinned.row = pinned.row === key ? null : key;
    order();
    filter();
  } else if (target.matches(".read")) {
    for (const source of document.querySelectorAll("#documents .open")) {
      if (source.dataset.doc === target.dataset.doc) source.click();
    }
  } else if (target.matches(".judge")) {
    judge(cell, target.getAttribute("aria-pressed") === "true" ? null : target.dataset.verdict);
  } else if (target.matches("button.noted")) {
    note(cell);
  }
});
element.addEventListener("input", (event) => {
  if (event.target.matches(".filter, .words")) filter();
});
element.addEventListener("submit", async (event) => {
  if (event.target.matches(".noting")) return;
  event.preventDefault();
  const form = event.target;
  const menu = form.closest("details");
  if (menu) menu.open = false;
  const questions = form.querySelector(".questions")?.value;
  if (form.matches(".making")) {
    const name = form.querySelector(".name").value.trim();
    const by = form.querySelector("input[name=by]:checked").value;
    if (!(await change({ do: "begin", name, questions, by }))) return;
    form.reset();
    write(name);
    find(".opened-name").focus();
  } else if (form.matches(".adding")) {
    if (await change({ do: "add", name: opened.name, questions })) form.reset();
  } else if (form.matches(".again")) {
    opened.again = true;
    if (!(await change({ do: "again", name: opened.name }))) opened.again = false;
  } else if (form.matches(".saving")) {
    change({ do: "save", name: opened.name, form: form.querySelector(".form").value });
  } else if (form.matches(".deleting")) {
    const reply = await call({ do: "delete", name: opened.name });
    if (reply.problem) return complain(reply.problem);
    write("");
    list(reply);
    announce("The table is deleted");
  }
});

if (named() !== null) sync();
