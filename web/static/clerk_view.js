/** What the clerk's page shows: the number, why it was called, who waits, what is put aside, what is done. */
import { whySentences } from "./clerk_why.js";
import { fill, icon, make } from "./dom.js";
import { lamp, plate } from "./plate.js";
import { paperWords, t, timeOfDay } from "./words.js";

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
 * @property {number} clients
 * @property {string[]} further  services that are still to come
 * @property {boolean} escort
 * @property {boolean} test
 * @property {boolean} direct
 * @property {string | null} slot
 * @property {string | null} parked  why it was put aside
 * @property {string | null} parked_at
 * @property {string} issued_at
 * @property {string | null} called_at
 * @property {string | null} last_called_at
 * @property {string | null} started_at
 * @property {string | null} finished_at
 * @property {number} calls
 * @property {string | null} outcome
 * @property {string[]} cases
 * @property {(import("./words.js").Paper & {at: string | null}) | null} [print]  what became of the slip
 * @typedef {object} CounterView
 * @property {number} no
 * @property {string[]} services
 * @property {import("./clerk_keys.js").Work} state
 * @property {string | null} clerk
 * @property {{reason: string, since: string, until: string | null} | null} pause
 * @property {number[]} elsewhere
 * @property {Ticket[]} parked
 * @property {{step: string, until: string} | null} undo
 * @property {Ticket | null} ticket
 * @property {Ticket[]} queue  the first 20 in calling order
 * @property {number} waiting
 * @property {Ticket[]} recent
 * @property {import("./clerk_why.js").Reason | null} reason
 * @property {string | null} covers
 * @property {string | null} no_show_at
 * @property {boolean} rating_open
 * @typedef {object} HallRules  of the hall file, what decides about a key
 * @property {boolean} sign_in
 * @property {string[]} call_rights
 * @property {number} recall_spacing_s
 * @property {number} recall_limit
 * @property {number} no_show_calls
 * @typedef {object} Names  words for codes
 * @property {Record<string, string>} services
 * @property {(id: string) => string} clerk
 * @property {boolean} mustSign
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
 * @param {Names} names
 * @param {(name: import("./clerk_keys.js").KeyName, service?: string) => void} act  what a button here means
 */
export function showPresent(place, view, names, act) {
  const ticket = view.ticket;
  if (!ticket) return fill(place, ...without(view, names, act));
  const serving = view.state === "serving";
  fill(place,
    make("div", { class: "who" }, plate(ticket.number), make("div", { class: "lamps" },
      lamp(serving ? "ok" : "info", t(serving ? "counters.serving" : "counters.called")), view.pause ? lamp("warn", t("clerk.pausing")) : null)),
    badges(ticket, names, act),
    ticket.escort ? make("p", { class: "guide" }, icon("hand-helping"), t("clerk.guide")) : null,
    make("p", { class: "timer" }, make("b", { id: "timer" }, "0:00"), make("span", { id: "timer-note" })),
    make("div", { class: "gauge", id: "gauge", hidden: true }, make("i"), make("u"), make("span")),
    why(view, names), times(ticket));
}

/** What is special about the present ticket. @param {Ticket} ticket @param {Names} names @param {(name: "split") => void} act */
function badges(ticket, names, act) {
  const marks = marksOf(ticket);
  const split = ticket.clients > 1 ? button("small", "split", "S", () => act("split")) : null;
  const next = ticket.further.map((code) => names.services[code] || code);
  const further = next.length ? make("p", { class: "further" }, icon("list"), t("clerk.further", { names: next.join(t("clerk.then")) })) : null;
  return [marks.length || split ? make("p", { class: "badges" }, marks, split) : null, further];
}

/** Marks of a ticket, in the line and beside the plate. @param {Ticket} ticket @returns {HTMLElement[]} */
function marksOf(ticket) {
  const words = [
    ticket.test ? t("clerk.test") : "", ticket.direct ? t("clerk.direct") : "",
    ticket.slot ? t("clerk.booked", { time: timeOfDay(ticket.slot) }) : "",
    ticket.priority ? t("clerk.priority") : "", ticket.clients > 1 ? t("clerk.clients", { n: ticket.clients }) : "",
  ];
  return words.filter(Boolean).map((word, order) => make("span", { class: order === 0 && ticket.test ? "mark test" : "mark" }, word));
}

/** @param {string} style @param {string} name @param {string} key @param {() => void} onclick */
function button(style, name, key, onclick) {
  return make("button", { class: style, type: "button", "data-act": name, onclick }, make("span", {}, t(`clerk.key.${name}`)), make("kbd", {}, key));
}

/** Left column without a ticket. @param {CounterView} view @param {Names} names @param {(name: import("./clerk_keys.js").KeyName, service?: string) => void} act @returns {Child[]} */
function without(view, names, act) {
  const unsigned = names.mustSign && !view.clerk;
  if (view.state === "closed" || unsigned) return shut(view, unsigned, act);
  if (view.pause) return paused(view);
  const first = view.queue[0];
  const who = make("div", { class: "who" }, make("span", { class: "none" }, t("clerk.no_number")), lamp("off", t("counters.idle")));
  if (!first) return [who, make("div", { class: "upnext" }, make("b", {}, t("clerk.nobody")), make("span", { class: "en" }, t("clerk.nobody_hint"))), directly(view, names, act)];
  return [who, make("div", { class: "upnext" }, make("p", {}, t("clerk.first_in_line"), plate(first.number), marksOf(first)),
    make("span", { class: "en" }, t("clerk.waiting_n", { n: view.waiting })))];
}

/** Direct reception: one key for the counter's first service, a button for each other one. @param {CounterView} view @param {Names} names @param {(name: "direct", service?: string) => void} act */
function directly(view, names, act) {
  const [first, ...others] = view.services;
  return make("div", { class: "directly" }, make("p", {}, make("b", {}, t("clerk.direct_title")), " ", t("clerk.direct_hint")),
    make("div", { class: "ways" }, make("button", { class: "accept", type: "button", "data-act": "direct", onclick: () => act("direct") },
      icon("person"), make("span", {}, t("clerk.key.direct")), make("small", {}, names.services[first] || ""), make("kbd", {}, "D")),
    others.map((code) => make("button", { class: "small", type: "button", onclick: () => act("direct", code) }, names.services[code] || code))));
}

/** @param {CounterView} view @returns {Child[]} */
function paused(view) {
  const pause = /** @type {NonNullable<CounterView["pause"]>} */ (view.pause);
  const who = make("div", { class: "who" }, make("span", { class: "none" }, t("counters.paused")), lamp("warn", t(`reasons.pause.${pause.reason}`)));
  const back = pause.until ? t("clerk.paused.until", { time: timeOfDay(pause.until) }) : t("clerk.paused.open");
  const where = view.elsewhere.length ? t("clerk.paused.elsewhere", { counters: view.elsewhere.join(t("clerk.list_comma")) }) : t("clerk.paused.nowhere");
  return [who, make("p", { class: "timer" }, make("b", { id: "timer" }, "0:00"), make("span", { id: "timer-note" }, back)),
    make("div", { class: "upnext" }, make("b", {}, where), make("span", { class: "en" }, t("clerk.paused.hint")))];
}

/** @param {CounterView} view @param {boolean} unsigned @param {(name: "seat") => void} act @returns {Child[]} */
function shut(view, unsigned, act) {
  const word = unsigned ? "unsigned" : "closed";
  return [make("div", { class: "who" }, make("span", { class: "none" }, t(`clerk.shut.${word}.title`)), lamp("off", t("counters.closed"))),
    make("div", { class: "upnext" }, make("b", {}, t("clerk.waiting_n", { n: view.waiting })), make("span", { class: "en" }, t(`clerk.shut.${word}.hint`))),
    make("button", { class: "btn primary open", type: "button", "data-act": "seat", onclick: () => act("seat") }, t(`clerk.shut.${word}.open`), make("kbd", {}, "L"))];
}

/** @param {CounterView} view @param {Names} names */
function why(view, names) {
  if (!view.reason || !view.ticket) return null;
  const covers = view.covers && names.clerk(view.covers);
  const [first, ...more] = whySentences(view.reason, { services: names.services, covers });
  return make("p", { class: "why" }, make("b", {}, t("clerk.why.title")), [first, ...more].join(" "));
}

/** @param {Ticket} ticket */
function times(ticket) {
  const rows = [[ticket.issued_at, t("clerk.times.issued")]];
  if (ticket.called_at) rows.push([ticket.called_at, t("clerk.times.called", { n: 1 })]);
  if (ticket.last_called_at && ticket.calls > 1) rows.push([ticket.last_called_at, t("clerk.times.called", { n: ticket.calls })]);
  if (ticket.started_at) rows.push([ticket.started_at, t("clerk.times.started")]);
  const { print } = ticket;
  const slip = print && print.state !== "none" ? make("li", { class: "slip" }, make("b", {}, print.at ? exactTime(print.at) : ""), t("clerk.times.slip", { paper: paperWords(print) })) : null;
  return make("ul", { class: "times" }, rows.map(([at, what]) => make("li", {}, make("b", {}, exactTime(at)), what)), slip);
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
  if (!timer || !note) return;
  const ticket = view.ticket;
  if (!ticket) {
    if (view.pause) tickPause(view.pause, clock, timer, note);
    return;
  }
  const serving = view.state === "serving";
  const from = serving ? ticket.started_at || ticket.last_called_at : ticket.last_called_at || ticket.called_at;
  const seconds = from ? clock.since(from) : 0;
  timer.textContent = span(seconds);
  note.textContent = serving
    ? usual ? t("clerk.timer.usual", { usual }) : t("clerk.timer.serving")
    : t("clerk.timer.called", { n: ticket.calls });
  const gauge = document.getElementById("gauge");
  if (!gauge) return;
  gauge.hidden = !serving || !usual;
  if (serving && usual) drawGauge(gauge, seconds, usual * 60);
}

/** @param {{since: string, until: string | null}} pause @param {HallClock} clock @param {HTMLElement} timer @param {HTMLElement} note */
function tickPause(pause, clock, timer, note) {
  timer.textContent = span(clock.since(pause.since));
  const late = Boolean(pause.until) && Date.parse(String(pause.until)) < clock.now();
  note.classList.toggle("late", late);
  if (late) note.textContent = t("clerk.paused.late", { time: timeOfDay(String(pause.until)) });
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
 * Right column: who waits. With `onChoose` a row calls its ticket out of turn.
 * @param {Element} place
 * @param {CounterView} view
 * @param {HallClock} clock
 * @param {((number: string) => void) | null} onChoose
 */
export function showLine(place, view, clock, onChoose) {
  if (!view.queue.length) {
    return fill(place, make("li", { class: "empty" }, make("b", {}, t("clerk.nobody")), t("clerk.nobody_hint")));
  }
  const rows = view.queue.map((ticket, order) => {
    const waited = clock.since(ticket.issued_at);
    const end = make("span", { class: waited >= LATE_S ? "end late" : "end" },
      order === 0 ? make("small", {}, t("clerk.next_one")) : null, t("clerk.minutes", { n: wholeMinutes(waited) }));
    return row(ticket, order === 0 ? "first" : false, [marksOf(ticket).slice(0, 2), end], onChoose && (() => onChoose(ticket.number)), "clerk.choose_row");
  });
  const more = view.waiting - view.queue.length;
  fill(place, rows, more > 0 ? make("li", { class: "more" }, t("clerk.more", { n: more })) : null);
}

/** @param {Ticket} ticket @param {string | false} style @param {Child[]} parts @param {(() => void) | null} onclick @param {string} title */
function row(ticket, style, parts, onclick, title) {
  const what = [plate(ticket.number), ...parts];
  if (!onclick) return make("li", { class: style }, make("div", { class: "row" }, what));
  return make("li", { class: style }, make("button", { class: "row", type: "button", title: t(title, { number: ticket.number }), onclick }, what));
}

/**
 * Right column: what is put aside here; a row takes its ticket up again.
 * @param {Element} place
 * @param {CounterView} view
 * @param {HallClock} clock
 * @param {(id: string) => void} onTake
 */
export function showParked(place, view, clock, onTake) {
  fill(place, view.parked.map((ticket) => row(ticket, false, [ticket.parked ? t(`reasons.park.${ticket.parked}`) : null,
    make("span", { class: "end" }, t("clerk.minutes", { n: wholeMinutes(clock.since(ticket.parked_at || ticket.issued_at)) }))], () => onTake(ticket.id), "clerk.take_row")));
}

/**
 * Right column: what this counter did last. A clerk sees no rating here.
 * @param {Element} place
 * @param {CounterView} view
 * @param {(ticket: Ticket) => void} onBack  a missed one goes back to its place
 */
export function showRecent(place, view, onBack) {
  if (!view.recent.length) return fill(place, make("li", { class: "none" }, t("clerk.recent_none")));
  fill(place, view.recent.map((ticket) => {
    const at = ticket.finished_at || ticket.last_called_at || ticket.issued_at;
    const what = ticket.state === "NO_SHOW" ? t("clerk.done.no_show") : ticket.outcome === "case" ? t("clerk.done.case", { n: ticket.cases.length }) : t("clerk.done.advice");
    const back = ticket.state === "NO_SHOW" ? button("small", "back", "B", () => onBack(ticket)) : null;
    return make("li", {}, plate(ticket.number), what, back, make("span", { class: "end" }, timeOfDay(at)));
  }));
}
