import { countdown } from "./countdown.js";
import { fill, icon, make } from "./dom.js";
import { faultOf } from "./identity.js";
import { foot, heading } from "./kiosk_confirm.js";
import { k, other, otherTag } from "./kiosk_parts.js";
import { t } from "./words.js";

/**
 * The 18 digits of an ID card, typed or read by a reader that types. They stand in this screen
 * only: leaving it wipes them, and the page never stores them.
 * @typedef {import("./kiosk_parts.js").Kiosk} Kiosk
 * @typedef {import("./kiosk_parts.js").Screen} Screen
 * @typedef {import("./kiosk_parts.js").Choice} Choice
 */

const LENGTH = 18;
const GROUPS = [6, 14];
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "X", "0"];

/**
 * @param {Kiosk} kiosk
 * @param {Choice} choice
 * @param {() => Screen} before where "back" leads
 * @param {string} [refused] what the hall said about the last number
 * @returns {Screen}
 */
export function identityScreen(kiosk, choice, before, refused = "") {
  const ring = countdown(k("seconds_back"));
  const box = make("output", { class: "typed digits", "aria-live": "polite" });
  const wrong = make("p", { class: "wrong", role: "alert" });
  const take = make("button", { class: "btn primary take", type: "button" }, icon("ticket"), make("span", {}, make("strong", {}, k("take")), make("small", { lang: otherTag() }, t("kiosk.take", {}, other()))));
  let number = "";

  function show() {
    const cells = [...number.padEnd(LENGTH, "_")].map((sign, place) => make("i", { class: [GROUPS.includes(place) ? "gap" : "", sign === "_" ? "blank" : ""].join(" ").trim() }, sign === "_" ? "" : sign));
    fill(box, icon("id-card"), make("span", { class: "cells", "aria-label": k("id_typed", { n: number.length }) }, cells));
    const fault = number.length === LENGTH ? faultOf(number, kiosk.hall.clock.date()) : "";
    const said = fault ? k(fault === "date" ? "id_wrong_date" : "id_wrong_check") : number.length === 0 ? refused : "";
    fill(wrong, said && icon("warn"), said);
    take.disabled = number.length < LENGTH || fault !== "";
  }

  /** @param {string} sign "" deletes one, " " all */
  function type(sign) {
    if (sign === "") number = number.slice(0, -1);
    else if (sign === " ") number = "";
    // An X can only be the last sign.
    else if (number.length < LENGTH && (sign !== "X" || number.length === LENGTH - 1)) number += sign;
    show();
  }

  /** @param {KeyboardEvent} event a card reader that types, or a number pad */
  function pressed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Backspace") type("");
    else if (/^[0-9x]$/i.test(event.key)) type(event.key.toUpperCase());
    else if (event.key === "Enter" && !take.disabled && document.activeElement !== take) send();
  }

  function send() {
    kiosk.take({ ...choice, identity: number }, take);
  }

  take.addEventListener("click", send);
  document.addEventListener("keydown", pressed);
  show();
  const element = make("div", { class: "screen identity" }, heading("id_title", ring.element, "id_help"),
    box, wrong,
    make("div", { class: "keys pad" }, KEYS.map((sign) => make("button", { class: "btn key", type: "button", "data-quick": true, onclick: () => type(sign) }, sign)),
      make("button", { class: "btn key", type: "button", "data-quick": true, "aria-label": k("delete"), onclick: () => type("") }, icon("delete"))),
    take,
    make("p", { class: "note" }, icon("lock"), k("id_privacy")),
    foot(kiosk, () => kiosk.go(before())));

  function leave() {
    document.removeEventListener("keydown", pressed);
    number = "";
    fill(box);
  }
  return { element, tick: ring.show, seconds: 60, asks: true, leave };
}
