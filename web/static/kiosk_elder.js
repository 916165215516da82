import { countdown } from "./countdown.js";
import { icon, make } from "./dom.js";
import { slipBar } from "./kiosk_done.js";
import { chosen, figuresOf, k, missedRule, nameOf, outlook } from "./kiosk_parts.js";
import { helpScreen, shutScreen } from "./kiosk_sad.js";
import { plate } from "./plate.js";
import { lang } from "./words.js";

/**
 * 长辈模式: three big keys, one question, nothing small.
 * @typedef {import("./kiosk_parts.js").Kiosk} Kiosk
 * @typedef {import("./kiosk_parts.js").Screen} Screen
 * @typedef {import("./kiosk_parts.js").Service} Service
 */

const SECONDS = 90; // longer than elsewhere
const PAGE = 2;

/** @param {Kiosk} kiosk @returns {Screen} */
export function elderScreen(kiosk) {
  const general = kiosk.hall.service(kiosk.page.general);
  const state = kiosk.hall.state;
  const waiting = state ? Object.values(state.waiting).reduce((sum, count) => sum + count, 0) : 0;
  const names = kiosk.hall.services.slice(0, 2).map((service) => nameOf(service)).join(lang() === "en" ? ", " : "、");
  const element = make("div", { class: "screen big" },
    make("header", {}, make("h1", {}, k("elder_title")), make("p", {}, k("elder_calm"), " "), make("p", {}, k("elder_now", { n: waiting }))),
    make("div", { class: "list three" },
      general && bigKey("primary", "ticket", k("elder_take"), k("elder_take_hint"), () => kiosk.go(general.shut ? shutScreen(kiosk, general) : age(kiosk, general))),
      bigKey("", "list", k("elder_choose"), k("elder_choose_hint", { names }), () => kiosk.go(choose(kiosk, 0))),
      bigKey("", "hand-helping", k("elder_help"), k("elder_help_hint"), () => kiosk.go(helpScreen(kiosk)))),
    feet(kiosk, null));
  return { element, look: "elder", seconds: SECONDS, asks: true };
}

/** @param {string} look @param {string} sign @param {string} words @param {string} hint @param {() => void} act */
function bigKey(look, sign, words, hint, act) {
  return make("button", { class: `btn huge ${look}`, type: "button", onclick: act }, icon(sign), make("span", {}, make("strong", {}, words), hint && make("small", {}, hint)));
}

/** @param {Kiosk} kiosk @param {(() => void) | null} back */
function feet(kiosk, back) {
  return make("footer", { class: back ? "foot two" : "foot one" },
    back && make("button", { class: "btn", type: "button", onclick: back }, icon("left"), k("back")),
    make("button", { class: "btn", type: "button", onclick: () => kiosk.home() }, icon("home"), k("home")));
}

/** @param {Kiosk} kiosk @param {number} from @returns {Screen} */
function choose(kiosk, from) {
  const services = kiosk.hall.services;
  const next = from + PAGE < services.length ? from + PAGE : 0;
  const keys = services.slice(from, from + PAGE).map((service) => {
    const view = outlook(kiosk.hall, service);
    return make("button", { class: "btn huge service", type: "button", "data-line": service.code, onclick: () => kiosk.go(service.shut ? shutScreen(kiosk, service) : age(kiosk, service)) },
      make("span", { class: "letter" }, make("b", {}, service.code), icon(service.icon)),
      make("span", {}, make("strong", {}, nameOf(service)), make("small", {}, view.main)));
  });
  const element = make("div", { class: "screen big" }, make("header", {}, make("h1", {}, k("elder_choose_title"))),
    make("div", { class: "list three" }, keys,
      services.length > PAGE && bigKey("", "right", k("next"), `${Math.floor(from / PAGE) + 1} / ${Math.ceil(services.length / PAGE)}`, () => kiosk.go(choose(kiosk, next)))),
    feet(kiosk, () => kiosk.go(elderScreen(kiosk))));
  return { element, look: "elder", seconds: SECONDS, asks: true };
}

/** One question, only where age gives priority. @param {Kiosk} kiosk @param {Service} service @returns {Screen} */
function age(kiosk, service) {
  // A card tells the age by itself.
  const asks = kiosk.page.priorities.includes("elder") && kiosk.page.identity !== "required";
  const name = make("p", { class: "for" }, k("elder_for", { service: nameOf(service) }));
  const yes = bigKey("primary", asks ? "elder" : "ticket", asks ? k("elder_age_yes") : k("take"), "", () => take(asks ? "elder" : null, yes));
  const no = asks && bigKey("", "person", k("elder_age_no"), "", () => take(null, no || yes));
  /** @param {string | null} priority @param {HTMLElement} button */
  const take = (priority, button) => kiosk.take(chosen(service, { priority, elder: true }), button);
  const element = make("div", { class: "screen big" },
    make("header", {}, make("h1", {}, asks ? k("elder_age_title") : k("confirm_title")), make("p", {}, asks ? k("elder_age_hint") : nameOf(service)), asks && name),
    make("div", { class: "list two" }, yes, no), feet(kiosk, () => kiosk.go(elderScreen(kiosk))));
  return { element, look: "elder", seconds: SECONDS, asks: true };
}

/**
 * The number, as big as the screen allows.
 * @param {Kiosk} kiosk
 * @param {import("./kiosk_parts.js").Ticket} ticket
 * @returns {Screen}
 */
export function elderDone(kiosk, ticket) {
  const ring = countdown(k("seconds_back"));
  const slip = slipBar(kiosk, ticket);
  const element = make("div", { class: "screen done big on-brand" },
    make("header", { class: "heading" }, make("span", { class: "tick" }, icon("check")), make("h1", {}, k("done_title")), ring.element),
    make("section", { class: "ticket" }, make("p", { class: "label" }, k("your_number")), plate(ticket.number),
      make("div", { class: "tear" }), figuresOf(ticket.ahead, ticket.wait)),
    make("div", { class: "after" }, make("p", { class: "note" }, icon("sound"), missedRule(kiosk.page)), slip.element,
      make("footer", { class: "foot one" }, make("button", { class: "btn", type: "button", onclick: () => kiosk.home() }, k("ok")))));
  return { element, look: "brand", seconds: 30, tick: ring.show, event: slip.event, leave: slip.leave };
}
