/** Why this ticket was called, in plain words: one sentence for the rule, more for what came with it. */
import { t } from "./words.js";

/**
 * @typedef {{rule: string, waited_s: number, credit_s: number, waiting: number, compared: {number: string, waited_s: number}[],
 *   service?: string | null, over_s?: number | null, longest_s?: number | null, share?: number | null, counted?: number | null,
 *   one_in?: number | null, reason?: string | null, overtook?: string | null, auto?: boolean | null}} Reason
 */

/** @param {number | null | undefined} seconds */
const minutes = (seconds) => Math.floor((seconds || 0) / 60);

/**
 * The sentences in their order; the first is the rule's.
 * @param {Reason} reason
 * @param {{services: Record<string, string>, covers: string | null}} names  services by code; for whom the counter stands in
 * @returns {string[]}
 */
export function whySentences(reason, { services, covers }) {
  const other = reason.compared.length ? reason.compared[0].number : "";
  const rule = !other && LONE[reason.rule] ? LONE[reason.rule] : reason.rule;
  const said = [t(`clerk.why.${rule}`, {
    waited: minutes(reason.waited_s), credit: minutes(reason.credit_s), over: minutes(reason.over_s), longest: minutes(reason.longest_s),
    other, n: Math.max(0, reason.waiting - 1), service: services[reason.service || ""] || reason.service || "",
    share: reason.share || 0, counted: (reason.counted || 0) + 1, one_in: reason.one_in || 0,
    reason: reason.reason ? t(`reasons.call.${reason.reason}`) : "",
  })];
  if (reason.overtook) said.push(t("clerk.why.overtook", { other: reason.overtook }));
  if (covers) said.push(t("clerk.why.covers", { name: covers }));
  if (reason.auto) said.push(t("clerk.why.auto"));
  return said;
}

/** Rules that name another ticket, and what is said when there is none. @type {Record<string, string>} */
const LONE = { first: "only", credit: "only", transfer: "handed" };
