/** What stands at no counter: buttons that issue tickets, scanners, card readers. */
import { fill, make } from "./dom.js";
import { t } from "./words.js";

/**
 * @typedef {{id: string, keys: Record<string, string>, silent: boolean}} ButtonState
 * @typedef {{issue_buttons: ButtonState[], scanners: {id: string, scans: number}[], card_readers: {id: string, card: boolean, reads: number}[]}} InputsState
 * @typedef {(path: string, body: object) => void} Act
 */

const ELDER_BORN = "1950-01-02";

/** @param {HTMLElement} place @param {InputsState} state @param {Act} act */
export function showInputs(place, state, act) {
  const rows = [...state.issue_buttons.map((one) => button(one, act)), ...state.scanners.map((one) => scanner(one, act)), ...state.card_readers.map((one) => reader(one, act))];
  place.hidden = rows.length === 0;
  const now = JSON.stringify([state.issue_buttons.map((one) => [one.id, one.keys]), state.scanners.map((one) => one.id), state.card_readers]);
  if (place.getAttribute("data-now") === now) return;
  place.setAttribute("data-now", now);
  fill(place, make("h2", {}, t("bench.inputs")), rows);
}

/** @param {ButtonState} state @param {Act} act */
function button(state, act) {
  return make("p", { "data-button": state.id }, `${t("bench.issue_button")} ${state.id} `,
    Object.entries(state.keys).map(([key, service]) => make("button", { type: "button", "data-key": key, onclick: () => act(`/issue-buttons/${state.id}/press`, { key }) }, service)));
}

/** @param {{id: string}} state @param {Act} act */
function scanner(state, act) {
  const label = `${t("bench.scanner")} ${state.id}`;
  const code = make("input", { type: "text", maxlength: 160, "aria-label": label });
  return make("p", { "data-scanner": state.id }, `${label} `, code,
    make("button", { type: "button", onclick: () => code.value && act(`/scanners/${state.id}/scan`, { code: code.value }) }, t("bench.scan")));
}

/** @param {{id: string, card: boolean}} state @param {Act} act */
function reader(state, act) {
  return make("p", { "data-reader": state.id }, `${t("bench.card_reader")} ${state.id} `,
    make("button", { type: "button", onclick: () => act(`/card-readers/${state.id}/card`, { born: state.card ? null : ELDER_BORN }) }, t(state.card ? "bench.take_card" : "bench.lay_card")));
}
