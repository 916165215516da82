/** The clerk's page: state from the interface, keys to the interface, news from the stream. */
import { LostError, ProblemError, get, post } from "./api.js";
import { CasePanel } from "./clerk_case.js";
import { Keyboard, padState } from "./clerk_keys.js";
import { showLine, showPresent, showRecent, tickPresent } from "./clerk_view.js";
import { HallClock } from "./clock.js";
import { carried, fill, find, make } from "./dom.js";
import { readHealth, showHealth } from "./health.js";
import { live } from "./live.js";
import { lang, t } from "./words.js";

/**
 * @typedef {import("./clerk_view.js").CounterView} CounterView
 * @typedef {import("./clerk_keys.js").KeyName} KeyName
 */

const { no, finishOnNext } = carried("counter");
const clock = new HallClock();
const HEALTH_MS = 20000;
const panel = new CasePanel(find("#case"), { onAccept: () => keyboard.take("accept"), onChange: () => { drawPad(); tick(); } });
const keyboard = new Keyboard(press);

/** @type {CounterView | null} */
let view = null;
/** What does not work: "stream", "reading". @type {Set<string>} */
const broken = new Set();
let lost = false;
let attempts = 1;
let busy = false;
/** Pressed while the step before was on its way: judged when that has been answered. @type {KeyName | null} */
let waiting = null;
/** @type {Promise<void> | null} */
let reading = null;
let stale = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let sayTimer;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let healthTimer;

// --- reading ---------------------------------------------------------------------------------

/** Read the counter anew; who asks meanwhile waits for one more reading. @returns {Promise<void>} */
function refresh() {
  stale = true;
  if (!reading) reading = read().finally(() => { reading = null; });
  return reading;
}

async function read() {
  try {
    while (stale) {
      stale = false;
      view = await get(`/api/v1/counters/${no}`);
      broken.delete("reading");
      await draw();
    }
  } catch (error) {
    if (error instanceof ProblemError && error.status < 500) warn(error);
    else broken.add("reading");
    setTimeout(() => void refresh(), 3000);
  }
  await showLink();
}

async function draw() {
  if (!view) return;
  showPresent(find("#present"), view);
  showLine(find("#line"), view, clock);
  showRecent(find("#recent"), view);
  find("#waiting").textContent = String(view.waiting);
  find("#f-waiting").textContent = String(view.waiting);
  await panel.show(view, lost);
  drawPad();
  tick();
}

function drawPad() {
  if (!view) return;
  const states = padState(view.state, { lost, finishOnNext });
  for (const [name, state] of Object.entries(states)) {
    const key = find(`[data-key="${name}"]`);
    key.classList.toggle("filled", state.filled);
    if (state.reason) key.setAttribute("aria-disabled", "true");
    else key.removeAttribute("aria-disabled");
    const empty = name === "next" && !state.reason && !view.waiting;
    find("em", key).textContent = state.reason ? t(state.reason) : empty ? t("clerk.nobody") : "";
  }
  find("#desk").classList.toggle("lost-link", lost);
  drawHint(view);
}

/** What can be done now, one key on a line. @param {CounterView} counter */
function drawHint(counter) {
  const serving = counter.ticket && counter.ticket.cases.length ? "accepted" : panel.item() ? "serving" : "choose";
  const hint = { idle: counter.waiting ? "idle" : "nobody", called: "called", serving }[counter.state];
  const [what, ...ways] = t(`clerk.hint.${lost ? "lost" : hint}`).split("|");
  fill(find("#hint"), make("b", {}, what), ways.map((way) => make("span", {}, withKeys(way))));
}

/** "[.] 开始" -> the key cap and the word. @param {string} text */
function withKeys(text) {
  return text.split(/(\[[^\]]+\])/).map((part) => (part.startsWith("[") ? make("kbd", {}, part.slice(1, -1)) : part));
}

function tick() {
  find("#clock").textContent = clock.known ? clock.time() : "--:--";
  if (!view) return;
  const item = panel.item();
  tickPresent(view, clock, item ? item.minutes : null);
  const longest = Math.max(0, ...view.queue.map((ticket) => clock.since(ticket.issued_at)));
  find("#f-longest").textContent = view.queue.length ? t("clerk.minutes", { n: Math.floor(longest / 60) }) : t("common.none");
}

// --- pressing --------------------------------------------------------------------------------

/** @param {KeyName} name */
function press(name) {
  if (name === "help") return help();
  if (name === "item") return panel.choose();
  if (!view) return;
  if (busy) {
    waiting = name;
    return;
  }
  const why = name === "accept" ? "" : padState(view.state, { lost, finishOnNext })[name].reason;
  const reason = name === "accept" ? panel.obstacle() : why && t(why);
  if (!reason) void send(name);
  else if (!lost) tell(t("clerk.off.now", { key: t(`clerk.key.${name}`), reason }), "");
}

/** @param {Exclude<KeyName, "help" | "item">} name */
async function send(name) {
  const key = document.querySelector(name === "accept" ? "#accept" : `[data-key="${name}"]`);
  busy = true;
  const slow = setTimeout(() => working(key, true), 100);
  try {
    const item = panel.item();
    const body = name === "accept" && item ? { item: item.code } : {};
    const number = view && view.ticket ? view.ticket.number : "";
    const answer = await post(`/api/v1/counters/${no}/${name}`, body);
    find("#bar-warn").hidden = true;
    if (!find("#bar-health").hidden) void watchHealth();
    if (name === "next" && !answer) say("note", t("clerk.nobody_now"));
    if (name === "finish" || name === "no-show") say("done", t(`clerk.said.${name}`, { number }));
  } catch (error) {
    warn(error);
  } finally {
    clearTimeout(slow);
    working(key, false);
    await refresh();
    busy = false;
    const next = waiting;
    waiting = null;
    if (next) press(next);
  }
}

/** @param {Element | null} key @param {boolean} on */
function working(key, on) {
  if (!key) return;
  key.classList.toggle("busy", on);
  const spinner = key.querySelector(".spinner");
  if (on && !spinner) key.appendChild(make("span", { class: "spinner" }));
  else if (!on && spinner) spinner.remove();
}

function help() {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("help"));
  if (!dialog.open) dialog.showModal();
}

// --- bars ------------------------------------------------------------------------------------

/** @param {unknown} error */
function warn(error) {
  if (error instanceof ProblemError) {
    // "Under the same key" is a word to programs.
    tell(error.code === "outcome_unknown" ? t("clerk.not_known") : error.sentence(lang()), error.code);
    if (error.status === 503) void watchHealth();
  }
  else if (error instanceof LostError) tell(t("clerk.not_sent"), "");
  else throw error;
}

/** The yellow bar: why something was not done. @param {string} sentence @param {string} code */
function tell(sentence, code) {
  const bar = find("#bar-warn");
  find("span", bar).textContent = sentence;
  find("code", bar).textContent = code;
  bar.hidden = false;
  quiet();
}

/** A bar that goes by itself: green for done, white for a mere fact. @param {"done" | "note"} kind @param {string} sentence */
function say(kind, sentence) {
  quiet();
  const bar = find(`#bar-${kind}`);
  find("span", bar).textContent = sentence;
  bar.hidden = false;
  sayTimer = setTimeout(quiet, 6000);
}

function quiet() {
  clearTimeout(sayTimer);
  find("#bar-done").hidden = true;
  find("#bar-note").hidden = true;
}

/** The red bar while nothing is stored. No key is blocked: a step that works ends it. */
async function watchHealth() {
  clearTimeout(healthTimer);
  try {
    const health = await readHealth();
    showHealth(find("#bar-health"), health.ready ? null : health); // restarts are the manager's business
  } catch (error) {
    // Not even that can be read: the bar of the lost link tells of it.
  }
  healthTimer = setTimeout(() => void watchHealth(), find("#bar-health").hidden ? HEALTH_MS : 3000);
}

/** @param {import("./live.js").LiveState} state @param {number} attempt */
function linked(state, attempt) {
  attempts = Math.max(1, attempt);
  if (state === "lost") broken.add("stream");
  else broken.delete("stream");
  if (state === "live") void refresh();
  void showLink();
}

/** Lost is: no stream, or no answer to a reading. Then no key may be pressed. */
async function showLink() {
  const was = lost;
  lost = broken.size > 0;
  const mark = find("#link");
  mark.className = `link ${lost ? "lost" : "live"}`;
  find("span", mark).textContent = t(lost ? "clerk.link_lost" : "clerk.link_live");
  const bar = find("#bar-lost");
  bar.hidden = !lost;
  find("span", bar).textContent = t("clerk.lost");
  find(".end", bar).textContent = t("clerk.attempt", { n: attempts });
  if (was !== lost) await draw();
}

// --- start -----------------------------------------------------------------------------------

async function readState() {
  const state = await get("/api/v1/state");
  clock.sync(state.at);
  return state.seq;
}

const UNSEEN = new Set(["TicketPrinted", "AnnouncementStarted", "AnnouncementEnded", "DeviceLost", "DeviceBack"]);

async function start() {
  let seq;
  try {
    seq = await readState();
  } catch (error) {
    linked("lost", 1);
    setTimeout(() => void start(), 2000);
    return;
  }
  await refresh();
  live({
    after: seq,
    onState: linked,
    onReset: async () => {
      await refresh();
      return readState();
    },
    onEvent: (type, data) => {
      if (data.at) clock.sync(data.at);
      if (!UNSEEN.has(type)) void refresh();
    },
  });
  setInterval(() => void readState().catch(() => undefined), 20000);
  void watchHealth();
}

for (const key of Array.from(document.querySelectorAll(".key"))) {
  // The pad's keys do not take the focus from the mouse, so that Enter stays 下一位.
  key.addEventListener("mousedown", (event) => event.preventDefault());
  key.addEventListener("click", () => keyboard.take(/** @type {KeyName} */ (key.getAttribute("data-key"))));
}
find("#bar-warn .close").addEventListener("click", () => { find("#bar-warn").hidden = true; });
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) find("#bar-warn").hidden = true;
});
setInterval(tick, 1000);
setInterval(() => { if (view) showLine(find("#line"), view, clock); }, 15000);
void start();
