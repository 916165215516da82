/** The hall's own words: notices for everybody, and what each strip says while nobody is there. */
import { LostError, ProblemError, get } from "./api.js";
import { fill, find, make } from "./dom.js";
import { wish } from "./manager_lead.js";
import { t } from "./words.js";

/** @typedef {{texts: string[], strips: {counter: number, text: string}[]}} Told */

const MOST = 3;
const LETTERS = 60;
/** @type {Told} what the hall knows */
let told = { texts: [], strips: [] };

/** @returns {HTMLInputElement[]} */
const fields = () => Array.from(document.querySelectorAll("#hall-notices input"));
const counter = () => /** @type {HTMLSelectElement} */ (find("#strip-counter"));
const strip = () => /** @type {HTMLInputElement} */ (find("#strip-text"));

/** Read what stands there; what a person is typing is left alone. */
export async function showNotices() {
  try {
    told = await get("/api/v1/hall-notices");
  } catch (error) {
    if (!(error instanceof LostError || error instanceof ProblemError)) throw error;
    return; // the page's own bar says that nothing can be read
  }
  const form = find("#notices-form");
  if (!fields().length) {
    fill(find("#hall-notices"), Array.from({ length: MOST }, (_, place) => make("li", {}, make("input", { type: "text", maxlength: LETTERS, "aria-label": t("manager.notice_n", { n: place + 1 }) }))));
    fill(counter(), told.strips.map((one) => make("option", { value: one.counter }, t("manager.counter_n", { no: one.counter }))));
  }
  if (form.contains(document.activeElement)) return;
  fields().forEach((field, place) => { field.value = told.texts[place] || ""; });
  showStrip();
}

function showStrip() {
  const known = told.strips.find((one) => one.counter === Number(counter().value));
  strip().value = known ? known.text : "";
}

async function publish() {
  const texts = fields().map((field) => field.value.trim()).filter(Boolean);
  await send("/api/v1/hall-notices", { texts }, find("#publish"));
}

/** @param {string} path @param {unknown} body @param {HTMLElement} button */
async function send(path, body, button) {
  const answered = await wish(path, body, find("#notices-wrong"), button);
  if (!answered) return;
  find("#notices-said").textContent = t("manager.notices_sent");
  setTimeout(() => { find("#notices-said").textContent = ""; }, 5000);
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  await showNotices();
}

find("#publish").addEventListener("click", () => void publish());
find("#strip-show").addEventListener("click", () => void send(`/api/v1/counters/${counter().value}/strip-text`, { text: strip().value.trim() }, find("#strip-show")));
counter().addEventListener("change", showStrip);
