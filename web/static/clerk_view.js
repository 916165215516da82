/** What the clerk's page shows: the number, why it was called, who waits, what is done. */
import { fill, make } from "./dom.js";
import { lamp, plate } from "./plate.js";
import { t, timeOfDay } from "./words.js";

/**
 * @typedef {import("./clock.js").HallClock} HallClock
 * @typedef {import("./dom.js").Child} Child
 * @typedef {object} Ticket
 * @property {string} id
 * @property {string} number
 * @property {string} service
 * @property {string} service_name
 * @property {string} state
 * @property {string[]} items
 * @property {string | null} priority
 * @property {string} issued_at
 * @property {string | null} called_at
 * @property {string | null} last_called_at
 * @property {string | null} started_at
 * @property {string | null} finished_at
 * @property {number} calls
 * @property {string | null} outcome
 * @property {string[]} cases
 * @typedef {object} CounterView
 * @property {number} no
 * @property {string[]} services
 * @property {"idle" | "called" | "serving"} state
 * @property {Ticket | null} ticket
 * @property {Ticket[]} queue  the first 20 in calling order
 * @property {number} waiting
 * @property {Ticket[]} recent
 * @property {{rule: string, waited_s: number, credit_s: number, waiting: number, compared: {number: string, waited_s: number}[], service?: string, over_s?: number, longest_s?: number, share?: number, counted?: number, one_in?: number, reason?: string} | null} reason
 * @property {boolean} rating_open
 */

export const LATE_S = 30 * 60;

/** "6:42", or "1:06:42". @param {number} seconds */
export function span(seconds) {
  const whole = Math.floor(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const tail = `${h ? String(m).padStart(2, "0") : m}:${String(s).padStart(2, "0")}`;
  return h ? `${h}:${tail}` : tail;
}

/** "9:42:07" in the hall's own zone. @param {string} at */
export function exactTime(at) {
  const match = /T(\d\d):(\d\d):(\d\d)/.exec(at);
  return match ? `${Number(match[1])}:${match[2]}:${match[3]}` : "";
}

/** @param {number} seconds */
const wholeMinutes = (seconds) => Math.floor(seconds / 60);

/**
 * Left column above the pad.
 * @param {Element} place
 * @param {CounterView} view
 */
export function showPresent(place, view) {
  const ticket = view.ticket;
  if (!ticket) return fill(place, ...idle(view));
  const serving = view.state === "serving";
  fill(place,
    make("div", { class: "who" }, plate(ticket.number), lamp(serving ? "ok" : "info", t(serving ? "counters.serving" : "counters.called"))),
    make("p", { class: "timer" }, make("b", { id: "timer" }, "0:00"), make("span", { id: "timer-note" })),
    make("div", { class: "gauge", id: "gauge", hidden: true }, make("i"), make("u"), make("span")),
    why(view), times(ticket));
}

/** @param {CounterView} view @returns {Child[]} */
function idle(view) {
  const first = view.queue[0];
  const who = make("div", { class: "who" }, make("span", { class: "none" }, t("clerk.no_number")), lamp("off", t("counters.idle")));
  if (!first) {
    return [who, make("div", { class: "upnext" }, make("b", {}, t("clerk.nobody")), make("span", { class: "en" }, t("clerk.nobody_hint")))];
  }
  const next = make("div", { class: "upnext" }, make("p", {}, t("clerk.first_in_line"), plate(first.number)),
    make("span", { class: "en" }, t("clerk.waiting_n", { n: view.waiting })));
  return [who, next];
}

/** @param {CounterView} view */
function why(view) {
  const reason = view.reason;
  if (!reason || !view.ticket) return null;
  const other = reason.compared.length ? reason.compared[0] : null;
  const values = {
    waited: wholeMinutes(reason.waited_s),
    credit: wholeMinutes(reason.credit_s),
    over: wholeMinutes(reason.over_s ?? 0),
    longest: wholeMinutes(reason.longest_s ?? 0),
    other: other ? other.number : "",
    n: Math.max(0, reason.waiting - 1),
    service: reason.service ?? "",
    share: reason.share ?? 0,
    counted: (reason.counted ?? 0) + 1,
    one_in: reason.one_in ?? 0,
    reason: reason.reason ? t(`reasons.call.${reason.reason}`) : "",
  };
  const rule = reason.rule === "first" && !other ? "only" : reason.rule;
  return make("p", { class: "why" }, make("b", {}, t("clerk.why.title")), t(`clerk.why.${rule}`, values));
}

/** @param {Ticket} ticket */
function times(ticket) {
  const rows = [[ticket.issued_at, t("clerk.times.issued")]];
  if (ticket.called_at) rows.push([ticket.called_at, t("clerk.times.called", { n: 1 })]);
  if (ticket.last_called_at && ticket.calls > 1) rows.push([ticket.last_called_at, t("clerk.times.called", { n: ticket.calls })]);
  if (ticket.started_at) rows.push([ticket.started_at, t("clerk.times.started")]);
  return make("ul", { class: "times" }, rows.map(([at, what]) => make("li", {}, make("b", {}, exactTime(at)), what)));
}

/**
 * Once a second: the timer and its gauge.
 * @param {CounterView} view
 * @param {HallClock} clock
 * @param {number | null} usual  minutes that the chosen item usually takes
 */
export function tickPresent(view, clock, usual) {
  const timer = document.getElementById("timer");
  const note = document.getElementById("timer-note");
  const gauge = document.getElementById("gauge");
  const ticket = view.ticket;
  if (!timer || !note || !gauge || !ticket) return;
  const serving = view.state === "serving";
  const from = serving ? ticket.started_at || ticket.last_called_at : ticket.last_called_at || ticket.called_at;
  const seconds = from ? clock.since(from) : 0;
  timer.textContent = span(seconds);
  note.textContent = serving
    ? usual ? t("clerk.timer.usual", { usual }) : t("clerk.timer.serving")
    : t("clerk.timer.called", { n: ticket.calls });
  gauge.hidden = !serving || !usual;
  if (serving && usual) drawGauge(gauge, seconds, usual * 60);
}

/** @param {HTMLElement} gauge @param {number} seconds @param {number} usual_s */
function drawGauge(gauge, seconds, usual_s) {
  const whole = Math.max(usual_s * 1.75, seconds * 1.05);
  const [bar, tick, word] = Array.from(gauge.children).map((child) => /** @type {HTMLElement} */ (child));
  bar.style.width = `${(100 * seconds) / whole}%`;
  const place = `${(100 * usual_s) / whole}%`;
  tick.style.left = place;
  word.style.left = place;
  word.textContent = t("clerk.minutes", { n: Math.round(usual_s / 60) });
  gauge.classList.toggle("over", seconds > usual_s * 1.5);
}

/**
 * Right column: who waits.
 * @param {Element} place
 * @param {CounterView} view
 * @param {HallClock} clock
 */
export function showLine(place, view, clock) {
  if (!view.queue.length) {
    return fill(place, make("li", { class: "empty" }, make("b", {}, t("clerk.nobody")), t("clerk.nobody_hint")));
  }
  const rows = view.queue.map((ticket, order) => {
    const waited = clock.since(ticket.issued_at);
    const end = make("span", { class: waited >= LATE_S ? "end late" : "end" },
      order === 0 ? make("small", {}, t("clerk.next_one")) : null, t("clerk.minutes", { n: wholeMinutes(waited) }));
    return make("li", { class: order === 0 ? "first" : false }, plate(ticket.number),
      ticket.priority ? make("span", { class: "mark" }, t("clerk.priority")) : null, end);
  });
  const more = view.waiting - view.queue.length;
  fill(place, rows, more > 0 ? make("li", { class: "more" }, t("clerk.more", { n: more })) : null);
}

/**
 * Right column: what this counter did last. A clerk sees no rating here.
 * @param {Element} place
 * @param {CounterView} view
 */
export function showRecent(place, view) {
  if (!view.recent.length) return fill(place, make("li", { class: "none" }, t("clerk.recent_none")));
  fill(place, view.recent.map((ticket) => {
    const at = ticket.finished_at || ticket.last_called_at || ticket.issued_at;
    const what = ticket.state === "NO_SHOW" ? t("clerk.done.no_show") : ticket.outcome === "case" ? t("clerk.done.case", { n: ticket.cases.length }) : t("clerk.done.advice");
    return make("li", {}, plate(ticket.number), what, make("span", { class: "end" }, timeOfDay(at)));
  }));
}
