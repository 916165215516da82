import { LostError, ProblemError } from "./api.js";
import { icon, make } from "./dom.js";
import { lines } from "./kiosk_done.js";
import { k, nameOf, other, otherTag, shutWords } from "./kiosk_parts.js";
import { lang, t } from "./words.js";

/**
 * @typedef {import("./kiosk_parts.js").Kiosk} Kiosk
 * @typedef {import("./kiosk_parts.js").Screen} Screen
 */

/** Two sentences in the other language. @param {string} first @param {string} second */
const both = (first, second) => [first, second].map((key) => t(`kiosk.${key}`, {}, other())).join(other() === "en" ? ". " : "。");

/**
 * No service: say whom to ask. The start comes back by itself.
 * @param {boolean} [starting] nothing was asked yet: do not frighten
 * @returns {Screen}
 */
export function silentScreen(starting = false) {
  if (starting) return { element: make("div", { class: "screen sad", "aria-busy": "true" }, make("span", { class: "spinner" })), look: "silent" };
  return { element: make("div", { class: "screen sad" }, icon("warn"), make("h1", {}, k("sad_server")), make("p", {}, k("sad_server_hint")),
    make("p", { lang: otherTag() }, both("sad_server", "sad_server_hint"))), look: "silent" };
}

/** Titles of an emergency stop stand in the middle, in both languages. @param {string} key */
const bothLanguages = (key) => [make("span", {}, lines(t(key))), make("small", { lang: otherTag() }, t(key, {}, other()))];

/**
 * Emergency stop: the whole screen, until somebody takes it back.
 * @param {Kiosk} kiosk
 * @param {import("./hall.js").Stop} stop
 * @returns {Screen}
 */
export function stopScreen(kiosk, stop) {
  const ask = kiosk.page.help;
  const element = make("div", { class: "screen sad stop", role: "alert" }, icon("warn"),
    make("h1", {}, bothLanguages(`stop.title.${stop.sentence}`)), make("p", {}, bothLanguages(`stop.todo.${stop.sentence}`)),
    make("p", { class: "ask-at" }, icon("hand-helping"), make("span", {}, lines(k("stop_ask", { phone: ask })), make("small", { lang: otherTag() }, t("kiosk.stop_ask", { phone: ask }, other())))));
  return { element, look: "alarm" };
}

/**
 * Why this service gives out no numbers now, and what to do.
 * @param {Kiosk} kiosk
 * @param {import("./hall.js").Service} service
 * @returns {Screen}
 */
export function shutScreen(kiosk, service) {
  const shut = service.shut;
  if (!shut) return silentScreen();
  const now = kiosk.hall.clock.date();
  const [told, second] = [shutWords(service, shut, now), shutWords(service, shut, now, other())];
  const hours = service.hours && service.hours.length ? k("shut_hours_are", { hours: service.hours.map((session) => session.replace("-", lang() === "en" ? "–" : "～")).join(lang() === "en" ? ", " : "、") }) : "";
  const element = make("div", { class: "screen sad" }, icon(shut.stop ? "warn" : "clock"),
    make("p", { class: "about" }, nameOf(service)), make("h1", {}, told.title), told.todo && make("p", {}, told.todo), hours && make("p", {}, hours),
    make("p", { lang: otherTag() }, [second.title, second.todo].filter(Boolean).join(other() === "en" ? ". " : "。")),
    make("div", { class: "choices" }, make("button", { class: "btn", type: "button", onclick: () => kiosk.home() }, icon("home"), k("home"))));
  return { element, look: "brand", seconds: 30 };
}

/**
 * What the hall refused and what to do now.
 * @param {Kiosk} kiosk
 * @param {ProblemError | LostError} error
 * @param {() => void} again the same intention once more
 * @returns {Screen}
 */
export function refusedScreen(kiosk, error, again) {
  const lost = error instanceof LostError;
  const retry = lost || error.status >= 500;
  // Without an answer nobody knows whether there is a ticket; a repeat has the same key, so it makes no second one.
  const unknown = lost || error.status === 503;
  const held = error instanceof ProblemError && error.code === "one_ticket" && error.problem.ticket ? error.problem.ticket.number : "";
  const [main, next] = held ? [k("already", { number: held }), k("already_hint")] : unknown ? [k("sad_unknown"), k("sad_unknown_hint")] : lang() === "en" ? [error.en, error.actionEn] : [error.zh, error.action];
  const second = held ? t("kiosk.already", { number: held }, other()) : unknown ? both("sad_unknown", "sad_unknown_hint") : error.sentence(other());
  const element = make("div", { class: "screen sad" }, icon(lost ? "wifi-off" : unknown ? "warn" : "clock"), make("h1", {}, main),
    next && make("p", {}, next), second && make("p", { lang: otherTag() }, second),
    make("div", { class: "choices" },
      retry && make("button", { class: "btn sun", type: "button", onclick: again }, icon("rotate-ccw"), k("again")),
      make("button", { class: "btn", type: "button", onclick: () => kiosk.home() }, icon("home"), k("home"))));
  return { element, look: "brand", seconds: 30 };
}

/**
 * A card in signal yellow for the screen: staff see from afar that somebody needs help.
 * @param {Kiosk} kiosk
 * @returns {Screen}
 */
export function helpScreen(kiosk) {
  const element = make("div", { class: "screen help" }, icon("hand-helping"), make("h1", {}, k("help_big")), make("p", {}, k("help_hint")),
    make("div", { class: "choices" }, make("button", { class: "btn", type: "button", onclick: () => kiosk.home() }, icon("left"), k("help_done"))));
  return { element, look: "sun", seconds: 180 };
}
