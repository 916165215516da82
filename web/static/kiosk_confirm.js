import { fill, icon, make } from "./dom.js";
import { countdown } from "./countdown.js";
import { findScreen } from "./kiosk_find.js";
import { identityScreen } from "./kiosk_identity.js";
import { moreScreen } from "./kiosk_more.js";
import { examplesOf, figuresOf, k, nameOf, other, otherTag, small } from "./kiosk_parts.js";
import { lang, t } from "./words.js";

/**
 * @typedef {import("./kiosk_parts.js").Kiosk} Kiosk
 * @typedef {import("./kiosk_parts.js").Screen} Screen
 * @typedef {import("./kiosk_parts.js").Choice} Choice
 * @typedef {import("./kiosk_parts.js").Item} Item
 */

/**
 * A title with its second language and the time that is left.
 * @param {string} key
 * @param {HTMLElement} [ring]
 * @param {string} [hint] key of a sentence instead of the second language
 */
export function heading(key, ring, hint) {
  return make("header", { class: "heading" }, make("div", {}, make("h1", {}, k(key)), hint ? make("p", { class: "soft" }, k(hint)) : small(key, {}, "under")), ring);
}

/**
 * The foot of a screen: where back leads.
 * @param {Kiosk} kiosk
 * @param {(() => void) | null} back
 */
export function foot(kiosk, back) {
  return make("footer", { class: back ? "foot two" : "foot one" },
    back && make("button", { class: "btn", type: "button", onclick: back }, icon("left"), k("back")),
    make("button", { class: "btn", type: "button", onclick: () => kiosk.home() }, icon("home"), k("home")));
}

/** @param {Item} item how long it takes, in words */
export function kindOf(item) {
  if (item.kind === "promised" && item.promised_days) return k("kind_promised", { n: item.promised_days });
  if (item.kind === "promised" || item.kind === "immediate") return k("kind_immediate");
  return k(item.kind === "theme" ? "kind_theme" : "kind_advice");
}

/**
 * "Is this right?": one touch takes the ticket; item and priority are offered, not asked.
 * @param {Kiosk} kiosk
 * @param {Choice} choice
 * @returns {Screen}
 */
export function confirmScreen(kiosk, choice) {
  const ring = countdown(k("seconds_back"));
  const service = choice.service;
  const place = make("div", {});
  const take = make("button", { class: "btn primary take", type: "button" });
  close(false);
  /** @param {boolean} closed */
  function close(closed) {
    take.disabled = closed;
    fill(take, icon(closed ? "clock" : "ticket"), make("span", {}, make("strong", {}, k(closed ? "closed_row" : "take")), small(closed ? "closed_row" : "take")));
  }
  take.addEventListener("click", () => kiosk.take(choice, take));

  function update() {
    const now = kiosk.hall.service(service.code) || service;
    if (now.open === take.disabled) close(!now.open);
    fill(place, figuresOf(now.ahead, now.wait));
  }
  update();
  const note = make("p", { class: "note" }, icon("info"), k(kiosk.page.identity === "required" ? "privacy_required" : "privacy"));
  const extras = make("div", { class: "extras" });
  const others = kiosk.hall.services.length > 1 && moreButton(kiosk, choice);
  const full = choice.item && choice.further.length > 0;
  const element = make("div", { class: full ? "screen confirm full" : "screen confirm" }, heading("confirm_title", ring.element),
    make("section", { class: "sheet" },
      make("div", { class: "what", "data-line": service.code }, make("span", { class: "letter" }, make("b", {}, service.code), icon(service.icon)),
        make("div", {}, make("h2", {}, nameOf(service)), make("p", {}, examplesOf(service)),
          make("p", { class: "en", lang: otherTag() }, other() === "en" ? service.name_en : service.name))),
      choice.item && itemLine(choice.item), choice.further.length > 0 && furtherLine(kiosk, choice), place),
    take,
    kiosk.page.priorities.length > 0 && priorityButton(kiosk, choice),
    extras,
    note,
    kiosk.page.identity === "optional" ? cardFoot(kiosk, choice) : foot(kiosk, null));

  /** A quick finger may be here before the items are. */
  function loaded() {
    fill(extras, hasItems(kiosk, choice) && itemButton(kiosk, choice), others);
    extras.classList.toggle("two", extras.children.length > 1);
  }
  loaded();
  return { element, update, loaded, tick: ring.show, seconds: 60, asks: true };
}

/** @param {Kiosk} kiosk @param {Choice} choice */
const hasItems = (kiosk, choice) => kiosk.items.some((item) => item.service === choice.service.code);

/** @param {Kiosk} kiosk @param {Choice} choice */
function itemButton(kiosk, choice) {
  const key = choice.item ? "change_item" : "choose_item";
  const hint = choice.item ? "change_item_hint" : "choose_item_hint";
  return make("button", { class: "btn secondary choose", type: "button", onclick: () => kiosk.go(findScreen(kiosk, choice)) },
    icon("file-text"), make("span", {}, make("span", { class: "two-tongues" }, make("strong", {}, k(key)), small(key)), make("small", {}, k(hint))), icon("right", "i go"));
}

/** @param {Kiosk} kiosk @param {Choice} choice */
function moreButton(kiosk, choice) {
  const key = choice.further.length ? "more_change" : "more_add";
  return make("button", { class: "btn secondary add", type: "button", onclick: () => kiosk.go(moreScreen(kiosk, choice)) },
    icon("layers"), make("span", {}, make("span", { class: "two-tongues" }, make("strong", {}, k(key)), small(key)), make("small", {}, k("more_add_hint"))), icon("right", "i go"));
}

/** The services after the first. @param {Kiosk} kiosk @param {Choice} choice */
function furtherLine(kiosk, choice) {
  const names = furtherNames(kiosk, choice.further);
  return make("div", { class: "chosen" }, icon(choice.together ? "transfer" : "list"), make("div", {},
    make("strong", {}, k("further", { names })), make("p", { class: "soft" }, k(choice.together ? "at_once" : "in_order"))));
}

/** @param {Kiosk} kiosk @param {string[]} codes */
export const furtherNames = (kiosk, codes) => codes.map((code) => kiosk.hall.service(code)).map((service) => (service ? nameOf(service) : "")).filter(Boolean).join(lang() === "en" ? ", " : "、");

/** The way with a card stands beside the way home. @param {Kiosk} kiosk @param {Choice} choice */
function cardFoot(kiosk, choice) {
  return make("footer", { class: "foot two" },
    make("button", { class: "btn with-card", type: "button", onclick: () => kiosk.go(identityScreen(kiosk, choice, () => confirmScreen(kiosk, choice))) }, icon("id-card"), k("id_take")),
    make("button", { class: "btn", type: "button", onclick: () => kiosk.home() }, icon("home"), k("home")));
}

/** @param {Item} item */
function itemLine(item) {
  const joiner = lang() === "en" ? ", " : "、";
  const bring = item.materials.length ? k("bring", { materials: item.materials.join(joiner) }) : k("bring_nothing");
  return make("div", { class: "chosen" }, icon("done"), make("div", {},
    make("strong", {}, item.name), make("p", {}, bring), make("p", { class: "soft" }, kindOf(item))));
}

/** @param {Kiosk} kiosk @param {Choice} choice */
function priorityButton(kiosk, choice) {
  const chosen = choice.priority;
  const words = chosen
    ? make("span", {}, make("strong", {}, k("priority_chosen", { name: t(`priorities.${chosen}`) })), make("small", {}, rule(kiosk)))
    : make("span", {}, make("strong", {}, k("priority")), make("small", {}, k("priority_hint")), small("priority"));
  return make("button", { class: chosen ? "btn priority on" : "btn priority", type: "button", onclick: () => kiosk.go(priorityScreen(kiosk, choice)) },
    icon(chosen ? "done" : "hand-helping"), words, icon("right", "i go"));
}

/** @param {Kiosk} kiosk */
function rule(kiosk) {
  return kiosk.page.credit_min ? k("priority_rule", { n: kiosk.page.credit_min }) : k("priority_short");
}

/**
 * Which group: five keys of one kind.
 * @param {Kiosk} kiosk
 * @param {Choice} choice
 * @returns {Screen}
 */
function priorityScreen(kiosk, choice) {
  const ring = countdown(k("seconds_back"));
  /** @param {string | null} priority */
  const pick = (priority) => kiosk.go(confirmScreen(kiosk, { ...choice, priority }));
  const element = make("div", { class: "screen groups" }, heading("priority_title", ring.element),
    make("p", { class: "note" }, icon("info"), rule(kiosk)),
    make("div", { class: "list" }, kiosk.page.priorities.map((code) => make("button",
      { class: choice.priority === code ? "btn group on" : "btn group", type: "button", "aria-pressed": choice.priority === code ? "true" : "false", onclick: () => pick(code) },
      icon(code), make("span", {}, make("strong", {}, t(`priorities.${code}`)), make("small", { lang: otherTag() }, t(`priorities.${code}`, {}, other()))), icon("right", "i go"))),
    make("button", { class: "btn group none", type: "button", onclick: () => pick(null) }, icon("person"),
      make("span", {}, make("strong", {}, k("priority_none")), small("priority_none")), icon("right", "i go"))),
    foot(kiosk, () => kiosk.go(confirmScreen(kiosk, choice))));
  return { element, tick: ring.show, seconds: 60, asks: true };
}
