import { make, vector } from "./dom.js";

/** @param {string} number for example "A006" @returns {[string, string]} letter(s) and digits */
export function parts(number) {
  const match = /^([^0-9]*)(.*)$/.exec(number) || ["", "", number];
  return [match[1], match[2]];
}

/**
 * How a number is read aloud: "A 零 零 六".
 * @param {string} number
 */
export function reading(number) {
  const [letter, digits] = parts(number);
  return [...letter, ...digits].map((c) => (c >= "0" && c <= "9" ? "零一二三四五六七八九"[Number(c)] : c)).join(" ");
}

/**
 * 号牌: the number plate, the one sign of all faces.
 * @param {string} number for example "A006"
 * @param {string} [className] further classes
 * @returns {HTMLElement}
 */
export function plate(number, className = "") {
  const [letter, digits] = parts(number);
  const long = digits.length > 3 ? " long" : "";
  return make("span", { class: `plate${long} ${className}`.trim(), "data-line": letter || "-", role: "img", "aria-label": reading(number) },
    make("b", { "aria-hidden": "true" }, letter), make("i", { "aria-hidden": "true" }, digits));
}

/**
 * The block of a service alone.
 * @param {string} letter
 * @param {string} [className]
 */
export function block(letter, className = "") {
  return make("span", { class: `block ${className}`.trim(), "data-line": letter }, letter);
}

/** @type {Record<string, Record<string, string>[]>} shapes on a 16 grid; colour never speaks alone */
const SHAPES = {
  ok: [{ d: "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1z", fill: "currentColor" }],
  warn: [{ d: "M8 1 15.5 15H.5z", fill: "currentColor" }],
  due: [{ d: "M8 .3 15.7 8 8 15.7.3 8z", fill: "currentColor" }],
  over: [{ d: "M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5z", fill: "currentColor" }, { d: "m5.3 5.3 5.4 5.4m0-5.4-5.4 5.4", stroke: "#A81D17", "stroke-width": "1.8", fill: "none" }],
  off: [{ d: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z", fill: "none", stroke: "currentColor", "stroke-width": "2" }],
  info: [{ d: "M3 1.5h10A1.5 1.5 0 0 1 14.5 3v10a1.5 1.5 0 0 1-1.5 1.5H3A1.5 1.5 0 0 1 1.5 13V3A1.5 1.5 0 0 1 3 1.5z", fill: "currentColor" }],
};

/**
 * A lamp: ● ok ▲ warn ◆ due ⬣ over (legal: the same, flashing) ○ off ■ info, with its word.
 * @param {"ok" | "warn" | "due" | "over" | "legal" | "off" | "info"} kind
 * @param {string} word
 */
export function lamp(kind, word) {
  const shapes = SHAPES[kind === "legal" ? "over" : kind];
  const drawing = vector("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, ...shapes.map((shape) => vector("path", shape)));
  return make("span", { class: `lamp ${kind}` }, drawing, word);
}
