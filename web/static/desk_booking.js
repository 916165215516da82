import { newKey } from "./api.js";
import { fill, find, icon, make } from "./dom.js";
import { d } from "./desk_parts.js";
import { bookableName, chosenWords, dayWords, slotPicker, startOf } from "./slots.js";
import { t, timeOfDay } from "./words.js";

/**
 * Booking a slot for somebody who stands at the desk or is on the telephone.
 * @typedef {import("./desk_parts.js").Desk} Desk
 * @typedef {import("./slots.js").Choice} Choice
 */

/** @param {Desk} desk */
export function bookingForm(desk) {
  /** @type {Choice | null} */
  let choice = null;
  let busy = false;
  /** @type {{text: string, key: string} | null} */
  let intention = null;
  const send = make("button", { class: "btn primary", type: "submit" });
  const identity = make("input", { class: "search", type: "text", autocomplete: "off", spellcheck: "false", maxlength: 22 });
  const picker = slotPicker(desk.page.booking, desk.now, (picked) => { choice = picked; ready(); });
  const mode = desk.page.booking.identity;

  function ready() {
    send.disabled = !choice || desk.lost;
    fill(send, icon("calendar"), choice ? make("span", {}, d("booking_take"), make("small", {}, chosenWords(choice))) : d("booking_choose"));
  }

  /** @param {Event} event */
  async function book(event) {
    event.preventDefault();
    if (busy || !choice) return;
    busy = true;
    const { service, date, slot } = choice;
    const body = { service: service.code, date, start: startOf(slot), ...(identity.value.trim() && { identity: identity.value.trim() }) };
    const text = JSON.stringify(body);
    if (!intention || intention.text !== text) intention = { text, key: newKey() };
    const booked = await desk.wish("/api/v1/appointments", { body, key: intention.key });
    busy = false;
    if (!booked) return void picker.reload();
    desk.done(d("booking_done", { service: bookableName(service), day: dayWords(date), time: timeOfDay(slot.start) }));
    await desk.refresh();
    desk.show(booked.id, booked.token);
  }

  ready();
  fill(find("#shown"), make("form", { class: "booking", novalidate: true, onsubmit: (/** @type {Event} */ event) => void book(event) },
    make("h2", {}, d("booking_title")), picker.element,
    mode !== "off" && make("label", { class: "line" }, make("span", { class: "label" }, t(mode === "optional" ? "desk.identity_optional" : "desk.identity")), identity), send));
}
