import { make } from "./dom.js";
import { lang, minutes, spread, t, timeOfDay } from "./words.js";

/**
 * What the kiosk's screens share.
 *
 * @typedef {import("./hall.js").Hall} Hall
 * @typedef {import("./hall.js").Service} Service
 * @typedef {{code: string, name: string, owner: string, service: string, kind: string,
 *   legal_days: number | null, promised_days: number | null, materials: string[], minutes: number | null}} Item
 * @typedef {{service: Service, item: Item | null, priority: string | null, elder: boolean,
 *   further: string[], together: boolean, identity: string | null}} Choice
 * @typedef {{id: string, number: string, service: string, ahead: number,
 *   wait: import("./words.js").Wait, token: string, late: boolean}} Ticket
 * @typedef {object} Page  what the server knows beforehand
 * @property {string} name
 * @property {string} name_en
 * @property {string} general  service for those who ask at the counter
 * @property {string[]} priorities
 * @property {number} credit_min
 * @property {string} missed  rule about missed calls
 * @property {number} missed_count  the number in its sentence
 * @property {"off" | "optional" | "required"} identity  real-name issue
 * @property {boolean} phone  whether phones in the hall may take numbers
 * @property {boolean} booking  whether any service has appointments
 * @property {string} help  telephone number to ask at
 * @property {number} kiosk  which kiosk this is
 * @property {string | null} printer  the device that prints here; "" where nothing does
 * @property {Record<string, string>} printers  device: where it stands
 * @property {boolean} qr  whether the ticket has an address of its own
 *
 * @typedef {object} Screen
 * @property {HTMLElement} element
 * @property {number} [seconds]  back to the start after so long without a touch
 * @property {boolean} [asks]  ask "still there?" 10 s before
 * @property {string} [look]  class of the whole page: "brand", "elder", "sun"
 * @property {(left: number, total: number) => void} [tick]
 * @property {() => void} [update]  hall figures are new
 * @property {() => void} [loaded]  the items have come
 * @property {(type: string, data: any) => void} [event]
 * @property {() => void} [leave]
 *
 * @typedef {object} Kiosk
 * @property {Hall} hall
 * @property {Page} page
 * @property {Item[]} items
 * @property {(screen: Screen) => void} go
 * @property {() => void} home
 * @property {(choice: Choice, button: HTMLElement) => void} take
 * @property {(code: string, button: HTMLElement) => void} checkIn
 * @property {() => void} language
 * @property {() => void} contrast
 */

/** The other language: Chinese leads and English follows one step smaller, or the reverse. */
export const other = () => (lang() === "en" ? "zh" : "en");
/** `lang` attribute of a line in the other language. */
export const otherTag = () => (lang() === "en" ? "zh-CN" : "en");

/** @param {string} key @param {Record<string, string | number>} [values] */
export const k = (key, values) => t(`kiosk.${key}`, values);

/** A line in the other language. @param {string} key @param {Record<string, string | number>} [values] @param {string} [className] */
export function small(key, values, className = "") {
  return make("small", { lang: otherTag(), class: className }, t(`kiosk.${key}`, values, other()));
}

/**
 * A sentence with its figures set bold: pieces around {placeholders}.
 * @param {string} key
 * @param {Record<string, string | number>} values
 * @returns {(string | HTMLElement)[]}
 */
export function figures(key, values) {
  const pieces = t(`kiosk.${key}`).split(/(\{\w+\})/);
  return pieces.map((piece) => {
    const name = piece.slice(1, -1);
    return piece.startsWith("{") && name in values ? make("b", {}, values[name]) : piece;
  });
}

/**
 * A new choice of a service.
 * @param {Service} service
 * @param {Partial<Choice>} [more]
 * @returns {Choice}
 */
export const chosen = (service, more) => ({ service, item: null, priority: null, elder: false, further: [], together: false, identity: null, ...more });

/** The hall's rule about missed calls as a sentence. @param {Page} page @param {import("./words.js").Lang} [to] */
export const missedRule = (page, to) => t(`missed.${page.missed}`, { count: page.missed_count }, to);

/** @param {Service} service */
export const nameOf = (service) => (lang() === "en" ? service.name_en : service.name);
/** @param {Service} service */
export const examplesOf = (service) => (lang() === "en" ? service.examples_en : service.examples);

/**
 * Place in line in two short lines, as they stand now.
 * @param {Hall} hall
 * @param {Service} service
 * @returns {{main: (string | HTMLElement)[], hint: string, free: boolean}}
 */
export function outlook(hall, service) {
  if (service.shut) {
    const told = shutWords(service, service.shut, hall.clock.date());
    return { main: [told.short], hint: told.hint, free: false };
  }
  if (!service.working) return { main: [k("no_counter")], hint: k("no_counter_hint"), free: false };
  if (hall.free(service)) return { main: [k("no_wait")], hint: k("no_wait_hint"), free: true };
  const range = minutes(service.wait);
  const main = service.ahead ? figures("ahead", { n: service.ahead }) : [k("ahead_none")];
  return { main, hint: range ? about(range) : "", free: false };
}

/**
 * Why no numbers are given out: two short pieces for a row, a title and what to do for a screen.
 * @param {Service} service
 * @param {import("./hall.js").Shut} shut
 * @param {Date} now the hall's calendar in its UTC fields
 * @param {import("./words.js").Lang} [to]
 * @returns {{short: string, hint: string, title: string, todo: string}}
 */
export function shutWords(service, shut, now, to) {
  const say = (/** @type {string} */ key, /** @type {Record<string, string>} */ values = {}) => t(`kiosk.${key}`, values, to);
  if (shut.stop) {
    const today = shut.stop.kind === "today";
    return { short: say(today ? "shut_today" : "shut_stopped"), hint: t(`stop.short.${shut.stop.sentence}`, {}, to), title: today ? say("shut_today_title") : t(`stop.title.${shut.stop.sentence}`, {}, to), todo: t(`stop.todo.${shut.stop.sentence}`, {}, to) };
  }
  const opens = shut.opens ? when(shut.opens, now, to) : null;
  const next = opens ? say("sad_next", { day: opens.day, time: opens.time }) : "";
  if (shut.why === "quota") return { short: say("shut_quota"), hint: say("shut_quota_hint"), title: say("shut_quota_title"), todo: say("shut_quota_todo") };
  if (shut.why === "band") return { short: opens ? say("shut_opens", { time: opens.time }) : say("shut_quota"), hint: say("shut_band_hint"), title: say("shut_band_title"), todo: next };
  if (opens && opens.ahead === 0) return { short: say("shut_opens", { time: opens.time }), hint: say("shut_hours_hint"), title: say(hasBegun(service, now) ? "sad_noon" : "shut_hours_title"), todo: next };
  return { short: say("closed_row"), hint: opens ? say("shut_next", { day: opens.day, time: opens.time }) : "", title: say("sad_closed"), todo: next };
}

/** Whether today's first hours are past: what follows is a break. @param {Service} service @param {Date} now */
function hasBegun(service, now) {
  const first = service.hours && service.hours[0] ? service.hours[0].slice(0, 5) : "24:00";
  return `${String(now.getUTCHours()).padStart(2, "0")}:${String(now.getUTCMinutes()).padStart(2, "0")}` >= first;
}

const WEEK = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/**
 * "明天", "8:30" of an instant, and how many days ahead it is.
 * @param {string} at RFC 3339 in the hall's zone
 * @param {Date} now the hall's calendar in its UTC fields
 * @param {import("./words.js").Lang} [to]
 */
export function when(at, now, to) {
  const day = Date.parse(`${at.slice(0, 10)}T00:00:00Z`);
  const ahead = Math.round((day - Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate())) / 86400000);
  const name = ["today", "tomorrow"][ahead] || WEEK[new Date(day).getUTCDay()];
  return { ahead, day: t(`kiosk.${name}`, {}, to), time: timeOfDay(at) };
}

/** "约 15～25 分钟", "60 分钟以上" @param {string} range */
const about = (range) => (range.endsWith("+") ? k("about_over", { n: range.slice(0, -1) }) : k("about", { range }));

/**
 * The two figures of a card: people ahead, minutes. The second is left out while unknown.
 * @param {number} ahead
 * @param {import("./words.js").Wait | undefined} wait
 */
export function figuresOf(ahead, wait) {
  const range = minutes(wait);
  return make("dl", { class: range ? "figures" : "figures one" },
    cell("ahead_label", [String(ahead)], "people"), range && cell("wait_label", spread(range), "minutes"));
}

/** @param {string} label @param {(string | HTMLElement)[]} figure @param {string} unit */
function cell(label, figure, unit) {
  return make("div", {}, make("dt", {}, k(label), " ", make("span", { class: "en", lang: otherTag() }, t(`kiosk.${label}`, {}, other()))),
    make("dd", { class: "figure" }, make("b", {}, figure), " ", k(unit)));
}
