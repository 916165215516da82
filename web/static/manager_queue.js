/** The queue now: each service, and who waits for one counter, is parked, or was missed. */
import { fill, find, make } from "./dom.js";
import { serviceName, stopWord } from "./manager_lead.js";
import { span } from "./manager_now.js";
import { block, lamp, plate } from "./plate.js";
import { minutes, t, timeOfDay } from "./words.js";

/**
 * @typedef {import("./manager_lead.js").Queues} Queues
 * @typedef {import("./manager_lead.js").QueueView} QueueView
 * @typedef {import("./manager_lead.js").Lead} Lead
 */

const NEXT = 3;
const SHOWN = 12;
const NONE = () => t("common.none");

/** @param {Queues} queues @param {Lead} lead @param {import("./clock.js").HallClock} clock */
export function showQueue(queues, lead, clock) {
  fill(find("#queue-services"), queues.items.map((queue) => queueRow(queue, lead, queues.stop !== null)));
  const people = queues.items.reduce((sum, queue) => sum + queue.people, 0);
  find("#queue-note").textContent = t("manager.queue_note", { n: queues.items.reduce((sum, queue) => sum + queue.waiting, 0), people });
  list("targeted", queues.targeted.map((ticket) => [plate(ticket.number), serviceName(ticket.service), t("manager.waited_n", { time: span(clock.since(ticket.issued_at)) })]));
  list("parked", queues.parked.map((ticket) => [plate(ticket.number), `${at(ticket.counter)}${t(`reasons.park.${ticket.reason}`)}`, t("manager.for_n", { time: span(clock.since(ticket.since)) })]));
  list("missed", queues.missed.map((ticket) => [plate(ticket.number), `${at(ticket.counter)}${serviceName(ticket.service)}`, timeOfDay(ticket.at)]));
}

/** "3 号窗口，" @param {number | null} counter */
const at = (counter) => (counter === null ? "" : t("manager.at_counter", { no: counter }));

/** @param {QueueView} queue @param {Lead} lead @param {boolean} stopped the whole hall is */
function queueRow(queue, lead, stopped) {
  const range = queue.counters ? minutes(queue.wait) : null;
  const [kind, word] = issuing(queue);
  const verb = queue.stop
    ? make("button", { class: "small", type: "button", "data-resume": queue.service, onclick: () => void lead.resume(queue.service) }, t("manager.resume"))
    : make("button", { class: "small", type: "button", "data-stop": queue.service, disabled: stopped, onclick: () => lead.askStop(queue.service) }, t("manager.stop"));
  return make("tr", {}, make("td", {}, make("span", { class: "named" }, block(queue.service), serviceName(queue.service))),
    make("td", { class: "num" }, make("b", {}, queue.waiting), queue.people !== queue.waiting && make("small", {}, t("manager.people_n", { n: queue.people }))),
    make("td", {}, queue.warned ? lamp("due", t("manager.many")) : null),
    make("td", { class: "num" }, queue.counters), make("td", { class: "num" }, queue.waiting === 0 && queue.counters ? t("manager.no_wait") : range ? t("manager.n_minutes", { n: range }) : NONE()),
    make("td", { class: "num" }, queue.left === null ? t("manager.unlimited") : queue.left),
    make("td", {}, make("span", { class: "plates" }, queue.tickets.slice(0, NEXT).map((ticket) => plate(ticket.number)), !queue.tickets.length && NONE())),
    make("td", {}, lamp(kind, word)), make("td", { class: "num noprint" }, verb));
}

/** @param {QueueView} queue @returns {["ok" | "warn" | "over" | "off", string]} */
function issuing(queue) {
  if (queue.stop) return [queue.stop.kind === "emergency" ? "over" : "warn", stopWord(queue.stop)];
  if (queue.open) return ["ok", t("manager.issuing")];
  return ["off", t(queue.left === 0 ? "manager.given_out" : "manager.shut")];
}

/** @param {string} name @param {(Node | string)[][]} rows */
function list(name, rows) {
  find(`#${name}-count`).textContent = rows.length ? String(rows.length) : "";
  const more = rows.length > SHOWN ? make("li", { class: "soft" }, t("manager.more_n", { n: rows.length - SHOWN })) : null;
  fill(find(`#${name}`), rows.slice(0, SHOWN).map(([number, what, when]) => make("li", {}, number, make("span", {}, what), make("small", {}, when))), more,
    !rows.length && make("li", { class: "soft" }, t(`manager.none_${name}`)));
}
