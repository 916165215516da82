import { icon, make } from "./dom.js";
import { t } from "./words.js";

/**
 * What the parts of the helper desk share.
 * @typedef {import("./hall.js").Service} Offered
 * @typedef {{id: string, number: string, service: string, service_name: string, state: string,
 *   items: string[], priority: string | null, clients: number, further: string[], escort: boolean, test: boolean,
 *   slot: string | null, parked: string | null, ahead: number | null,
 *   wait: import("./words.js").Wait, issued_at: string | null, called_at: string | null,
 *   last_called_at: string | null, calls: number, counter: number | null,
 *   print: import("./words.js").Paper | null}} Ticket
 * @typedef {{id: string, number: string, counter: number | null, reason: string, since: string}} Parked
 * @typedef {{id: string, number: string, service: string, counter: number | null, at: string}} Missed
 * @typedef {{id: string, service: string, date: string, start: string, end: string, state: string,
 *   number: string | null, no: string}} Appointment
 * @typedef {{parked: Parked[], missed: Missed[], appointments: Appointment[], slips: Ticket[]}} Lists
 * @typedef {{priorities: string[], clients_most: number, identity: string, missed: string,
 *   public: boolean, booking: import("./slots.js").Booking}} Page
 *
 * @typedef {object} Question
 * @property {string} title
 * @property {string} hint
 * @property {string} yes
 * @property {string} no
 *
 * @typedef {object} Desk
 * @property {Page} page
 * @property {Offered[]} services
 * @property {Lists} lists
 * @property {{date: string, at: string}} now
 * @property {boolean} lost
 * @property {(id: string, token?: string) => void} show  look at a ticket
 * @property {(path: string, body: unknown) => Promise<any>} wish  null when refused; the bar says why
 * @property {(words: string, undo?: () => void) => void} done  the green bar
 * @property {(question: Question) => Promise<boolean>} sure  before what cannot be undone
 * @property {() => Promise<void>} refresh
 */

/** @param {string} key @param {Record<string, string | number>} [values] */
export const d = (key, values) => t(`desk.${key}`, values);

/** @param {Desk} desk @param {string} code */
export function serviceName(desk, code) {
  const service = desk.services.find((one) => one.code === code);
  return service ? service.name : code;
}

/** @param {string} sign @param {string} fact @param {string} hint */
export function empty(sign, fact, hint = "") {
  return make("div", { class: "empty" }, icon(sign), make("b", {}, fact), hint);
}
