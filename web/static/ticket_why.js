import { get, LostError, ProblemError } from "./api.js";
import { fill, make } from "./dom.js";
import { lang, t, timeOfDay } from "./words.js";

/**
 * Who was called while a ticket waits, in plain words. Read when somebody asks, not before:
 * most never do, and a hall has many phones.
 * @typedef {{number: string, counter: number, at: string, earlier: boolean, why: string, why_en: string}} Between
 * @typedef {{text: string, text_en: string, between: Between[]}} Why
 */

/** @param {Why} why @param {string} key text of a row's place */
export function whyList(why, key) {
  return make("ol", { class: "between" }, why.between.map((call) => make("li", {},
    make("b", {}, call.number), make("span", { class: "soft" }, t(key, { time: timeOfDay(call.at), counter: call.counter, n: call.counter })),
    make("span", {}, lang() === "en" ? call.why_en : call.why))));
}

/** @param {{id: string}} page */
export function whyFold(page) {
  const told = make("div", {});
  const summary = make("summary", {});
  const fold = make("details", { class: "fold why", ontoggle: () => { if (fold.open) void read(); } }, summary, told);

  async function read() {
    try {
      /** @type {Why} */
      const why = await get(`/api/v1/tickets/${page.id}/why`);
      fill(told, make("p", {}, lang() === "en" ? why.text_en : why.text), why.between.length > 0 && whyList(why, "mine.why_row"));
    } catch (error) {
      if (!(error instanceof ProblemError || error instanceof LostError)) throw error;
      fill(told, make("p", {}, t("mine.why_none")));
    }
  }

  return {
    /** The same element at each drawing, so that it stays open; read again while it is. @param {boolean} shown */
    element(shown) {
      summary.textContent = t("mine.why");
      if (shown && fold.open) void read();
      return shown && fold;
    },
  };
}
