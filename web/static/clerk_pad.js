/** The pad on the screen, cell for cell the number pad: which key is filled, which is off and why. */
import { padState } from "./clerk_keys.js";
import { fill, find, make } from "./dom.js";
import { t } from "./words.js";

/**
 * @typedef {import("./clerk_view.js").CounterView} CounterView
 * @typedef {import("./clerk_keys.js").Circumstances} Circumstances
 */

/** @param {HTMLElement} pad @param {CounterView} view @param {Circumstances} now @param {Record<string, string>} services */
export function showPad(pad, view, now, services) {
  for (const [name, state] of Object.entries(padState(view.state, now))) {
    const key = find(`[data-key="${name}"]`, pad);
    key.classList.toggle("filled", state.filled);
    if (state.reason) key.setAttribute("aria-disabled", "true");
    else key.removeAttribute("aria-disabled");
    const note = state.reason ? t(state.reason, { n: state.n || 0 }) : keyNote(name, view, now, services);
    find("em", key).textContent = note;
    key.classList.toggle("noted", Boolean(note));
  }
  find('[data-key="pause"] b', pad).textContent = t(view.pause ? "clerk.key.resume" : "clerk.key.pause");
}

/** What a key that may be pressed adds to its word. @param {string} name @param {CounterView} view @param {Circumstances} now @param {Record<string, string>} services */
function keyNote(name, view, now, services) {
  if (name === "next") return view.waiting ? "" : t("clerk.nobody");
  if (name === "undo" && view.undo) return t("clerk.undo_step", { step: t(`clerk.undo.${view.undo.step}`), n: now.undoInS || 0 });
  if (name === "unpark") return t("clerk.people", { n: view.parked.length });
  const [further] = view.ticket && name === "finish" ? view.ticket.further : [];
  return further ? t("clerk.finish_then", { service: services[further] || further }) : "";
}

/** The same text again is not written again: what changes here is read aloud. @type {string} */
let hinted = "";

/** What can be done now: "叫下一位|[Enter] 叫号". @param {HTMLElement} place @param {string} text */
export function showHint(place, text) {
  if (text === hinted) return;
  hinted = text;
  const [what, ...ways] = text.split("|");
  fill(place, make("b", {}, what), ways.map((way) => make("span", {}, withKeys(way))));
}

/** "[.] 开始" -> the key cap and the word. @param {string} text */
function withKeys(text) {
  return text.split(/(\[[^\]]+\])/).map((part) => (part.startsWith("[") ? make("kbd", {}, part.slice(1, -1)) : part));
}

/** A spinner on a key whose step is on its way. @param {Element | null} key @param {boolean} on */
export function working(key, on) {
  if (!key) return;
  key.classList.toggle("busy", on);
  const spinner = key.querySelector(".spinner");
  if (on && !spinner) key.appendChild(make("span", { class: "spinner" }));
  else if (!on && spinner) spinner.remove();
}
