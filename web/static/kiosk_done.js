import { get } from "./api.js";
import { countdown } from "./countdown.js";
import { fill, icon, make } from "./dom.js";
import { furtherNames } from "./kiosk_confirm.js";
import { figuresOf, k, missedRule, nameOf, other, otherTag, small } from "./kiosk_parts.js";
import { plate } from "./plate.js";
import { t } from "./words.js";

/**
 * @typedef {import("./kiosk_parts.js").Kiosk} Kiosk
 * @typedef {import("./kiosk_parts.js").Screen} Screen
 * @typedef {import("./kiosk_parts.js").Ticket} Ticket
 */

const ASK_MS = 1500;
const LATE_MS = 10000; // a slip takes 2 s; after this it will not come while somebody stands here

/**
 * "Your ticket is ready": the number, the place, the code; then the slip below.
 * @param {Kiosk} kiosk
 * @param {Ticket} ticket
 * @param {import("./kiosk_parts.js").Choice | null} [choice] what it was taken for; null: a check-in
 * @returns {Screen}
 */
export function doneScreen(kiosk, ticket, choice = null) {
  const ring = countdown(k("seconds_back"));
  const service = kiosk.hall.service(ticket.service);
  const slip = slipBar(kiosk, ticket);
  const element = make("div", { class: "screen done on-brand" },
    make("header", { class: "heading" }, make("span", { class: "tick" }, icon("check")),
      make("div", {}, make("h1", {}, k(choice ? "done_title" : "check_in_done")), small(choice ? "done_title" : "check_in_done", {}, "under")), ring.element),
    make("section", { class: "ticket" },
      make("p", { class: "label" }, k("your_number"), " ", make("span", { class: "en", lang: otherTag() }, t("kiosk.your_number", {}, other()))),
      plate(ticket.number), make("p", { class: "service" }, service ? nameOf(service) : ticket.service),
      also(kiosk, ticket, choice),
      make("div", { class: "tear" }), figuresOf(ticket.ahead, ticket.wait), code(kiosk, ticket)),
    make("div", { class: "after" },
      make("p", { class: "note" }, icon("sound"), make("span", {}, missedRule(kiosk.page), make("small", { lang: otherTag() }, missedRule(kiosk.page, other())))),
      slip.element,
      make("footer", { class: "foot two" }, make("button", { class: "btn", type: "button", onclick: () => kiosk.home() }, k("ok")),
        make("button", { class: "btn ghost", type: "button", onclick: slip.asked }, k("no_slip")))));
  return { element, look: "brand", seconds: 15, tick: ring.show, event: slip.event, leave: slip.leave };
}

/** What else is on the ticket: further services, or that an appointment came too late. @param {Kiosk} kiosk @param {Ticket} ticket @param {import("./kiosk_parts.js").Choice | null} choice */
function also(kiosk, ticket, choice) {
  if (ticket.late) return make("p", { class: "also" }, k("check_in_late"));
  if (!choice || !choice.further.length) return null;
  return make("p", { class: "also" }, k(choice.together ? "done_together" : "done_further", { names: furtherNames(kiosk, choice.further) }));
}

/** @param {Kiosk} kiosk @param {Ticket} ticket */
function code(kiosk, ticket) {
  const key = kiosk.page.qr ? "scan" : "scan_plain";
  return make("div", { class: "code" },
    make("img", { class: "qr", src: `/t/${ticket.id}/${ticket.token}/qr.svg`, alt: k(key), width: 220, height: 220 }),
    make("div", {}, make("strong", {}, lines(k(key))), make("p", {}, k("no_phone")), small(key)));
}

/** A long Chinese sentence breaks after its comma. @param {string} sentence */
export const lines = (sentence) => sentence.split(/(?<=，)/).map((part, place) => [place > 0 && make("br"), part]);

/**
 * What has become of the slip, told by the stream and by asking.
 * @param {Kiosk} kiosk
 * @param {Ticket} ticket
 */
export function slipBar(kiosk, ticket) {
  const element = make("div", { class: "slip", role: "status" });
  const began = performance.now();
  let settled = false;
  let gone = false;
  /** @type {HTMLAudioElement | null} */
  let sound = null;
  if (kiosk.page.printer === "") paperless();
  else say("slip_printing", null, make("span", { class: "spinner" }), "busy");

  /** @param {string} key @param {string | null} hint @param {Node} sign @param {string} look @param {Record<string, string>} [values] */
  function say(key, hint, sign, look, values = {}) {
    element.className = `slip ${look}`;
    fill(element, sign, make("span", {}, make("strong", {}, k(key, values)), hint && make("small", {}, k(hint, { number: ticket.number }))), look === "ready" && icon("down", "i go"));
  }

  /** @param {string} printer the device that printed it: another one where this kiosk's cannot */
  function ready(printer) {
    if (settled) return;
    settled = true;
    const elsewhere = printer && kiosk.page.printer && printer !== kiosk.page.printer;
    if (elsewhere) say("slip_elsewhere", "slip_elsewhere_hint", icon("printer"), "failed", { place: kiosk.page.printers[printer] || printer });
    else say("slip_ready", null, icon("printer"), "ready");
  }

  function failed() {
    if (settled) return;
    settled = true;
    say("slip_failed", "slip_failed_hint", icon("warn"), "failed");
    tell();
  }

  function asked() {
    settled = true;
    say("slip_asked", "slip_failed_hint", icon("info"), "failed");
    tell();
  }

  /** A hall without a printer, or with numbers on a roll: the screen and the voice are the slip. */
  function paperless() {
    settled = true;
    say("slip_none", "slip_failed_hint", icon("info"), "failed");
    tell();
  }

  /** Say the number once; where no voice speaks the screen must do. */
  function tell() {
    if (sound) return;
    sound = new Audio(`/t/${ticket.id}/${ticket.token}/number.wav`);
    sound.play().catch(() => undefined);
  }

  async function ask() {
    if (settled || gone) return;
    try {
      const { state, printer } = (await get(`/api/v1/tickets/${ticket.id}`)).print;
      if (state === "printed") ready(printer);
      else if (state === "none") paperless();
      else if (state === "failed" || state === "dropped" || state === "unknown") failed();
    } catch (error) {
      // The number stands on the screen; whether the slip came is seen by the person.
    }
    if (performance.now() - began > LATE_MS) failed();
    setTimeout(() => void ask(), ASK_MS);
  }
  setTimeout(() => void ask(), ASK_MS);

  /** @param {string} type @param {any} data */
  function event(type, data) {
    if (type === "TicketPrinted" && data.ticket === ticket.id) ready(data.printer);
  }
  return { element, event, asked, leave: () => { gone = true; if (sound) sound.pause(); } };
}
