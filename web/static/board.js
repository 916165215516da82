import { carried, fill, find, icon, make } from "./dom.js";
import { Hall } from "./hall.js";
import { block, plate, reading } from "./plate.js";
import { Announcer } from "./announcer.js";
import { SoundTurns } from "./sound_turns.js";
import { lang, minutes, spread, t, timeOfDay } from "./words.js";

/**
 * The big screen. The newest call stands in the hero for at least 6 s or until the speech of
 * the next one begins; the calls before it stand below; who waits stands at the side.
 *
 * @typedef {import("./hall.js").Call} Call
 * @typedef {import("./hall.js").Service} Service
 * @typedef {import("./hall.js").Counter} Counter
 * @typedef {object} Page  what the server knows beforehand
 * @property {string | null} area  null: the whole hall
 * @property {string} missed  rule about missed calls
 * @property {number} missed_count  the number in its sentence
 * @property {string} phone
 * @property {boolean} scan  whether tickets have an address
 * @property {boolean} priorities
 * @property {string[]} voices  areas with a loudspeaker
 * @property {string | null} board  this board, where the address names one
 * @property {Record<string, boolean>} sounds  areas whose sound this page may make; true: nothing else does
 * @property {string[][]} week  sessions of each day from Monday
 */

const HOLD_MS = 6000; // a call in the hero, before the next takes its place
const FRESH_S = 30; // yellow bar of a new call
const OLD_S = 1800; // a call of half an hour ago is no news
const STALE_S = 20;
const OFFER_MS = 60000; // the key for sound covers the board only for so long
const ROWS = 5;
const PAGE_MS = 8000;
const NOTICE_MS = 12000;

/** @type {Page} */
const page = carried("page");
/** @type {Call[]} newest first, as shown */
let shown = [];
/** @type {Call[]} called, but the hero is still taken */
let pending = [];
let heldUntil = 0;
let servicePage = 0;
let noticePage = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let turning;

const hall = new Hall({ board: page.board || page.area || "all", onChange: changed, onEvent: event, onLink: (lost) => { find("#lost").hidden = !lost; document.body.classList.toggle("adrift", lost); } });
/** @param {{area?: string}} part */
const here = (part) => page.area === null || part.area === page.area;
/** Areas here whose sound this page may make; a source is asked before each call. */
const sounding = Object.keys(page.sounds).filter((area) => here({ area }));
const isSource = sounding.some((area) => page.sounds[area]);
const turns = new SoundTurns(page.board, sounding);
const announcer = new Announcer((announcement) => bringForward(announcement.number), isSource ? turns : null);

function changed() {
  const state = hall.state;
  if (!state) return;
  const calls = newest(state.calls.filter(here));
  // Taken back while the link was down: the hall does not know these calls any more.
  const since = calls.length ? calls[calls.length - 1].seq : Infinity;
  shown = shown.filter((call) => call.seq < since || call.seq > state.seq || calls.some((known) => known.number === call.number));
  if (!shown.length && !pending.length) shown = calls;
  else {
    const known = new Set([...shown, ...pending].map((call) => call.seq));
    const missed = calls.filter((call) => !known.has(call.seq) && call.seq > (shown[0] ? shown[0].seq : 0));
    pending.push(...missed.reverse());
  }
  advance();
  draw();
  tick();
}

/** One line for each number: its last call. @param {Call[]} calls newest first */
function newest(calls) {
  const seen = new Set();
  return calls.filter((call) => !seen.has(call.number) && seen.add(call.number));
}

/** @param {string} type @param {any} data */
function event(type, data) {
  if (type === "CallUndone") forget(data.number);
  if (type === "DayOpened") { shown = []; pending = []; }
  if ((type === "TicketCalled" || type === "TicketRecalled") && here(data)) {
    if (![...shown, ...pending].some((call) => call.seq === data.seq)) pending.push(data);
    advance();
  }
  // After a break the stream tells old ones too; nobody waits for those.
  if (type === "AnnouncementStarted" && here(data) && hall.clock.since(data.at) < STALE_S) {
    if (sounding.includes(data.area)) announcer.add(data);
    else bringForward(data.number);
  }
}

/** A call that was taken back was none. @param {string} number */
function forget(number) {
  const others = (/** @type {Call} */ call) => call.number !== number;
  const was = shown.length;
  [shown, pending] = [shown.filter(others), pending.filter(others)];
  if (shown.length !== was) heldUntil = 0;
  draw();
}

/** The speech of a number has begun: it stands in the hero now. @param {string} number */
function bringForward(number) {
  const at = pending.findIndex((call) => call.number === number);
  if (at < 0) return;
  for (const call of pending.splice(0, at + 1)) show(call);
  draw();
}

function advance() {
  clearTimeout(turning);
  if (!pending.length) return;
  const wait = heldUntil - performance.now();
  if (wait > 0) {
    turning = setTimeout(advance, wait);
    return;
  }
  show(/** @type {Call} */ (pending.shift()));
  draw();
  if (pending.length) turning = setTimeout(advance, HOLD_MS);
}

/** @param {Call} call */
function show(call) {
  shown = newest([call, ...shown]).slice(0, 8);
  heldUntil = performance.now() + HOLD_MS;
}

function draw() {
  const recent = shown.filter((call) => hall.clock.since(call.at) < OLD_S);
  drawHero(recent[0]);
  drawCalls(recent.slice(1));
  drawWaits();
  drawNotice();
}

let hero = "";

/** @param {Call | undefined} call */
function drawHero(call) {
  const box = find("#hero");
  const key = call ? `${call.seq}` : `idle ${hall.clock.date().getUTCDay()} ${lang()}`;
  if (key === hero) return;
  hero = key;
  box.classList.toggle("idle", !call);
  box.classList.remove("fresh", "steady");
  if (!call) {
    fill(box, make("div", { class: "welcome" }, make("strong", {}, t("board.welcome")), make("span", {}, hours())));
    return;
  }
  fill(box, make("p", { class: "label" }, t("board.now_calling"), " ", make("span", { lang: "en" }, t("board.now_calling", {}, "en"))),
    make("div", { class: "call", role: "img", "aria-label": `${reading(call.number)}，${t("board.to")} ${call.counter} ${t("board.counter")}` },
      plate(call.number), icon("right", "i arrow"), make("span", { class: "to" }, t("board.to")), make("span", { class: windowClass(call) }, make("b", {}, call.counter), make("span", {}, t("board.counter")))));
  const age = hall.clock.since(call.at);
  if (age < FRESH_S) {
    box.classList.add("fresh", ...(age < 10 ? ["steady"] : []));
    setTimeout(() => { if (hero === key) box.classList.remove("fresh", "steady"); }, (FRESH_S - age) * 1000);
  }
}

/** Today's office hours in words. */
function hours() {
  const day = page.week[(hall.clock.date().getUTCDay() + 6) % 7] || [];
  return day.length ? t("board.hours", { hours: day.map((session) => session.replace("-", "～")).join("、") }) : t("board.closed_today");
}

/** Counters of three digits are set smaller. @param {Call} call */
const windowClass = (call) => (call.counter > 99 ? "window three" : "window");

/** @param {Call[]} calls */
function drawCalls(calls) {
  fill(find("#calls"), calls.slice(0, 4).map((call) => make("li", {}, plate(call.number), make("span", { class: "to" }, t("board.to")),
    make("span", { class: windowClass(call) }, make("b", {}, call.counter), make("span", {}, t("board.counter"))))),
  !calls.length && !shown.length && make("li", { class: "none" }, t("board.no_calls")));
}

function drawWaits() {
  const services = hall.services.filter(here);
  const changes = counterChanges();
  const own = Math.max(1, Math.ceil(services.length / ROWS));
  const pages = own + Math.ceil(changes.length / ROWS);
  servicePage %= pages;
  if (servicePage >= own) return drawChanges(changes.slice((servicePage - own) * ROWS, (servicePage - own + 1) * ROWS), pages);
  const part = services.slice(servicePage * ROWS, servicePage * ROWS + ROWS);
  fill(find("#waits"), make("div", { class: "head" }, make("span", {}, t("board.waiting")), pages > 1 && dots(pages, servicePage), make("span", {}, t("board.wait"))),
    part.map((service) => make("div", { class: "line" }, block(service.code), make("span", { class: service.waiting > 99 ? "count figure many" : "count figure" }, make("b", {}, service.waiting), " ", t("board.people")), outlook(service))));
}

/**
 * Counters that are paused or closed, each with what a person needs instead. When all are closed
 * the hall is, and its hours say so.
 * @returns {{numbers: number[], word: string, hint: string}[]}
 */
function counterChanges() {
  const counters = hall.state ? hall.state.counters.filter(here) : [];
  const closed = counters.filter((counter) => counter.state === "closed").map((counter) => counter.no);
  if (closed.length === counters.length) return [];
  const paused = counters.filter((counter) => counter.state === "paused").map((counter) => ({ numbers: [counter.no], word: pausedUntil(counter), hint: elsewhere(counter.elsewhere) }));
  const rows = [];
  for (let at = 0; at < closed.length; at += 3) rows.push({ numbers: closed.slice(at, at + 3), word: t("board.counter_closed"), hint: t("board.other_counters") });
  return [...paused, ...rows];
}

/** @param {Counter} counter */
function pausedUntil(counter) {
  const until = counter.pause && counter.pause.until;
  // A time that is past would be a promise that was broken.
  return until && hall.clock.since(until) === 0 ? t("board.paused_until", { time: timeOfDay(until) }) : t("board.paused");
}

/** Where else to go, as far as somebody works there now. @param {number[]} numbers */
function elsewhere(numbers) {
  const counters = hall.state ? hall.state.counters : [];
  const open = numbers.filter((no) => counters.some((counter) => counter.no === no && counter.state !== "paused" && counter.state !== "closed"));
  const fit = open.slice(0, open.some((no) => no > 99) ? 2 : 3);
  return fit.length ? t("board.elsewhere", { counters: fit.join("、") }) : t("board.please_wait");
}

/** @param {{numbers: number[], word: string, hint: string}[]} changes @param {number} pages */
function drawChanges(changes, pages) {
  fill(find("#waits"), make("div", { class: "head" }, make("span", {}, t("board.counters")), dots(pages, servicePage)),
    changes.map((change) => make("div", { class: "line change" },
      make("span", { class: change.numbers.length > 1 ? "numbers many" : "numbers" }, make("b", {}, change.numbers.join("、")), make("span", {}, t("board.counter_no"))),
      make("span", { class: "what" }, make("strong", {}, change.word), make("span", {}, change.hint)))));
}

/** @param {Service} service */
function outlook(service) {
  if (!service.working) return make("span", { class: "wait none" }, icon("pause"), t("board.no_counter"));
  if (hall.free(service)) return make("span", { class: "wait free" }, t("board.no_wait"));
  const range = minutes(service.wait);
  if (!range) return make("span", { class: "wait dim" }, t("board.estimating"));
  return make("span", { class: "wait figure" }, make("b", {}, spread(range)), " ", t("board.minutes"));
}

/** @param {number} count @param {number} at */
function dots(count, at) {
  return make("span", { class: "dots", "aria-hidden": "true" }, Array.from({ length: count }, (_, place) => make("i", { class: place === at ? "on" : "" })));
}

/** What people should know, one sentence a page: text never moves. */
function notices() {
  const stop = hall.state && hall.state.stop;
  if (stop) return [[stop.kind === "today" ? t("board.stopped_today") : t(`stop.title.${stop.sentence}`), t(`stop.todo.${stop.sentence}`)].join(t("board.comma"))];
  const notice = hall.state && hall.state.notice;
  return [
    ...(notice && Date.parse(notice.until) > hall.clock.now() ? [t(`stop.void.${notice.sentence}`)] : []),
    ...(hall.state ? hall.state.notices : []),
    ...hall.services.filter(here).map(shutNotice).filter(Boolean),
    t(`missed.${page.missed}`, { count: page.missed_count }),
    ...(page.scan ? [t("board.notice_scan")] : []),
    ...(page.priorities ? [t("board.notice_priority")] : []),
    t("board.notice_phone", { phone: page.phone }),
  ];
}

/** @param {Service} service */
function shutNotice(service) {
  if (!service.shut || (service.shut.why !== "stopped" && service.shut.why !== "quota")) return "";
  return t(service.shut.why === "quota" ? "board.notice_quota" : "board.notice_stopped", { service: service.name });
}

function drawNotice() {
  const all = notices();
  const stop = hall.state && hall.state.stop;
  find("#notice").className = stop && stop.kind === "emergency" ? "notice alarm" : "notice";
  noticePage %= all.length;
  fill(find("#notice"), icon(stop ? "warn" : "info"), make("span", {}, all[noticePage]), all.length > 1 && dots(all.length, noticePage));
}

function tick() {
  if (!hall.clock.known) return;
  find("#clock").textContent = hall.clock.time();
  find("#day").textContent = hall.clock.day("zh", "周");
}

const sound = find("#sound");
sound.addEventListener("click", () => void startSound());

async function startSound() {
  announcer.start(); // in the touch itself, or the browser forbids it
  const taken = await turns.take();
  if (taken) announcer.stop();
  sound.hidden = !taken;
  if (taken) find("#sound strong").textContent = t("board.sound_taken");
}

// A page reads aloud only where no other source does, and a browser plays nothing before a touch.
/** @type {ReturnType<typeof setTimeout> | undefined} */
let offering;
function offer() {
  if (announcer.on || !sounding.length) return;
  sound.hidden = false;
  clearTimeout(offering);
  if (isSource) return; // without a touch nobody hears a call here
  offering = setTimeout(() => { sound.hidden = true; }, OFFER_MS);
}
document.addEventListener("pointermove", offer);
document.addEventListener("pointerdown", offer);
document.addEventListener("keydown", offer);
offer();
setInterval(tick, 1000);
setInterval(() => { servicePage += 1; drawWaits(); draw(); }, PAGE_MS);
setInterval(() => { noticePage += 1; drawNotice(); }, NOTICE_MS);
drawNotice();
void hall.start();
