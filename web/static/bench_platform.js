/** The simulated single-window platform: its mode, and what has arrived. */
import { fill, make } from "./dom.js";
import { lamp, plate } from "./plate.js";
import { t } from "./words.js";

/**
 * @typedef {{no: string, item: string | null, ticket: {id: string, number: string}, state: string, steps: {state: string, at: string}[],
 *   deliveries: number, duplicates: number, received_at: string}} Row
 * @typedef {{mode: string, refused: number, counts: {visits: number, cases: number}, visits: Row[], cases: Row[]}} PlatformState
 */

const MODES = ["up", "slow", "down", "cut"];
const SHOWN = 9;

/** Steps of visits and cases as one list, newest first. @param {PlatformState} state */
function steps(state) {
  const from = (/** @type {"visits" | "cases"} */ ledger) => state[ledger].flatMap((row) => row.steps.map((step, order) => ({ ledger, row, step, last: order === row.steps.length - 1 })));
  const newest = [...from("cases"), ...from("visits")];
  return newest.sort((one, other) => (one.step.at < other.step.at ? 1 : one.step.at > other.step.at ? -1 : 0)).slice(0, SHOWN);
}

/** @param {HTMLElement} place @param {PlatformState} state @param {(path: string, body: object) => void} act */
export function showPlatform(place, state, act) {
  const now = JSON.stringify(state);
  if (place.getAttribute("data-now") === now) return;
  place.setAttribute("data-now", now);
  const rows = steps(state).map(({ ledger, row, step, last }) => make("tr", {},
    make("td", {}, step.at.slice(11, 19)), make("td", {}, t(`bench.${ledger}`)), make("td", {}, plate(row.ticket.number)),
    make("td", {}, ledger === "cases" ? `${row.item} …${row.no.slice(-5)}` : row.item || ""), make("td", {}, t(`bench.step.${ledger}.${step.state}`)),
    make("td", {}, !last ? lamp("ok", t("bench.received")) : row.duplicates ? lamp("off", t("bench.duplicate", { n: row.duplicates })) : lamp("ok", t("bench.received")))));
  fill(place,
    make("h2", {}, t("bench.platform"), make("small", { id: "platform-counts" }, t("bench.platform_counts", { visits: state.counts.visits, cases: state.counts.cases })),
      make("div", { class: "switch modes", role: "group", "aria-label": t("bench.platform") }, MODES.map((mode) => make("button", { type: "button", "data-mode": mode, "aria-pressed": String(mode === state.mode), onclick: () => act("/platform/mode", { mode }) }, t(`bench.mode.${mode}`))))),
    state.refused ? make("p", { class: "soft" }, t("bench.refused", { n: state.refused })) : null,
    rows.length ? make("table", {}, make("thead", {}, make("tr", {}, ["time", "kind", "ticket", "item", "step", "answer"].map((name) => make("th", {}, t(`bench.col.${name}`))))), make("tbody", {}, rows))
      : make("p", { class: "soft" }, t("bench.nothing_delivered")));
}
