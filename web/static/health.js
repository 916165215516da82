/** Whether the hall stores what is wished: the sentences of GET /readyz. */
import { ProblemError, get } from "./api.js";
import { lang } from "./words.js";

/**
 * @typedef {{code: string, zh: string, en: string}} Trouble
 * @typedef {{ready: boolean, reasons: Trouble[], degraded: Trouble[]}} Health
 */

/** Throws what `get` throws, but a hall that says why it is not ready has answered. @returns {Promise<Health>} */
export async function readHealth() {
  try {
    return await get("/readyz");
  } catch (error) {
    if (!(error instanceof ProblemError) || !Array.isArray(error.problem.reasons)) throw error;
    return { ready: false, reasons: error.problem.reasons, degraded: error.problem.degraded || [] };
  }
}

/** @param {Trouble} trouble */
export const said = (trouble) => (lang() === "en" ? trouble.en : trouble.zh);

/** All sentences behind each other. @param {Trouble[]} troubles */
export const sentences = (troubles) => troubles.map(said).join(lang() === "en" ? " " : "");

/**
 * A bar: red when nothing is stored, yellow when a part starts again, hidden when all is well.
 * @param {HTMLElement} bar
 * @param {Health | null} health  null while it is not known
 */
export function showHealth(bar, health) {
  const found = health ? (health.ready ? health.degraded : health.reasons) : [];
  bar.hidden = !found.length;
  bar.className = `bar ${health && !health.ready ? "lost" : "warn"}`;
  const place = /** @type {HTMLElement} */ (bar.querySelector("span"));
  if (place.textContent !== sentences(found)) place.textContent = sentences(found); // told once, not at each reading
}
