import { carried, make } from "./dom.js";

/**
 * Texts of the page, in both languages: `<script type="application/json" id="texts">`.
 * @typedef {"zh" | "en"} Lang
 * @typedef {{low_s: number, high_s: number} | null} Wait
 */

/** @type {Record<Lang, Record<string, string>>} */
const TEXTS = { zh: {}, en: {}, ...carried("texts") };

/** @type {Lang} */
let current = document.documentElement.lang.startsWith("en") ? "en" : "zh";

/** @returns {Lang} */
export const lang = () => current;

/** @param {Lang} to */
export function speak(to) {
  current = to;
  document.documentElement.lang = to === "en" ? "en" : "zh-CN";
}

/**
 * The sentence of `key` in the page's language: `t("ahead", {n: 5})`.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 * @param {Lang} [to]
 */
export function t(key, values = {}, to = current) {
  const text = TEXTS[to][key] ?? TEXTS.zh[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/**
 * A wait in whole steps of 5 minutes, "15～25" (English "15–25"); null when nothing can be said.
 * @param {Wait | undefined} wait
 * @returns {string | null}
 */
export function minutes(wait) {
  if (!wait) return null;
  const low = Math.floor(wait.low_s / 300) * 5;
  const high = Math.max(Math.ceil(wait.high_s / 300) * 5, low + 5);
  if (low >= 60) return "60+";
  return `${low}${current === "en" ? "–" : "～"}${high}`;
}

/**
 * A range of minutes for a big figure: the wide sign of Chinese between the numbers is set smaller.
 * @param {string} range
 * @returns {(string | HTMLElement)[]}
 */
export function spread(range) {
  const [low, high] = range.split("～");
  return high === undefined ? [range] : [low, make("span", { class: "till" }, "～"), high];
}

/** "9:58" in the hall's own zone: the offset stands in the time itself. @param {string} at */
export function timeOfDay(at) {
  const match = /T(\d\d):(\d\d)/.exec(at);
  return match ? `${Number(match[1])}:${match[2]}` : "";
}

/**
 * What became of a slip and how that is known: "已打出（有编号回执）".
 * @typedef {{state: string, proof: string, printer: string}} Paper
 * @param {Paper} paper
 */
export function paperWords({ state, proof }) {
  const word = t(`papers.${state}`);
  return proof ? t("paper_proofs.told", { state: word, proof: t(`paper_proofs.${proof}`) }) : word;
}
