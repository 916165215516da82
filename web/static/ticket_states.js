import { icon, make } from "./dom.js";
import { plate } from "./plate.js";
import { dayWords } from "./slots.js";
import { lang, t, timeOfDay } from "./words.js";

/**
 * A ticket's page in the states beside the plain way: booked, put aside, missed, given back.
 * @typedef {import("./ticket.js").Page} Page
 * @typedef {import("./ticket.js").Ticket} Ticket
 * @typedef {import("./ticket.js").Facts} Facts
 */

/** @param {string} key @param {Record<string, string | number>} [values] */
const m = (key, values) => t(`mine.${key}`, values);
/** @param {string | null} at */
const time = (at) => (at ? timeOfDay(at) : "");

/** When to come, and the code for the check-in. @param {Page} page @param {Ticket} ticket @param {Facts} now */
export function bookedCard(page, ticket, now) {
  const booking = now.booking;
  if (!booking) return make("section", { class: "say" }, make("h1", {}, m("booked_title")));
  return [
    make("section", { class: "number booked" }, icon("calendar"), make("h1", {}, m("booked_title")),
      make("p", { class: "slot-time" }, make("strong", {}, m("booked_when", { day: dayWords(booking.date), from: time(booking.start), until: time(booking.end) }))),
      make("p", {}, ticket.service_name)),
    make("section", { class: "fold" }, make("p", {}, m("booked_check_in", { from: time(booking.from), until: time(booking.until) })), make("p", {}, m("booked_late"))),
    make("section", { class: "fold code-of" },
      page.qr && make("img", { class: "qr", src: `/t/${page.id}/${page.token}/qr.svg`, alt: m("booked_scan"), width: 200, height: 200 }),
      make("p", {}, m("booked_code"), " ", make("b", { class: "code" }, booking.code))),
  ];
}

/** @param {Ticket} ticket @param {Facts} now */
export function parked(ticket, now) {
  return make("section", { class: "say" }, plate(ticket.number), icon("park"), make("h1", {}, m("parked")),
    make("p", {}, make("strong", {}, t(`mine.parked_${ticket.parked || "other"}`))),
    make("p", {}, m("parked_hint", { time: time(now.parked_at), n: ticket.counter || "" })));
}

/** What the hall's rule allows somebody who was missed. @param {Page} page @param {Ticket} ticket @param {Facts} now */
export function missedWords(page, ticket, now) {
  const over = page.missed === "keep" && (!now.until || Date.parse(now.at) >= Date.parse(now.until));
  return t(`mine.missed_${over ? "keep_over" : page.missed}`, { time: time(ticket.last_called_at), number: page.number, n: page.missed_count, until: time(now.until) });
}

/** Each end with what to do now. */
const HINTS = { cancelled: "cancelled_hint", cancelled_booking: "cancelled_booking_hint", booked_over: "booked_over_hint" };

/** @param {Page} page @param {keyof typeof HINTS} key */
export function ended(page, key) {
  return make("section", { class: "say" }, page.number && plate(page.number), icon(key === "booked_over" ? "clock" : "done"), make("h1", {}, m(key)), make("p", {}, m(HINTS[key])));
}

/** Why it waits once more, and for which counter. @param {Facts} now */
export function whereNow(now) {
  if (!now.again && now.waits_at === null) return null;
  return make("section", { class: "fold notable" },
    now.waits_at !== null && make("h2", {}, m("waits_at", { n: now.waits_at })),
    now.again && make("p", {}, t(`mine.again_${now.again}`)));
}

/** Several services, several people. @param {Facts} now */
export function comingNext(now) {
  const clients = now.ticket.clients;
  const names = now.then.map((service) => (lang() === "en" ? service.name_en : service.name)).join(lang() === "en" ? ", " : "、");
  if (!names && clients < 2) return null;
  return make("section", { class: "fold" },
    names && make("p", {}, m(now.together ? "then_together" : "then_one", { names })),
    clients > 1 && make("p", {}, m("clients", { n: clients })));
}
