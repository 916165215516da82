/** Reports about the queue itself: fairness, workload, pauses, referrals, warnings. */
import { get } from "./api.js";
import { fill, find, make } from "./dom.js";
import { serviceName } from "./manager_lead.js";
import { minutes, span } from "./manager_now.js";
import { draw } from "./manager_reports.js";
import { plate } from "./plate.js";
import { t, timeOfDay } from "./words.js";

/**
 * @typedef {{visits_called: number, by_rule: Record<string, number>, out_of_order: number, overtaken: number, max_overtakes: number,
 *   most_overtaken: {number: string, service: string, overtakes: number}[]}} Fairness
 * @typedef {{rows: {counter: number, clerk: string | null, calls: number, done: number, serving_s: number}[]}} Workload
 * @typedef {{reasons: {reason: string, pauses: number, paused_s: number}[], counters: {counter: number, pauses: number, paused_s: number, signed_in_s: number}[]}} Pauses
 * @typedef {{ticket: {number: string}, at: string, service: string, counter: number, clerk: string | null, line: string, reason: string, first_contact: string}} Referral
 * @typedef {{kind: string, about: string, since: string, ended_at: string | null, answer: string | null, facts: Record<string, string | number>}} Warned
 * @typedef {{id: string, name: string}} Clerk
 */

const REFERRALS = 100;
const NONE = () => t("common.none");
const RULES = ["first", "only", "credit", "cap", "ageing", "condition", "ratio", "transfer", "chosen"];

/** @param {number} part @param {number} whole */
const share = (part, whole) => (whole ? `${((100 * part) / whole).toFixed(1)}%` : NONE());
/** @param {string} at */
const dated = (at) => `${at.slice(5, 10)} ${timeOfDay(at)}`;
/** @param {string | number} text */
const num = (text) => make("td", { class: "num" }, text);

/** @param {string} period "from=…&to=…" */
export async function showOrder(period) {
  const [fairness, workload, pauses, referrals, warnings, staff] = await Promise.all([
    get(`/api/v1/reports/fairness?${period}`), get(`/api/v1/reports/workload?${period}`), get(`/api/v1/reports/pauses?${period}`),
    get(`/api/v1/reports/referrals?${period}&limit=${REFERRALS}`), get(`/api/v1/reports/warnings?${period}`), get("/api/v1/staff"),
    draw(find("#order-charts"), `/manager/queue-charts?${period}`),
  ]);
  const names = new Map(/** @type {Clerk[]} */ (staff.items).map((clerk) => [clerk.id, clerk.name]));
  showFairness(fairness);
  showWorkload(workload, pauses, names);
  showPauses(pauses);
  showReferrals(referrals.items, referrals.next, names);
  showWarnings(warnings.rows);
}

/** @param {string} id @param {Element[]} rows @param {string} none @param {number} columns */
const table = (id, rows, none, columns) => fill(find(id), rows.length ? rows : make("tr", {}, make("td", { class: "why", colspan: columns }, t(none))));

/** @param {Fairness} told */
function showFairness(told) {
  const calls = Object.values(told.by_rule).reduce((sum, count) => sum + count, 0);
  const rows = RULES.filter((rule) => told.by_rule[rule]).map((rule) => make("tr", {}, make("td", {}, t(`manager.rule.${rule}`)), num(told.by_rule[rule]), num(share(told.by_rule[rule], calls)), make("td", { class: "soft" }, t(`manager.rule_means.${rule}`))));
  table("#fair-rules", rows, "manager.no_calls", 4);
  find("#fair-lead").textContent = calls ? t("manager.fair_lead", { called: told.visits_called, out: told.out_of_order, calls, overtaken: told.overtaken, share: share(told.overtaken, told.visits_called), most: told.max_overtakes }) : "";
  table("#fair-most", told.most_overtaken.map((one) => make("tr", {}, make("td", {}, plate(one.number)), make("td", {}, serviceName(one.service)), num(one.overtakes))), "manager.nobody_overtaken", 3);
}

/** @param {Workload} told @param {Pauses} pauses @param {Map<string, string>} names */
function showWorkload(told, pauses, names) {
  const total = (/** @type {"calls" | "done" | "serving_s"} */ name) => told.rows.reduce((sum, row) => sum + row[name], 0);
  const rows = told.rows.map((row) => make("tr", {}, make("td", {}, t("manager.counter_n", { no: row.counter })), make("td", {}, row.clerk === null ? t("manager.nobody_in") : [make("b", {}, names.get(row.clerk) || row.clerk), " ", make("small", { class: "soft" }, row.clerk)]),
    num(row.calls), num(row.done), num(span(row.serving_s)), num(row.done ? span(row.serving_s / row.done) : NONE())));
  if (rows.length) rows.push(make("tr", { class: "total" }, make("td", {}, t("manager.total")), make("td", {}), num(total("calls")), num(total("done")), num(span(total("serving_s"))), num(total("done") ? span(total("serving_s") / total("done")) : NONE())));
  table("#work", rows, "manager.no_work", 6);
  const presence = pauses.counters.filter((one) => one.signed_in_s > 0 || one.pauses > 0);
  table("#presence", presence.map((one) => make("tr", {}, make("td", {}, t("manager.counter_n", { no: one.counter })), num(one.signed_in_s ? span(one.signed_in_s) : NONE()), num(one.pauses), num(span(one.paused_s)), num(share(one.paused_s, one.signed_in_s)))), "manager.no_presence", 5);
}

/** @param {Pauses} told */
function showPauses(told) {
  const count = told.reasons.reduce((sum, one) => sum + one.pauses, 0);
  table("#pauses", told.reasons.map((one) => make("tr", {}, make("td", {}, t(`reasons.pause.${one.reason}`)), num(one.pauses), num(share(one.pauses, count)), num(t("manager.n_minutes", { n: minutes(one.paused_s) })))), "manager.no_pauses", 4);
}

/** "窗口 3", "王芳 1001", a service. @param {string} line @param {Map<string, string>} names */
function lineWord(line, names) {
  const [kind, id] = line.includes(":") ? line.split(":") : ["service", line];
  if (kind === "counter") return t("manager.counter_n", { no: id });
  return kind === "clerk" ? `${names.get(id) || ""} ${id}`.trim() : serviceName(id);
}

/** @param {Referral[]} items @param {string | null} next @param {Map<string, string>} names */
function showReferrals(items, next, names) {
  find("#referrals-note").textContent = t(next ? "manager.referrals_first" : "manager.referrals_n", { n: items.length });
  table("#referrals", items.map((one) => make("tr", {}, make("td", {}, plate(one.ticket.number)), make("td", {}, dated(one.at)), make("td", {}, lineWord(one.first_contact, names)),
    make("td", {}, [t("manager.counter_n", { no: one.counter }), one.clerk && ` ${names.get(one.clerk) || one.clerk}`]), make("td", {}, lineWord(one.line, names)), make("td", {}, t(`reasons.transfer.${one.reason}`)))), "manager.no_referrals", 6);
}

/** @param {Warned[]} rows */
function showWarnings(rows) {
  table("#warned", rows.map((one) => make("tr", {}, make("td", {}, t(`manager.warned.${one.kind}`)), make("td", {}, about(one)), make("td", {}, dated(one.since)),
    make("td", {}, one.ended_at ? dated(one.ended_at) : t("manager.lasts")), make("td", {}, what(one)))), "manager.no_warnings", 5);
}

/** @param {Warned} one */
function about(one) {
  if (!one.about || one.about === "hall") return t("manager.whole_hall");
  return one.kind === "post" ? one.about : serviceName(one.about);
}

/** What is known of it. @param {Warned} one */
function what(one) {
  const { waiting, limit, kind, sentence } = one.facts;
  if (one.kind === "waiting") return t("manager.warned_waiting", { waiting, limit });
  if (one.kind === "stop") return `${t(`manager.stop_kind.${kind}`)}${t("manager.comma")}${t(`stop.short.${sentence}`)}`;
  if (one.answer && one.kind === "outage") return t(`manager.answered.${one.answer}`);
  return one.answer ? t("manager.answered_time") : NONE();
}
