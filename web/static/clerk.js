/** The clerk's page: state from the interface, keys to the interface, news from the stream. */
import { ProblemError, get, post } from "./api.js";
import { Bars, leaves } from "./clerk_bars.js";
import { CasePanel } from "./clerk_case.js";
import { Keyboard, circumstances, obstacle, padState } from "./clerk_keys.js";
import { showHint, showPad, working } from "./clerk_pad.js";
import { said } from "./clerk_said.js";
import { Sheet } from "./clerk_sheet.js";
import { backSheet, chooseSheet, closeSheet, noticeSheet, parkSheet, pauseSheet, seatSheet, splitSheet, transferSheet, unparkSheet } from "./clerk_sheets.js";
import { showLine, showParked, showPresent, showRecent, tickPresent } from "./clerk_view.js";
import { HallClock } from "./clock.js";
import { carried, find } from "./dom.js";
import { live } from "./live.js";
import { t } from "./words.js";

/**
 * @typedef {import("./clerk_view.js").CounterView} CounterView
 * @typedef {import("./clerk_keys.js").KeyName} KeyName
 * @typedef {import("./clerk_sheets.js").Clerk} Clerk
 */

const { no, finishOnNext, rules, services, counters } = carried("counter");
const clock = new HallClock();
const bars = new Bars();
const panel = new CasePanel(find("#case"), { onAccept: () => keyboard.take("accept"), onChange: () => { drawPad(); tick(); } });
const keyboard = new Keyboard(press);
const sheet = new Sheet(/** @type {HTMLDialogElement} */ (document.getElementById("sheet")));
/** @type {import("./clerk_sheets.js").Known} */
const known = { no, services, counters, staff: [] };
const names = { services, clerk: staffName, mustSign: Boolean(rules.sign_in) };

/** @type {CounterView | null} */
let view = null;
/** What a lead is asked after an outage; nobody is called meanwhile. @type {{kind: string, until: string | null, waiting: number | null} | null} */
let outage = null;
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
/** The notice that is on its way out of the printer. */
let notice = "";
/** The number that was at the counter last. */
let lastNumber = "";

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
    if (error instanceof ProblemError && error.status < 500) bars.warn(error);
    else broken.add("reading");
    setTimeout(() => void refresh(), 3000);
  }
  await showLink();
}

/** Staff and the lead's question: what the counter's view does not tell. */
async function readHall() {
  try {
    const [staff, queues] = await Promise.all([get("/api/v1/staff"), get("/api/v1/queues")]);
    known.staff = staff.items;
    outage = queues.question && queues.question.kind === "outage" ? queues.question : null;
    bars.ask(outage);
    await draw();
  } catch (error) {
    setTimeout(() => void readHall(), 5000);
  }
}

/** @param {string} id */
function staffName(id) {
  const clerk = known.staff.find((one) => one.id === id);
  return clerk ? `${id} ${clerk.name}` : id;
}

async function draw() {
  if (!view) return;
  if (view.ticket) lastNumber = view.ticket.number;
  showPresent(find("#present"), view, names, act);
  drawLists();
  showRecent(find("#recent"), view, back);
  drawSeat(view);
  find("#waiting").textContent = String(view.waiting);
  find("#f-waiting").textContent = String(view.waiting);
  await panel.show(view, lost);
  drawPad();
  tick();
}

function drawLists() {
  if (!view) return;
  const may = !obstacle("choose", view, now(), rules.call_rights);
  find('[data-key="choose"]').setAttribute("aria-disabled", String(!may));
  showLine(find("#line"), view, clock, may ? (number) => choose(number) : null);
  showParked(find("#parked"), view, clock, (id) => unpark(id));
  find("#parked-count").textContent = String(view.parked.length);
  find("#parked-title").hidden = !view.parked.length;
}

/** Who works here, in the header. @param {CounterView} counter */
function drawSeat(counter) {
  const word = counter.clerk ? staffName(counter.clerk) : t("clerk.seat.open");
  find("#seat b").textContent = word;
  const shut = counter.state === "closed" || (rules.sign_in && !counter.clerk);
  find("#seat small").textContent = t(counter.clerk ? "clerk.seat.change" : shut ? "clerk.seat.begin" : "clerk.seat.sign");
}

/** What decides beside the counter's state. @returns {import("./clerk_keys.js").Circumstances} */
function now() {
  return { ...circumstances(/** @type {CounterView} */ (view), rules, clock.now()), lost, finishOnNext, outage: Boolean(outage), itemless: !panel.item() };
}

function drawPad() {
  if (!view) return;
  showPad(find("#pad"), view, now(), services);
  find("#desk").classList.toggle("lost-link", lost);
  const serving = view.ticket && view.ticket.cases.length ? "accepted" : panel.item() ? "serving" : "choose";
  const idle = rules.sign_in && !view.clerk ? "closed" : outage ? "outage" : view.waiting ? "idle" : "nobody";
  const hint = { idle, called: "called", serving, paused: "paused", closed: "closed" }[view.state];
  showHint(find("#hint"), t(`clerk.hint.${lost ? "lost" : hint}`));
}

function tick() {
  find("#clock").textContent = clock.known ? clock.time() : "--:--";
  if (!view) return;
  const item = panel.item();
  tickPresent(view, clock, item ? item.minutes : null);
  const longest = Math.max(0, ...view.queue.map((ticket) => clock.since(ticket.issued_at)));
  find("#f-longest").textContent = view.queue.length ? t("clerk.minutes", { n: Math.floor(longest / 60) }) : t("common.none");
  const { undo } = view;
  bars.offer(undo, now().undoInS || 0, () => t(`clerk.said.${undo ? undo.step : ""}`, { number: lastNumber || t("clerk.last_one") }));
}

// --- pressing --------------------------------------------------------------------------------

/** @param {KeyName} name */
function press(name) {
  if (name === "help") return help();
  if (name === "item") return panel.choose();
  if (name === "close") return bars.read();
  act(name);
}

/** A key, or a button that means the same. @param {KeyName} name @param {string} [service] */
function act(name, service) {
  if (!view) return;
  if (busy) {
    waiting = service ? null : name;
    return;
  }
  const reason = whyNot(name, view);
  if (!reason) void go(name, service);
  else if (!lost) bars.tell(t("clerk.off.now", { key: t(`clerk.key.${name === "pause" && view.pause ? "resume" : name}`), reason }), "");
}

/** @param {KeyName} name @param {CounterView} counter @returns {string} */
function whyNot(name, counter) {
  if (name === "accept") return panel.obstacle();
  if (name === "direct" || name === "choose" || name === "split" || name === "back" || name === "seat") {
    const reason = obstacle(name, counter, now(), rules.call_rights);
    return reason && t(reason);
  }
  const state = padState(counter.state, now())[/** @type {import("./clerk_keys.js").PadKey} */ (name)];
  return state.reason && t(state.reason, { n: state.n || 0 });
}

/** Do it, or ask first on a sheet. @param {KeyName} name @param {string} [service] */
function go(name, service) {
  const counter = /** @type {CounterView} */ (view);
  const { ticket } = counter;
  if (name === "seat") return seat();
  if (name === "choose") return choose("");
  if (name === "unpark") return unpark(null);
  if (name === "back") return back(counter.recent.find((one) => one.state === "NO_SHOW"));
  if (name === "pause") return counter.pause ? send("resume", {}) : pause();
  if (name === "direct") return send("direct", service ? { service } : {});
  if (ticket && name === "transfer") return sheet.show(transferSheet(ticket, known, (body) => void send("transfer", body)));
  if (ticket && name === "park") return sheet.show(parkSheet(ticket, (body) => void send("park", body)));
  if (ticket && name === "split") return sheet.show(splitSheet(ticket, (body) => void send("split", body, `/api/v1/tickets/${ticket.id}/split`)));
  const item = panel.item();
  if (item && name === "notice") return sheet.show(noticeSheet(item, (body) => void send("notice", body)));
  return send(name, name === "accept" && item ? { item: item.code } : {});
}

/** @param {string} number */
function choose(number) {
  if (view) sheet.show(chooseSheet(view, number, (body) => void send("call", body)));
}

/** @param {import("./clerk_view.js").Ticket | undefined} ticket */
function back(ticket) {
  if (ticket) sheet.show(backSheet(ticket, rules.missed_call, (body) => void send("return", body, `/api/v1/tickets/${ticket.id}/return`)));
}

/** @param {string | null} id */
function unpark(id) {
  if (!view || !view.parked.length) return;
  const reason = whyNot("unpark", view);
  if (reason) return bars.tell(t("clerk.off.now", { key: t("clerk.key.unpark"), reason }), "");
  sheet.show(unparkSheet(view.parked, id, (body) => void send("unpark", body)));
}

function pause() {
  const back = (/** @type {number} */ minutes) => {
    const date = new Date(clock.date().getTime() + minutes * 60000);
    return `${date.getUTCHours()}:${String(date.getUTCMinutes()).padStart(2, "0")}`;
  };
  sheet.show(pauseSheet(back, Boolean(view && view.ticket), (body) => void send("pause", body)));
}

async function seat() {
  await readHall();
  if (!view) return;
  sheet.show(seatSheet(view, known, {
    must: Boolean(rules.sign_in),
    remembered: remembered(),
    sign: (body) => void send("sign-in", body),
    close: () => void send("sign-out", {}),
    reopen: () => void send("resume", {}),
  }));
}

/** Who signed in here last: in the address, so that a bookmark keeps it, and for this tab. */
function remembered() {
  return new URLSearchParams(location.search).get("clerk") || sessionStorage.getItem("clerk") || "";
}

/** @param {string} clerk */
function remember(clerk) {
  const address = new URL(location.href);
  address.searchParams.set("clerk", clerk);
  history.replaceState(null, "", address);
  sessionStorage.setItem("clerk", clerk);
}

/** A step is on its way, or is answered. @param {boolean} is */
function occupy(is) {
  busy = is;
  find("#pad").toggleAttribute("data-busy", is);
}

/** @param {string} name @param {Record<string, unknown>} body @param {string} [path] */
async function send(name, body, path = `/api/v1/counters/${no}/${name}`) {
  const key = document.querySelector(name === "accept" ? "#accept" : `#pad [data-key="${name === "resume" ? "pause" : name}"], [data-act="${name}"]`);
  occupy(true);
  const slow = setTimeout(() => working(key, true), 100);
  try {
    const number = view && view.ticket ? view.ticket.number : "";
    const answer = await post(path, body);
    bars.read();
    if (name === "notice") notice = answer.notice;
    if (!find("#bar-health").hidden) void bars.watchHealth();
    const told = said({ name, number, body, answer }, names);
    if (told) bars.say(told.kind, told.sentence);
    if (name === "sign-in") remember(String(body.clerk));
  } catch (error) {
    if (error instanceof ProblemError && error.code === "people_waiting" && name === "sign-out") askToClose(error.problem);
    else bars.warn(error);
  } finally {
    clearTimeout(slow);
    working(key, false);
    await refresh();
    occupy(false);
    const next = waiting;
    waiting = null;
    if (next) press(next);
  }
}

/** @param {{waiting: number, lines: string[]}} stranded */
function askToClose(stranded) {
  sheet.show(closeSheet(stranded, known, () => void send("sign-out", { force: true })));
}

function help() {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("help"));
  if (!dialog.open) dialog.showModal();
}

// --- the link --------------------------------------------------------------------------------

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
  bars.lost(lost ? attempts : 0);
  if (was !== lost) await draw();
}

// --- start -----------------------------------------------------------------------------------

async function readState() {
  const state = await get("/api/v1/state");
  clock.sync(state.at);
  return state.seq;
}

/** @type {Record<string, string>} */
const NOTICES = { NoticePrinted: "clerk.said.notice_printed", NoticeFailed: "clerk.said.notice_failed", NoticeDropped: "clerk.said.notice_dropped" };
const UNSEEN = new Set([...Object.keys(NOTICES), "TicketPrinted", "AnnouncementStarted", "AnnouncementEnded", "DeviceLost", "DeviceFaultChanged", "DeviceBack", "DeviceWarned", "DeviceEased", "OpeningTestStarted", "OpeningTestFinished", "SoundHeard"]);
const HALLWIDE = new Set(["ClerkSignedIn", "ClerkSignedOut", "OutageFound", "OutageAnswered"]);

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
  await readHall();
  live({
    after: seq,
    onState: linked,
    onReset: async () => {
      await refresh();
      void readHall();
      return readState();
    },
    onEvent: (type, data) => {
      if (data.at) clock.sync(data.at);
      if (notice && data.notice === notice) bars.say("note", t(NOTICES[type]));
      if (HALLWIDE.has(type)) void readHall();
      if (!UNSEEN.has(type)) void refresh();
    },
  });
  setInterval(() => void readState().catch(() => undefined), 20000);
  void bars.watchHealth();
  if (rules.sign_in && view && !view.clerk) void seat();
}

// A press with the mouse takes no focus, so that Enter stays 下一位.
document.addEventListener("mousedown", (event) => {
  if (event.target instanceof Element && event.target.closest(".now button, .lists button, .top button, .bars button")) event.preventDefault();
});
for (const key of Array.from(document.querySelectorAll("[data-key]"))) {
  key.addEventListener("click", () => keyboard.take(/** @type {KeyName} */ (key.getAttribute("data-key"))));
}
sheet.dialog.addEventListener("close", () => keyboard.settle());
find("#bar-warn .close").addEventListener("click", () => bars.read());
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) bars.read();
});
const single = /** @type {HTMLInputElement} */ (document.getElementById("single"));
single.checked = keyboard.single = localStorage.getItem("clerk-keys") !== "f";
single.addEventListener("change", () => {
  keyboard.single = single.checked;
  localStorage.setItem("clerk-keys", single.checked ? "all" : "f");
});
setInterval(() => { tick(); drawPad(); }, 1000);
setInterval(() => drawLists(), 15000);
void start();
