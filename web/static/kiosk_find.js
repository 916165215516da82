import { countdown } from "./countdown.js";
import { fill, icon, make } from "./dom.js";
import { confirmScreen, foot, heading, kindOf } from "./kiosk_confirm.js";
import { chosen, k, nameOf } from "./kiosk_parts.js";
import { shutScreen } from "./kiosk_sad.js";
import { initials } from "./pinyin.js";

/**
 * @typedef {import("./kiosk_parts.js").Kiosk} Kiosk
 * @typedef {import("./kiosk_parts.js").Screen} Screen
 * @typedef {import("./kiosk_parts.js").Choice} Choice
 * @typedef {import("./kiosk_parts.js").Item} Item
 */

const PAGE = 4;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/**
 * Find an item by the first letters of its Pinyin; with `choice`, one of that service.
 * @param {Kiosk} kiosk
 * @param {Choice | null} choice
 * @returns {Screen}
 */
export function findScreen(kiosk, choice) {
  const ring = countdown(k("seconds_back"));
  const box = make("output", { class: "typed", "aria-live": "polite" });
  const results = make("div", { class: "list" });
  const pager = make("div", { class: "pager" });
  const size = choice ? PAGE + 3 : PAGE;
  let typed = "";
  let page = 0;

  function show() {
    const all = kiosk.items
      .filter((item) => !choice || item.service === choice.service.code)
      .map((item) => ({ item, letters: initials(item.name) }));
    const hits = all.map((row) => ({ item: row.item, rank: rank(row, typed) })).filter((hit) => hit.rank < 3)
      .sort((one, two) => one.rank - two.rank).map((hit) => hit.item);
    const pages = Math.max(1, Math.ceil(hits.length / size));
    page = Math.min(page, pages - 1);
    fill(box, icon("search"), typed ? make("b", {}, typed) : make("span", { class: "soft" }, k("find_empty")));
    fill(results, hits.slice(page * size, (page + 1) * size).map((item) => itemRow(kiosk, choice, item)), !hits.length && nothing(kiosk));
    fill(pager, turn("previous", "previous-page", page > 0, () => { page -= 1; }),
      make("span", { class: "figure" }, k("find_count", { n: hits.length, page: page + 1, pages })),
      turn("next", "next-page", page < pages - 1, () => { page += 1; }));
    pager.hidden = !hits.length;
  }

  /** @param {string} key @param {string} sign @param {boolean} usable @param {() => void} step */
  function turn(key, sign, usable, step) {
    return make("button", { class: "btn", type: "button", "data-quick": true, disabled: !usable, onclick: () => { step(); show(); } },
      key === "previous" && icon(sign), k(key), key === "next" && icon(sign));
  }

  /** @param {string} letter "" deletes one, " " all */
  function type(letter) {
    typed = letter === "" ? typed.slice(0, -1) : letter === " " ? "" : (typed + letter).slice(0, 12);
    page = 0;
    show();
  }

  /** @param {KeyboardEvent} event a keyboard that somebody has plugged in */
  function pressed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Backspace") type("");
    else if (/^[a-z0-9]$/i.test(event.key)) type(event.key.toUpperCase());
  }
  document.addEventListener("keydown", pressed);
  show();
  const element = make("div", { class: choice ? "screen find few" : "screen find" },
    heading(choice ? "find_item_title" : "find_title", ring.element, choice ? "find_item_help" : "find_help"),
    !choice && box, results, pager, !choice && keyboard(type),
    foot(kiosk, choice && (() => kiosk.go(confirmScreen(kiosk, choice)))));
  return { element, tick: ring.show, seconds: 60, asks: true, loaded: show, leave: () => document.removeEventListener("keydown", pressed) };
}

/**
 * How well an item fits: 0 begins so, 1 holds it, 2 holds the letters in this order, 3 not at all.
 * People leave syllables out: GLBT finds 高龄老人生活补贴.
 * @param {{item: Item, letters: string}} row
 * @param {string} typed
 */
function rank(row, typed) {
  if (row.letters.startsWith(typed) || row.item.code === typed) return 0;
  if (row.letters.includes(typed) || row.item.code.startsWith(typed)) return 1;
  let at = 0;
  for (const c of row.letters) if (c === typed[at]) at += 1;
  return at === typed.length ? 2 : 3;
}

/** @param {(letter: string) => void} type */
function keyboard(type) {
  const keys = [...LETTERS].map((letter) => make("button", { class: "btn key", type: "button", "data-quick": true, onclick: () => type(letter) }, letter));
  return make("div", { class: "keys" }, keys,
    make("button", { class: "btn key word", type: "button", "data-quick": true, "aria-label": k("delete"), onclick: () => type("") }, icon("delete")),
    make("button", { class: "btn key word", type: "button", onclick: () => type(" ") }, k("clear")));
}

/** @param {Kiosk} kiosk @param {Choice | null} choice @param {Item} item */
function itemRow(kiosk, choice, item) {
  const service = kiosk.hall.service(item.service);
  if (!service) return null;
  const open = () => kiosk.go(service.shut ? shutScreen(kiosk, service) : confirmScreen(kiosk, chosen(service, { ...choice, service, item })));
  return make("button", { class: "row item", type: "button", "data-line": item.service, onclick: open },
    make("span", { class: "letter" }, make("b", {}, item.service)),
    make("span", { class: "name" }, make("strong", {}, item.name), make("span", {}, nameOf(service), " ", make("em", {}, kindOf(item)))), icon("right", "i go"));
}

/** @param {Kiosk} kiosk */
function nothing(kiosk) {
  const general = kiosk.hall.service(kiosk.page.general);
  return make("div", { class: "empty" }, icon("search"), make("b", {}, k("find_none", { service: general ? nameOf(general) : "" })));
}
