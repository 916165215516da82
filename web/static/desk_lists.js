import { fill, find, icon, make } from "./dom.js";
import { d, empty, serviceName } from "./desk_parts.js";
import { plate } from "./plate.js";
import { t, timeOfDay } from "./words.js";

/**
 * Who was missed, is parked, has booked for today, and whose slip may not have come out.
 * @typedef {import("./desk_parts.js").Desk} Desk
 * @typedef {"missed" | "parked" | "appointments" | "slips"} Name
 */

/** @type {Name[]} */
const NAMES = ["missed", "parked", "appointments", "slips"];

/** The signs by which somebody names a booking. @param {import("./desk_parts.js").Appointment} one */
export const bookingCode = (one) => one.id.slice(-6);

/** @param {Desk} desk @param {() => void} book open the booking form */
export function listPane(desk, book) {
  /** @type {Name} */
  let shown = "missed";
  const wanted = make("input", { class: "search", type: "search", autocomplete: "off", placeholder: d("search_appointments"), "aria-label": d("search_appointments"), oninput: () => fill(rows, appointments()) });
  const rows = make("div", { class: "rows" });

  function draw() {
    const held = document.activeElement instanceof HTMLElement ? document.activeElement.id : "";
    fill(find("#tabs"), NAMES.map(tab));
    if (held.startsWith("tab-")) find(`#${held}`).focus({ preventScroll: true });
    const panel = find("#list");
    panel.setAttribute("aria-labelledby", `tab-${shown}`);
    if (shown === "appointments") {
      fill(rows, appointments());
      if (!panel.contains(wanted)) fill(panel, desk.page.booking.services.length > 0 && make("button", { class: "btn secondary wide", type: "button", onclick: book }, icon("calendar"), d("booking_title")), wanted, rows);
    } else fill(panel, make("div", { class: "rows" }, content()));
  }

  /** @param {Name} name */
  function tab(name) {
    const on = name === shown;
    const count = name === "appointments" ? desk.lists.appointments.filter((one) => one.state === "BOOKED").length : desk.lists[name].length;
    return make("button", { class: on ? "tab on" : "tab", id: `tab-${name}`, type: "button", role: "tab", "aria-selected": on ? "true" : "false", "aria-controls": "list", tabindex: on ? "0" : "-1", onclick: () => choose(name), onkeydown: (/** @type {Event} */ event) => turn(/** @type {KeyboardEvent} */ (event), name) },
      t(`desk.list_${name}`), make("b", { class: count ? "some" : "" }, count));
  }

  /** @param {KeyboardEvent} event @param {Name} from */
  function turn(event, from) {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!by) return;
    event.preventDefault();
    choose(NAMES[(NAMES.indexOf(from) + by + NAMES.length) % NAMES.length]);
  }

  /** @param {Name} name */
  function choose(name) {
    shown = name;
    draw();
    find(`#tab-${name}`).focus({ preventScroll: true });
  }

  function content() {
    const { missed, parked, slips } = desk.lists;
    if (shown === "missed") return missed.length ? missed.map((one) => row(one.id, one.number, d("missed_row", { time: timeOfDay(one.at), n: one.counter || "" }), serviceName(desk, one.service))) : empty("done", d("none_missed"));
    if (shown === "parked") return parked.length ? parked.map((one) => row(one.id, one.number, d("parked_row", { time: timeOfDay(one.since), n: one.counter || "" }), t(`desk.park_of.${one.reason}`))) : empty("done", d("none_parked"));
    return slips.length ? slips.map((one) => row(one.id, one.number, t(`papers.${one.print ? one.print.state : "unknown"}`), t(`desk.state_of.${one.state}`))) : empty("printer", d("none_slips"));
  }

  function appointments() {
    const text = wanted.value.trim().toLowerCase();
    const all = desk.lists.appointments;
    const found = all.filter((one) => !text || [timeOfDay(one.start), serviceName(desk, one.service).toLowerCase(), bookingCode(one), one.no.toLowerCase(), (one.number || "").toLowerCase()].some((part) => part.includes(text)));
    if (!found.length) return empty("calendar", d(all.length ? "none_found" : "none_appointments"));
    const order = [...found].sort((a, b) => a.start.localeCompare(b.start) || a.id.localeCompare(b.id));
    return order.map((one) => row(one.id, one.number || "", `${timeOfDay(one.start)}～${timeOfDay(one.end)} ${serviceName(desk, one.service)}`, `${t(`desk.state_of.${one.state}`)} ${one.no || bookingCode(one)}`));
  }

  /** @param {string} id @param {string} number @param {string} main @param {string} hint */
  function row(id, number, main, hint) {
    return make("button", { class: "entry", type: "button", onclick: () => desk.show(id) },
      number ? plate(number) : icon("calendar"), make("span", {}, make("strong", {}, main), make("small", {}, hint)), icon("right", "i go"));
  }

  return { draw };
}
