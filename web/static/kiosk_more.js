import { countdown } from "./countdown.js";
import { fill, icon, make } from "./dom.js";
import { confirmScreen, foot, heading } from "./kiosk_confirm.js";
import { k, nameOf, small } from "./kiosk_parts.js";

/**
 * Several services on one ticket: which, and whether one after another or in all lines at once.
 * @typedef {import("./kiosk_parts.js").Kiosk} Kiosk
 * @typedef {import("./kiosk_parts.js").Screen} Screen
 * @typedef {import("./kiosk_parts.js").Choice} Choice
 * @typedef {import("./kiosk_parts.js").Service} Service
 */

const PAGE = 10; // two columns of five
const MOST = 8;

/** @param {Kiosk} kiosk @param {Choice} choice @returns {Screen} */
export function moreScreen(kiosk, choice) {
  const ring = countdown(k("seconds_back"));
  const list = make("div", { class: "list pick" });
  const order = make("div", { class: "order" });
  const done = make("button", { class: "btn primary ready", type: "button" });
  const pager = make("div", { class: "pager" });
  let further = [...choice.further];
  let together = choice.together;
  let page = 0;

  /** @param {string} code */
  function toggle(code) {
    if (further.includes(code)) further = further.filter((one) => one !== code);
    else if (further.length < MOST) further.push(code);
    show();
  }

  function show() {
    const others = kiosk.hall.services.filter((service) => service.code !== choice.service.code);
    const pages = Math.ceil(others.length / PAGE) || 1;
    page %= pages;
    fill(list, others.slice(page * PAGE, (page + 1) * PAGE).map((service) => pickRow(service, further.indexOf(service.code), together, () => toggle(service.code))));
    fill(pager, pages > 1 && make("button", { class: "btn", type: "button", onclick: () => { page += 1; show(); } }, k("next"), icon("next-page")));
    fill(order, way("list", "in_order", !together, () => { together = false; show(); }), way("transfer", "at_once", together, () => { together = true; show(); }));
    order.hidden = !further.length;
    fill(done, icon("check"), make("span", {}, make("strong", {}, k(further.length ? "more_done" : "more_none"), " "), further.length > 0 && make("span", {}, k("more_count", { n: further.length + 1 }))));
  }

  done.addEventListener("click", () => kiosk.go(confirmScreen(kiosk, { ...choice, further, together: together && further.length > 0 })));
  show();
  const element = make("div", { class: "screen more" }, heading("more_title", ring.element, "more_help"), list, pager, order, done,
    foot(kiosk, () => kiosk.go(confirmScreen(kiosk, choice))));
  return { element, update: show, tick: ring.show, seconds: 60, asks: true };
}

/** @param {Service} service @param {number} place in the order, -1: not chosen @param {boolean} together @param {() => void} act */
function pickRow(service, place, together, act) {
  const on = place >= 0;
  return make("button", { class: on ? "row on" : "row", type: "button", "data-line": service.code, "aria-pressed": String(on), "data-quick": true,
    disabled: !service.open && !on, onclick: act },
  make("span", { class: "letter" }, make("b", {}, service.code), icon(service.icon)),
  make("span", { class: "name" }, make("strong", {}, nameOf(service)), !service.open && make("span", {}, k("closed_row"))),
  on && make("span", { class: "turn" }, together ? icon("check") : make("b", {}, place + 2)));
}

/** @param {string} sign @param {string} key @param {boolean} on @param {() => void} act */
function way(sign, key, on, act) {
  return make("button", { class: on ? "btn way on" : "btn way", type: "button", "aria-pressed": String(on), "data-quick": true, onclick: act },
    icon(on ? "done" : sign), make("span", {}, make("strong", {}, k(key)), small(key)));
}
