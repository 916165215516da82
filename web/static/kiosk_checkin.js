import { countdown } from "./countdown.js";
import { fill, icon, make } from "./dom.js";
import { foot, heading } from "./kiosk_confirm.js";
import { k, small } from "./kiosk_parts.js";

/**
 * Check-in of an appointment: its code is held to a scanner that types, or its number is typed.
 * @typedef {import("./kiosk_parts.js").Kiosk} Kiosk
 * @typedef {import("./kiosk_parts.js").Screen} Screen
 */

const KEYS = [..."1234567890", ..."ABCDEFGHIJKLMNOPQRSTUVWXYZ", "-"];
const MOST = 40;
const SCAN_GAP_MS = 120; // a scanner types faster than this, a person does not

/**
 * Hear a scanner that types an address and Enter. Returns how to stop hearing.
 * @param {(code: string) => void} onCode
 */
export function hearScanner(onCode) {
  let heard = "";
  let last = 0;
  /** @param {KeyboardEvent} event */
  function pressed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.timeStamp - last > SCAN_GAP_MS) heard = "";
    last = event.timeStamp;
    if (event.key.length === 1) heard += event.key;
    else if (event.key === "Enter" && heard.includes("/t/")) {
      event.preventDefault();
      onCode(heard);
      heard = "";
    }
  }
  document.addEventListener("keydown", pressed, true);
  return () => document.removeEventListener("keydown", pressed, true);
}

/** @param {Kiosk} kiosk @returns {Screen} */
export function checkInScreen(kiosk) {
  const ring = countdown(k("seconds_back"));
  const box = make("output", { class: "typed", "aria-live": "polite" });
  const come = make("button", { class: "btn primary take", type: "button" }, icon("calendar"), make("span", {}, make("strong", {}, k("check_in")), small("check_in")));
  let typed = "";

  function show() {
    fill(box, icon("keyboard"), typed ? make("b", {}, typed) : make("span", { class: "soft" }, k("check_in_empty")));
    come.disabled = typed === "";
  }

  /** @param {string} sign "" deletes one, " " all */
  function type(sign) {
    typed = sign === "" ? typed.slice(0, -1) : sign === " " ? "" : (typed + sign).slice(0, MOST);
    show();
  }

  let burst = 0;
  /** @param {KeyboardEvent} event */
  function pressed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const quick = event.timeStamp - burst < SCAN_GAP_MS;
    burst = event.timeStamp;
    if (event.key === "Backspace") type("");
    else if (event.key === "Enter" && typed && document.activeElement !== come) kiosk.checkIn(typed, come);
    else if (/^[a-z0-9-]$/i.test(event.key)) type(event.key.toUpperCase());
    else if (quick && event.key.length === 1) type(" "); // part of an address: no number
  }

  const stop = hearScanner((code) => { typed = ""; show(); kiosk.checkIn(code, come); });
  come.addEventListener("click", () => kiosk.checkIn(typed, come));
  document.addEventListener("keydown", pressed);
  show();
  const element = make("div", { class: "screen checkin" }, heading("check_in_title", ring.element, "check_in_help"), box,
    make("div", { class: "keys" }, KEYS.map((sign) => make("button", { class: "btn key", type: "button", "data-quick": true, onclick: () => type(sign) }, sign)),
      make("button", { class: "btn key word", type: "button", "data-quick": true, "aria-label": k("delete"), onclick: () => type("") }, icon("delete")),
      make("button", { class: "btn key word clear", type: "button", onclick: () => type(" ") }, k("clear"))),
    come, foot(kiosk, null));
  return { element, tick: ring.show, seconds: 60, asks: true, leave: () => { stop(); document.removeEventListener("keydown", pressed); } };
}
