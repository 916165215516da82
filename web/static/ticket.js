import { get, newKey, post, ProblemError } from "./api.js";
import { carried, fill, find, icon, make } from "./dom.js";
import { HallClock } from "./clock.js";
import { live } from "./live.js";
import { plate, reading } from "./plate.js";
import { giveBack } from "./ticket_back.js";
import { bookedCard, comingNext, ended, missedWords, parked, whereNow } from "./ticket_states.js";
import { whyFold } from "./ticket_why.js";
import { lang, minutes, speak, spread, t, timeOfDay } from "./words.js";

/**
 * A ticket on its holder's phone: place in line, the call, then the rating.
 * @typedef {{number: string, service: string, service_name: string, state: string, ahead: number | null,
 *   wait: import("./words.js").Wait, issued_at: string, called_at: string | null,
 *   last_called_at: string | null, started_at: string | null, finished_at: string | null,
 *   calls: number, counter: number | null, rating: number | null, slot: string | null,
 *   parked: string | null, clients: number}} Ticket
 * @typedef {{date: string, start: string, end: string, from: string, until: string, code: string}} Booking
 * @typedef {{seq: number, at: string, ticket: Ticket, lane: string[],
 *   items: {name: string, materials: string[]}[], slip: boolean, booking: Booking | null,
 *   again: string | null, waits_at: number | null, together: boolean,
 *   then: {name: string, name_en: string}[], until: string | null, parked_at: string | null, voided: string | null}} Facts
 * @typedef {{id: string, number: string, token: string, missed: string, missed_count: number,
 *   booked: boolean, qr: boolean}} Page
 */

const NEAR = 2; // so few ahead: come back to the hall
const SETTLE_MS = 2000; // events of others gather; thousands of phones must not ask at once
const POLL_MS = 60000;
const OWN = new Set(["RatingAsked", "TicketRated"]);

/** @type {Page} */
const page = carried("page");
const names = carried("names");
const clock = new HallClock();
/** @type {Facts | null} */
let facts = null;
let shown = "";
let grade = 0;
/** @type {{key: string, grade: number} | null} */
let intention = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let settling;
const why = whyFold(page);

/** @param {string} key @param {Record<string, string | number>} [values] */
const p = (key, values) => t(`phone.${key}`, values);

/** @returns {Promise<number>} */
async function load() {
  facts = /** @type {Facts} */ (await get(`/t/${page.id}/${page.token}/ticket.json`));
  clock.sync(facts.at);
  if (facts.ticket.number) page.number = facts.ticket.number; // a booked slot gets one at check-in
  draw();
  return facts.seq;
}

async function refresh() {
  clearTimeout(settling);
  settling = undefined;
  try {
    await load();
  } catch (error) {
    link(true);
  }
}

/** @param {string} type @param {any} data */
function event(type, data) {
  if (data && data.ticket === page.id) void refresh();
  else if (!OWN.has(type) && settling === undefined) settling = setTimeout(() => void refresh(), SETTLE_MS * (0.5 + Math.random()));
}

/** @param {boolean} lost */
function link(lost) {
  const sign = find("#link");
  sign.classList.toggle("lost", lost);
  sign.textContent = p(lost ? "lost" : "live");
}

function draw() {
  if (!facts) return;
  const ticket = facts.ticket;
  // A rating that is being chosen must not be drawn over; the rest may be drawn at any time.
  const face = `${ticket.state} ${ticket.rating} ${ticket.calls} ${lang()}`;
  if (ticket.state === "DONE" && face === shown) return;
  document.body.classList.toggle("calling", ticket.state === "CALLED");
  find("#bar").hidden = true;
  find("#hall").textContent = lang() === "en" ? names.en : names.zh;
  document.title = ticket.state === "CALLED" ? `${p("called")} ${page.number}` : page.number || t("mine.booked_title");
  fill(find("#main"), body(ticket, facts));
  fill(find("#end"), end(facts));
  if (face !== shown && ticket.state === "CALLED") tellCall(ticket);
  shown = face;
}

/** @param {Ticket} ticket @param {Facts} now */
function body(ticket, now) {
  switch (ticket.state) {
    case "WAITING": return waiting(ticket, now);
    case "CALLED": return called(ticket);
    case "SERVING": return say("counter", p("serving_title"), p("serving_hint", { n: ticket.counter || "", time: time(ticket.started_at) }));
    case "BOOKED": return bookedCard(page, ticket, now);
    case "PARKED": return parked(ticket, now);
    case "NO_SHOW": return say("warn", p("no_show"), missedWords(page, ticket, now));
    case "CANCELLED": return ended(page, page.number ? "cancelled" : "cancelled_booking");
    case "DONE": return ticket.rating ? thanks(ticket) : rating(ticket);
    case "EXPIRED": if (!page.number) return ended(page, "booked_over");
      if (now.voided) return say("warn", p("voided"), t(`stop.void.${now.voided}`));
    // falls through
    default: return say("clock", p("expired"), p("expired_hint"));
  }
}

/** @param {string | null} at */
const time = (at) => (at ? timeOfDay(at) : "");

/** @param {string} sign @param {string} title @param {string} hint */
function say(sign, title, hint) {
  return make("section", { class: "say" }, plate(page.number), icon(sign), make("h1", {}, title), make("p", {}, hint));
}

/** @param {Ticket} ticket @param {Facts} now */
function waiting(ticket, now) {
  const ahead = ticket.ahead || 0;
  const bar = find("#bar");
  bar.hidden = ahead > NEAR;
  fill(bar, icon("bell"), make("span", {}, make("strong", {}, p("near")), lang() === "zh" && make("small", { lang: "en" }, t("phone.near", {}, "en"))));
  const range = minutes(ticket.wait);
  return [
    make("section", { class: "number" }, make("p", {}, p("your_number"), lang() === "zh" && english("your_number")), make("h1", {}, plate(page.number)),
      make("p", {}, p("taken", { service: ticket.service_name, time: time(ticket.issued_at) }))),
    make("dl", { class: "figures", "aria-live": "polite" },
      make("div", {}, make("dt", {}, p("ahead"), lang() === "zh" && english("ahead")), make("dd", {}, make("b", {}, ahead), " ", p("people"))),
      make("div", {}, make("dt", {}, p("wait"), lang() === "zh" && english("wait")),
        range ? make("dd", {}, make("b", {}, spread(range)), " ", p("minutes")) : make("dd", { class: "words" }, ahead ? p("no_wait_known") : p("soon")))),
    whereNow(now), comingNext(now),
    now.waits_at === null && lane(ticket, now, ahead),
    why.element(true),
    now.items.map((item) => item.materials.length > 0 && make("section", { class: "fold" }, make("h2", {}, `${p("bring")}：${item.name}`), make("p", {}, p("bring_list", { materials: item.materials.join("、") })))),
    make("section", { class: "fold" }, make("h2", {}, p("missed")), make("p", {}, t(`missed.${page.missed}`, { count: page.missed_count }))),
    !now.slip && make("section", { class: "fold" }, make("p", {}, t("mine.no_paper"))),
  ];
}

/** @param {string} key */
const english = (key) => make("span", { class: "en", lang: "en" }, " ", t(`phone.${key}`, {}, "en"));

/** @param {Ticket} ticket @param {Facts} now @param {number} ahead */
function lane(ticket, now, ahead) {
  const more = ahead - now.lane.length;
  return make("section", { class: "block-of" }, make("h2", {}, p("line")), make("div", { class: "lane", "data-line": ticket.service },
    more > 0 && make("span", { class: "etc" }, p("more", { n: more })), now.lane.map((number) => make("span", {}, number)), make("span", { class: "you" }, `${page.number} ${p("you")}`)));
}

/** @param {Ticket} ticket */
function called(ticket) {
  const counter = ticket.counter || "";
  return make("section", { class: "say" }, make("h1", {}, p("called")), make("div", { class: "card" }, plate(page.number)),
    make("p", {}, p("go_to")), make("b", { class: "window" }, counter), make("p", { class: "window-word" }, p("counter")),
    make("p", { class: "also" }, lang() === "zh" && make("span", { lang: "en" }, `${t("phone.go_to", {}, "en")} counter ${counter}`, make("br")), p("call_count", { n: ticket.calls, time: time(ticket.last_called_at) })));
}

/** @param {Ticket} ticket */
function tellCall(ticket) {
  find("#said").textContent = `${p("called")}，${reading(page.number)}，${p("go_to")} ${ticket.counter} ${p("counter")}`;
  if (navigator.vibrate) navigator.vibrate([300, 150, 300]);
}

/** @param {Ticket} ticket */
function thanks(ticket) {
  return make("section", { class: "say" }, plate(page.number), icon("done"), make("h1", {}, p("thanks")), make("p", {}, p("thanks_hint", { grade: t(`grades.${ticket.rating}`) })), finished(ticket));
}

/** @param {Ticket} ticket */
const finished = (ticket) => make("p", { class: "soft" }, p("finished_line", { number: page.number, n: ticket.counter || "", time: time(ticket.finished_at) }));

/** @param {Ticket} ticket */
function rating(ticket) {
  const trouble = make("div", { role: "alert" });
  const send = make("button", { class: "btn primary", type: "submit" }, p("send"));
  const rows = [5, 4, 3, 2, 1].map((value) => gradeRow(value, rowsOf));
  /** @param {number} value */
  function rowsOf(value) {
    grade = value;
    rows.forEach((row, at) => row.classList.toggle("on", 5 - at === value));
    fill(trouble);
  }
  /** @param {Event} submit */
  function submitted(submit) {
    submit.preventDefault();
    if (!grade) fill(trouble, make("p", { class: "bar warn round" }, icon("info"), p("choose_first")));
    else void rate(send, trouble);
  }
  if (grade) rowsOf(grade);
  return make("form", { class: "rate", onsubmit: submitted }, plate(page.number), make("h1", {}, p("rating_title")), make("p", {}, p("rating_hint")),
    lang() === "zh" && make("p", { class: "en", lang: "en" }, t("phone.rating_hint", {}, "en")),
    make("fieldset", { class: "grades" }, make("legend", { class: "sr" }, p("rating_title")), rows), trouble, send, finished(ticket));
}

/** @param {number} value @param {(value: number) => void} pick */
function gradeRow(value, pick) {
  const input = make("input", { type: "radio", name: "grade", value, onchange: () => pick(value) });
  const row = make("label", { class: "grade" }, input, icon(`face-${value}`), make("span", {}, t(`grades.${value}`)), make("em", {}, p("chosen")));
  input.addEventListener("focus", () => row.classList.toggle("focus", input.matches(":focus-visible")));
  input.addEventListener("blur", () => row.classList.remove("focus"));
  return row;
}

/** @param {HTMLButtonElement} button @param {HTMLElement} trouble */
async function rate(button, trouble) {
  if (button.classList.contains("busy")) return;
  if (!intention || intention.grade !== grade) intention = { key: newKey(), grade };
  button.classList.add("busy");
  fill(button, make("span", { class: "spinner" }), p("sending"));
  try {
    await post(`/api/v1/tickets/${page.id}/rating`, { grade, token: page.token }, { key: intention.key });
    await load();
  } catch (error) {
    const sentence = error instanceof ProblemError ? error.sentence(lang()) : p("lost");
    fill(trouble, make("p", { class: "bar warn round" }, icon("warn"), sentence));
    if (error instanceof ProblemError && error.code === "already_rated") void refresh();
  }
  button.classList.remove("busy");
  fill(button, p("send"));
}

/** @param {Facts} now */
function end(now) {
  const back = giveBack(page, now.ticket.state, () => void refresh());
  const large = document.documentElement.classList.contains("large");
  return [
    now.ticket.state === "WAITING" && make("p", {}, p("updated", { time: timeOfDay(now.at) })),
    back,
    make("div", { class: "tools" },
      make("button", { type: "button", lang: lang() === "en" ? "zh-CN" : "en", onclick: () => { speak(lang() === "en" ? "zh" : "en"); again(); } }, p("language")),
      make("button", { type: "button", onclick: () => { keep("large", large ? "" : "1"); document.documentElement.classList.toggle("large"); again(); } }, p(large ? "normal" : "large")),
      make("a", { href: `tel:${names.phone}` }, names.phone)),
  ];
}

function again() {
  shown = "";
  link(find("#link").classList.contains("lost"));
  draw();
}

/** Phones in private mode refuse to store; then the choice lasts as long as the page. @param {string} name @param {string} value */
function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch (error) {
    // not kept
  }
}

/** @param {string} name */
function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch (error) {
    return null;
  }
}

async function start() {
  if (kept("large")) document.documentElement.classList.add("large");
  for (;;) {
    try {
      const after = await load();
      live({ after, onEvent: event, onState: (state) => { link(state === "lost"); if (state === "live" && shown) void refresh(); }, onReset: load });
      setInterval(() => { if (!document.hidden) void refresh(); }, POLL_MS);
      return;
    } catch (error) {
      link(true);
      await new Promise((resolve) => setTimeout(resolve, 3000 + Math.random() * 3000));
    }
  }
}
void start();
