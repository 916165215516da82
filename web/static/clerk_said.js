/** What the bar says of a step that was taken: green when it can be taken back, white for a fact. */
import { leaves } from "./clerk_bars.js";
import { t } from "./words.js";

/**
 * @typedef {{name: string, number: string, body: Record<string, unknown>, answer: any}} Step  `number`: at the counter before it
 * @typedef {{services: Record<string, string>, clerk: (id: string) => string}} Names
 */

/**
 * @param {Step} step
 * @param {Names} names
 * @returns {{kind: "done" | "note", sentence: string} | null}
 */
export function said({ name, number, body, answer }, names) {
  const done = (/** @type {string} */ key, /** @type {Record<string, string | number>} */ values) => ({ kind: /** @type {const} */ ("done"), sentence: t(key, { number, ...values }) });
  const note = (/** @type {string} */ key, /** @type {Record<string, string | number>} */ values = {}) => ({ kind: /** @type {const} */ ("note"), sentence: t(key, values) });
  if (name === "next") return answer ? null : note("clerk.nobody_now");
  if (name === "finish" && answer.ticket.state === "WAITING") {
    return done("clerk.said.further", { service: names.services[answer.ticket.service] || answer.ticket.service });
  }
  if (name === "transfer") return done("clerk.said.moved", { to: destination(body, names) });
  if (name === "split") return done("clerk.said.split", { n: answer.clients, rest: answer.rest.number, others: answer.rest.clients });
  if (name === "undo") return note("clerk.said.undone", { number: answer.ticket.number });
  if (name === "return") return note("clerk.said.returned", { number: answer.ticket.number });
  if (name === "sign-in") return note("clerk.said.sign-in", { name: names.clerk(String(body.clerk)) });
  if (name === "notice") return note("clerk.said.notice");
  if (name === "sign-out") return note("clerk.said.sign-out");
  return leaves(name) ? done(`clerk.said.${name}`, {}) : null;
}

/** @param {Record<string, unknown>} body @param {Names} names */
function destination(body, names) {
  if (body.service) return names.services[String(body.service)] || String(body.service);
  return body.counter ? t("clerk.title", { no: Number(body.counter) }) : names.clerk(String(body.clerk));
}
