import { make } from "./dom.js";
import { lang, minutes, spread, t } from "./words.js";

/**
 * What the kiosk's screens share.
 *
 * @typedef {import("./hall.js").Hall} Hall
 * @typedef {import("./hall.js").Service} Service
 * @typedef {{code: string, name: string, owner: string, service: string, kind: string,
 *   legal_days: number | null, promised_days: number | null, materials: string[], minutes: number | null}} Item
 * @typedef {{service: Service, item: Item | null, priority: string | null, elder: boolean}} Choice
 * @typedef {{id: string, number: string, service: string, ahead: number,
 *   wait: import("./words.js").Wait, token: string}} Ticket
 * @typedef {object} Page  what the server knows beforehand
 * @property {string} name
 * @property {string} name_en
 * @property {string} general  service for those who ask at the counter
 * @property {string[]} priorities
 * @property {number} credit_min
 * @property {string} missed  rule about missed calls
 * @property {boolean} qr  whether the ticket has an address of its own
 * @property {string[][]} week  sessions of each day from Monday, empty: always open
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
  if (!service.open) return { main: [k("closed_row")], hint: "", free: false };
  if (!service.counters.length) return { main: [k("no_counter")], hint: k("no_counter_hint"), free: false };
  if (hall.free(service)) return { main: [k("no_wait")], hint: k("no_wait_hint"), free: true };
  const range = minutes(service.wait);
  const main = service.ahead ? figures("ahead", { n: service.ahead }) : [k("ahead_none")];
  return { main, hint: range ? about(range) : "", free: false };
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

/**
 * Words of the next opening: {day: "明天", time: "8:30", noon: false}; null when never.
 * @param {string[][]} week sessions of each day from Monday, "08:30-12:00"
 * @param {Date} now the hall's calendar in its UTC fields
 */
export function opening(week, now) {
  const today = (now.getUTCDay() + 6) % 7;
  const clock = now.getUTCHours() * 60 + now.getUTCMinutes();
  for (let ahead = 0; ahead < 8; ahead += 1) {
    const sessions = week[(today + ahead) % 7] || [];
    for (const session of sessions) {
      const [hour, minute] = session.split("-")[0].split(":").map(Number);
      if (ahead === 0 && hour * 60 + minute <= clock) continue;
      const names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
      const day = ["today", "tomorrow"][ahead] || names[(today + ahead) % 7];
      const noon = ahead === 0 && session !== sessions[0];
      return { day: k(day), time: `${hour}:${String(minute).padStart(2, "0")}`, noon };
    }
  }
  return null;
}
