import { get, LostError, ProblemError } from "./api.js";
import { fill, icon, make } from "./dom.js";
import { block } from "./plate.js";
import { lang, t, timeOfDay } from "./words.js";

/**
 * Choosing a service, a day and a free slot; the same on the booking page and at the desk.
 * @typedef {{code: string, name: string, name_en: string, icon: string, examples: string, examples_en: string}} Bookable
 * @typedef {{services: Bookable[], days: number, identity: string}} Booking
 * @typedef {{start: string, end: string, quota: number, free: number}} Slot
 * @typedef {{service: Bookable, date: string, slot: Slot}} Choice
 */

const WEEK = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/** @param {string} key @param {Record<string, string | number>} [values] */
const w = (key, values) => t(`book.${key}`, values);
/** @param {Bookable} service */
export const bookableName = (service) => (lang() === "en" ? service.name_en : service.name);

/** The days from `today` (ISO). @param {string} today @param {number} ahead */
function daysFrom(today, ahead) {
  const first = Date.parse(`${today}T00:00:00Z`);
  return Array.from({ length: ahead + 1 }, (_, n) => new Date(first + n * 86400000).toISOString().slice(0, 10));
}

/** "11月24日 周二" @param {string} date */
export function dayWords(date) {
  const day = new Date(`${date}T00:00:00Z`);
  return `${w("day", { month: day.getUTCMonth() + 1, date: day.getUTCDate() })} ${w(WEEK[day.getUTCDay()])}`;
}

/** @param {Choice} choice */
export const chosenWords = (choice) => w("chosen", { service: bookableName(choice.service), day: dayWords(choice.date), time: `${timeOfDay(choice.slot.start)}～${timeOfDay(choice.slot.end)}` });

/** What the wish takes as the slot's start: local "HH:MM". @param {Slot} slot */
export const startOf = (slot) => slot.start.slice(11, 16);

/**
 * @param {Booking} booking
 * @param {{date: string, at: string}} now business date and time of the hall
 * @param {(choice: Choice | null, touched: boolean) => void} onPick told at each change; `touched` by
 *   the person, or else found full when the slots were read again
 */
export function slotPicker(booking, now, onPick) {
  let service = booking.services.length === 1 ? booking.services[0] : null;
  let date = now.date;
  /** @type {Slot[] | null} */
  let slots = null;
  /** @type {string | null} */
  let start = null;
  let asked = 0;
  const parts = { services: make("div", { class: "rows" }), days: make("div", { class: "days" }), slots: make("div", { class: "slots" }) };
  const element = make("div", { class: "picker" },
    make("fieldset", {}, make("legend", {}, w("service")), parts.services),
    make("fieldset", {}, make("legend", {}, w("date")), parts.days),
    make("fieldset", {}, make("legend", {}, w("slot")), parts.slots));

  /** @param {Element} parent @param {(HTMLElement | false)[]} made */
  const put = (parent, made) => fill(parent, made);

  function draw() {
    put(parts.services, booking.services.map((one) => make("button", { class: one === service ? "row on" : "row", type: "button", "data-line": one.code, "aria-pressed": one === service ? "true" : "false", onclick: () => pick(one, date) },
      block(one.code), make("span", { class: "name" }, make("strong", {}, bookableName(one)), make("small", {}, lang() === "en" ? one.examples_en : one.examples)))));
    put(parts.days, daysFrom(now.date, booking.days).map((day, n) => make("button", { class: day === date ? "day on" : "day", type: "button", "aria-pressed": day === date ? "true" : "false", onclick: () => pick(service, day) },
      make("strong", {}, n === 0 ? w("today") : n === 1 ? w("tomorrow") : dayWords(day).split(" ")[1]), make("small", {}, dayWords(day).split(" ")[0]))));
    drawSlots();
  }

  function drawSlots() {
    const open = (slots || []).filter((slot) => Date.parse(slot.start) > Date.parse(now.at));
    if (!service || !slots) put(parts.slots, [service ? make("span", { class: "spinner" }) : make("p", { class: "soft" }, w("choose"))]);
    else if (!open.length) put(parts.slots, [make("div", { class: "empty" }, icon("calendar"), make("b", {}, w("none")), w("none_hint"))]);
    else put(parts.slots, open.map(slotKey));
  }

  /** @param {Slot} slot */
  function slotKey(slot) {
    const on = slot.start === start;
    return make("button", { class: on ? "slot on" : "slot", type: "button", disabled: slot.free < 1, "aria-pressed": on ? "true" : "false", onclick: () => choose(slot) },
      make("strong", {}, timeOfDay(slot.start)), make("small", {}, slot.free < 1 ? w("full") : w("left", { n: slot.free })));
  }

  /** @param {Slot} slot */
  function choose(slot) {
    start = slot.start;
    drawSlots();
    const key = parts.slots.querySelector(".on");
    if (key instanceof HTMLElement) key.focus({ preventScroll: true });
    tell(true);
  }

  /** @param {boolean} touched */
  function tell(touched) {
    const slot = (slots || []).find((one) => one.start === start);
    onPick(service && slot ? { service, date, slot } : null, touched);
  }

  /** @param {Bookable | null} one @param {string} day */
  function pick(one, day) {
    service = one;
    date = day;
    start = null;
    slots = null;
    draw();
    tell(true);
    void load();
  }

  async function load() {
    if (!service) return;
    const mine = ++asked;
    try {
      const answer = await get(`/api/v1/appointments/slots?service=${encodeURIComponent(service.code)}&date=${date}`);
      if (mine !== asked) return;
      slots = answer.items;
      if (!(slots || []).some((slot) => slot.start === start && slot.free > 0)) start = null;
      drawSlots();
      tell(false);
    } catch (error) {
      if (!(error instanceof ProblemError || error instanceof LostError)) throw error;
      if (mine !== asked) return;
      put(parts.slots, [make("p", { class: "bar warn round" }, icon("warn"), error instanceof ProblemError ? error.sentence(lang()) : w("lost"))]);
      if (error instanceof LostError) setTimeout(() => { if (mine === asked) void load(); }, 3000);
    }
  }

  draw();
  void load();
  return { element, reload: load, redraw: draw };
}
