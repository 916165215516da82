import { LostError, newKey, post, ProblemError } from "./api.js";
import { fill, find, icon, make } from "./dom.js";
import { lang, t } from "./words.js";

/** Giving a number or a booking back: asked once more, then carried out once. */

const BACK = new Set(["BOOKED", "WAITING", "PARKED"]);

/** The words of the question, of a number and of a booking. */
const WORDS = {
  cancel: { title: "cancel_sure", hint: "cancel_sure_hint", yes: "cancel_yes", no: "cancel_no" },
  cancel_booking: { title: "cancel_booking_sure", hint: "cancel_booking_hint", yes: "cancel_booking_yes", no: "cancel_booking_no" },
};

/** @param {string} key @param {Record<string, string | number>} [values] */
const m = (key, values) => t(`mine.${key}`, values);

/**
 * The button, or nothing where the ticket cannot be given back.
 * @param {import("./ticket.js").Page} page
 * @param {string} state
 * @param {() => void} done
 */
export function giveBack(page, state, done) {
  if (!BACK.has(state)) return null;
  const kind = state === "BOOKED" ? "cancel_booking" : "cancel";
  return make("p", {}, make("button", { class: "give-back", type: "button", onclick: () => ask(page, kind, done) }, m(kind)));
}

/** @param {import("./ticket.js").Page} page @param {"cancel" | "cancel_booking"} kind @param {() => void} done */
function ask(page, kind, done) {
  const dialog = /** @type {HTMLDialogElement} */ (find("#sure"));
  const words = WORDS[kind];
  const trouble = make("div", { role: "alert" });
  const key = newKey();
  const yes = make("button", { class: "btn danger", type: "button", onclick: () => void carryOut() }, m(words.yes));
  fill(dialog, make("h2", { id: "sure-title" }, m(words.title)), make("p", {}, m(words.hint, { number: page.number })), trouble,
    make("div", { class: "buttons" }, make("button", { class: "btn", type: "button", autofocus: true, onclick: () => dialog.close() }, m(words.no)), yes));
  dialog.showModal();

  async function carryOut() {
    if (yes.disabled) return;
    yes.disabled = true;
    try {
      await post(`/api/v1/tickets/${page.id}/cancel`, { token: page.token }, { key });
      dialog.close();
      done();
    } catch (error) {
      if (!(error instanceof ProblemError || error instanceof LostError)) throw error;
      fill(trouble, make("p", { class: "bar warn round" }, icon("warn"), error instanceof ProblemError ? error.sentence(lang()) : t("phone.lost")));
      yes.disabled = false;
    }
  }
}
