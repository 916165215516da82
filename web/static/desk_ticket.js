import { get, LostError, ProblemError } from "./api.js";
import { fill, find, icon, make } from "./dom.js";
import { noticeDialog } from "./desk_notice.js";
import { d, empty, serviceName } from "./desk_parts.js";
import { block, lamp, plate } from "./plate.js";
import { dayWords } from "./slots.js";
import { whyList } from "./ticket_why.js";
import { lang, minutes, paperWords, t, timeOfDay } from "./words.js";

/**
 * One ticket at the desk: where it stands, why, and what can be done about it.
 * @typedef {import("./desk_parts.js").Desk} Desk
 * @typedef {import("./desk_parts.js").Ticket} Ticket
 * @typedef {import("./ticket_why.js").Why} Why
 */

/** @type {Record<string, "ok" | "warn" | "due" | "off" | "info">} */
const LAMPS = { BOOKED: "info", WAITING: "info", CALLED: "due", SERVING: "ok", PARKED: "warn", NO_SHOW: "warn" };
const PRINTABLE = new Set(["WAITING", "CALLED", "PARKED", "NO_SHOW"]);
const PAPERS = new Set(["printed", "unknown", "failed", "dropped", "none"]);
/** The words of the question, of a number and of a booking. */
const CANCEL = {
  cancel: { title: "cancel_title", hint: "cancel_hint", yes: "cancel_yes", done: "cancelled" },
  cancel_booking: { title: "cancel_booking_title", hint: "cancel_booking_hint", yes: "cancel_booking_yes", done: "booking_cancelled" },
};
const ENDED = new Set(["DONE", "CANCELLED", "EXPIRED"]);

/** @param {Ticket} ticket a booked slot has no number yet */
const called = (ticket) => ticket.number || d("no_number");

/** @param {Desk} desk */
export function ticketPane(desk) {
  /** @type {{id: string, token: string} | null} */
  let held = null;
  let open = false;

  /** @param {string} id @param {string} [token] known only right after the issue */
  function show(id, token = "") {
    if (!held || held.id !== id) open = false;
    held = { id, token: token || (held && held.id === id ? held.token : "") };
    load(true).catch((error) => { if (!(error instanceof ProblemError || error instanceof LostError)) throw error; }); // the bar says that the link is lost
  }

  /** @param {boolean} [chosen] a person asked for it: go to its top */
  async function load(chosen = false) {
    if (!held) return;
    const { id } = held;
    const ticket = /** @type {Ticket} */ (await get(`/api/v1/tickets/${id}`));
    const why = ticket.number ? /** @type {Why} */ (await get(`/api/v1/tickets/${id}/why`)) : null;
    if (!held || held.id !== id) return;
    draw(ticket, why);
    if (chosen) {
      find("#shown").scrollTop = 0;
      find("#spoken").textContent = `${called(ticket)} ${t(`desk.state_of.${ticket.state}`)}`;
    }
  }

  /** @param {Ticket} ticket @param {Why | null} why */
  function draw(ticket, why) {
    const shown = find("#shown");
    const top = shown.scrollTop;
    const pressed = document.activeElement instanceof HTMLElement && shown.contains(document.activeElement) ? document.activeElement.dataset.act : undefined;
    fill(shown, make("article", { class: "ticket" }, head(ticket), facts(ticket), qr(), actions(ticket), why && reasons(why)));
    shown.scrollTop = top;
    const again = pressed && shown.querySelector(`[data-act="${pressed}"]`);
    if (again instanceof HTMLElement) again.focus({ preventScroll: true });
  }

  /** @param {Ticket} ticket */
  function head(ticket) {
    return make("header", {}, ticket.number ? plate(ticket.number) : make("span", { class: "booked" }, icon("calendar"), d("no_number")),
      make("div", {}, lamp(LAMPS[ticket.state] || "off", t(`desk.state_of.${ticket.state}`)),
        ticket.priority && make("span", { class: "chip" }, d("mark_priority")), ticket.escort && make("span", { class: "chip" }, d("mark_escort")),
        ticket.test && make("span", { class: "chip" }, d("mark_test")), make("p", {}, ticket.service_name)));
  }

  /** @param {Ticket} ticket */
  function facts(ticket) {
    const range = minutes(ticket.wait);
    const waits = ticket.state === "WAITING";
    const rows = [
      waits && [d("ahead"), make("b", {}, d("ahead_n", { n: ticket.ahead || 0 }))],
      waits && [d("wait"), make("b", {}, range ? d("minutes", { range }) : ticket.ahead ? d("unknown") : d("nobody"))],
      ticket.counter !== null && [d("counter"), make("b", {}, d("counter_n", { n: ticket.counter }))],
      ticket.slot && [d("slot"), `${dayWords(ticket.slot.slice(0, 10))} ${timeOfDay(ticket.slot)}`],
      ticket.issued_at && [d("issued"), timeOfDay(ticket.issued_at)],
      ticket.last_called_at && [d("called"), d("called_n", { time: timeOfDay(ticket.last_called_at), n: ticket.calls })],
      ticket.further.length > 0 && [d("then"), ticket.further.map((code) => serviceName(desk, code)).join(d("comma"))],
      ticket.clients > 1 && [d("people_for"), d("people_n", { n: ticket.clients })],
      ticket.parked && [d("state"), t(`desk.park_of.${ticket.parked}`)],
      ticket.print && ticket.number && [d("paper"), paperWords(ticket.print)],
    ];
    return make("dl", {}, rows.map((row) => row && make("div", {}, make("dt", {}, row[0]), make("dd", {}, row[1]))));
  }

  function qr() {
    if (!held || !held.token || !desk.page.public) return null;
    return make("figure", { class: "scan" }, make("img", { src: `/t/${held.id}/${held.token}/qr.svg`, alt: "", width: 120, height: 120 }), make("figcaption", {}, d("scan")));
  }

  /** @param {string} name @param {string} sign @param {string} look @param {() => void} act */
  const action = (name, sign, look, act) => make("button", { class: `btn ${look}`, type: "button", "data-act": name, disabled: desk.lost, onclick: act }, icon(sign), d(name));

  /** @param {Ticket} ticket */
  function actions(ticket) {
    const { state } = ticket;
    if (ENDED.has(state)) return make("p", { class: "note" }, icon("info"), d("over"), make("br"), d("again_hint"));
    const paper = ticket.print ? ticket.print.state : "none";
    return [
      state === "SERVING" && make("p", { class: "note" }, icon("info"), d("to_desk", { n: ticket.counter || "" })),
      make("div", { class: "actions" },
        state === "BOOKED" && action("check_in", "ticket", "primary", () => void checkIn(ticket)),
        state === "NO_SHOW" && action("wake", "rotate-ccw", "primary", () => void step(ticket, "return", { cause: "desk" }, "woken")),
        state === "PARKED" && action("unpark", "play", "primary", () => void step(ticket, "return", { cause: "documents" }, "unparked")),
        PRINTABLE.has(state) && PAPERS.has(paper) && action("print", "printer", "secondary", () => void step(ticket, "print", {}, "printed")),
        state !== "BOOKED" && action("notice", "file-text", "", () => void noticeDialog(desk, ticket)),
        state === "WAITING" && action("change", "transfer", "", () => change(ticket)),
        (state === "WAITING" || state === "PARKED") && action("cancel", "x", "", () => void cancel(ticket, "cancel")),
        state === "BOOKED" && action("cancel_booking", "x", "", () => void cancel(ticket, "cancel_booking"))),
    ];
  }

  /** @param {Ticket} ticket @param {string} name @param {unknown} body @param {string} said */
  async function step(ticket, name, body, said) {
    const answer = await desk.wish(`/api/v1/tickets/${ticket.id}/${name}`, { body });
    if (answer) desk.done(d(said, { number: called(ticket) }));
    await desk.refresh();
  }

  /** @param {Ticket} ticket */
  async function checkIn(ticket) {
    const answer = await desk.wish(`/api/v1/tickets/${ticket.id}/check-in`, { body: {} });
    if (answer) desk.done(d(answer.late ? "checked_in_late" : "checked_in", { number: answer.number }));
    if (answer && held && held.id === ticket.id) held.token = answer.token;
    await desk.refresh();
  }

  /** @param {Ticket} ticket @param {"cancel" | "cancel_booking"} kind */
  async function cancel(ticket, kind) {
    const number = called(ticket);
    const words = CANCEL[kind];
    const question = { title: d(words.title, { number }), hint: d(words.hint), yes: d(words.yes), no: d("cancel_no") };
    if (!(await desk.sure(question))) return;
    await step(ticket, "cancel", {}, words.done);
  }

  /** Another service: one touch, and one to take it back. @param {Ticket} ticket */
  function change(ticket) {
    const dialog = /** @type {HTMLDialogElement} */ (find("#sure"));
    fill(dialog, make("h2", { id: "sure-title" }, d("change_title", { number: called(ticket) })), make("p", {}, d("change_hint")),
      make("div", { class: "choices" }, desk.services.filter((one) => one.code !== ticket.service).map((one) => make("button", { class: "btn", type: "button", onclick: () => { dialog.close(); void moved(ticket, one.code, "changed", ticket.service); } }, block(one.code), one.name))),
      make("div", { class: "buttons" }, make("button", { class: "btn", type: "button", autofocus: true, onclick: () => dialog.close() }, d("leave"))));
    dialog.showModal();
  }

  /** @param {Ticket} ticket @param {string} to @param {"changed" | "changed_back"} said @param {string} [from] where the undo leads */
  async function moved(ticket, to, said, from) {
    const answer = await desk.wish(`/api/v1/tickets/${ticket.id}/service`, { body: { service: to } });
    if (answer) desk.done(d(said, { number: called(ticket), service: serviceName(desk, to) }), from ? () => void moved(ticket, from, "changed_back") : undefined);
    await desk.refresh();
  }

  /** @param {Why} why */
  function reasons(why) {
    const list = make("details", { ontoggle: () => { open = list.open; } }, make("summary", {}, d("why_more", { n: why.between.length })), whyList(why, "desk.why_row"));
    list.open = open;
    return make("section", { class: "reasons" }, make("h3", {}, d("why")), make("p", {}, lang() === "en" ? why.text_en : why.text), why.between.length > 0 && list);
  }

  function clear() {
    held = null;
    fill(find("#shown"), empty("search", d("empty"), d("empty_hint")));
  }

  return { show, load, clear, /** @returns {boolean} */ shows: () => held !== null, leave: () => { held = null; } };
}

