import { get, LostError, newKey, post, ProblemError } from "./api.js";
import { HallClock } from "./clock.js";
import { bookingForm } from "./desk_booking.js";
import { bookingCode, listPane } from "./desk_lists.js";
import { noticeDialog } from "./desk_notice.js";
import { d } from "./desk_parts.js";
import { taking } from "./desk_take.js";
import { ticketPane } from "./desk_ticket.js";
import { carried, fill, find, icon, make } from "./dom.js";
import { live } from "./live.js";
import { lang } from "./words.js";

/**
 * The helper desk (导办台): take on the left, one ticket in the middle, lists on the right.
 * @typedef {import("./desk_parts.js").Desk} Desk
 */

const GATHER_MS = 400; // events of one moment make one reading
const POLL_MS = 15000; // bookings and slips come without a public event, so they are read less often
const DONE_MS = 30000;
const SCANNED = /\/t\/([0-9A-Za-z_.:-]{1,64})\//;
const NUMBER = /^([A-Z]?)([0-9]{1,6})$/;

const clock = new HallClock();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let gather;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let fading;

/** @type {Desk} */
const desk = {
  page: carried("page"), services: [], now: { date: "", at: "" }, lost: false,
  lists: { parked: [], missed: [], appointments: [], slips: [] },
  show: (id, token) => pane.show(id, token), wish, done, sure, refresh: () => refresh(),
};
const pane = ticketPane(desk);
const take = taking(desk);
const lists = listPane(desk, () => { pane.leave(); bookingForm(desk); });

// --- what the hall knows -------------------------------------------------------------------------

/** @param {boolean} [whole] bookings and slips too @returns {Promise<number>} seq of what was read */
async function load(whole = true) {
  const queues = await get("/api/v1/queues");
  const [services, state] = await Promise.all([get("/api/v1/services"), get("/api/v1/state")]);
  if (whole) await loadRest();
  desk.services = services.items;
  desk.now = { date: state.date, at: state.at };
  desk.lists.parked = queues.parked;
  desk.lists.missed = queues.missed;
  clock.sync(queues.at);
  header(queues.items.reduce((/** @type {number} */ sum, /** @type {{people: number}} */ one) => sum + one.people, 0));
  link(false);
  take.draw();
  lists.draw();
  if (pane.shows()) await pane.load();
  return queues.seq;
}

async function loadRest() {
  const troubled = ["unknown", "failed", "dropped"].map((paper) => get(`/api/v1/tickets?limit=50&paper=${paper}`));
  const [booked, ...slips] = await Promise.all([get("/api/v1/appointments?limit=500"), ...troubled]);
  desk.lists.appointments = booked.items;
  desk.lists.slips = slips.flatMap((part) => part.items);
}

async function refresh(whole = true) {
  clearTimeout(gather);
  gather = undefined;
  try {
    await load(whole);
  } catch (error) {
    if (!(error instanceof ProblemError || error instanceof LostError)) throw error;
    link(true);
  }
}

function soon() {
  if (gather === undefined) gather = setTimeout(() => void refresh(false), GATHER_MS);
}

/** @param {number} waiting */
function header(waiting) {
  find("#waiting").textContent = d("waiting", { n: waiting });
  find("#clock").textContent = clock.time();
}

/** @param {boolean} lost */
function link(lost) {
  const bar = find("#bar-lost");
  find("#link").textContent = d(lost ? "link_lost" : "live");
  find("#link").classList.toggle("lost", lost);
  if (desk.lost === lost && bar.hidden === !lost) return;
  desk.lost = lost;
  bar.hidden = !lost;
  find("span", bar).textContent = lost ? d("lost") : "";
  take.draw();
}

// --- wishes and what is said about them ----------------------------------------------------------

/** @param {string} path @param {any} wanted body and, for repeats by the person, key */
async function wish(path, wanted) {
  try {
    return await post(path, wanted.body, { key: wanted.key || newKey(), tries: 3 });
  } catch (error) {
    if (!(error instanceof ProblemError || error instanceof LostError)) throw error;
    const unsure = error instanceof LostError || error.status === 503;
    say("warn", unsure ? d("unsure") : error.sentence(lang()), error instanceof ProblemError ? make("small", {}, error.code) : null);
    return null;
  }
}

/** @param {string} words @param {() => void} [undo] */
function done(words, undo) {
  say("done", words, undo ? make("button", { class: "btn", type: "button", onclick: undo }, icon("undo"), d("undo")) : null);
  fading = setTimeout(() => { find("#bar-said").hidden = true; }, DONE_MS);
}

/** @param {"warn" | "done"} look @param {string} words @param {HTMLElement | null} end */
function say(look, words, end) {
  clearTimeout(fading);
  const bar = find("#bar-said");
  bar.hidden = false;
  bar.className = `bar ${look}`;
  fill(bar, icon(look === "done" ? "done" : "warn"), make("span", {}, words), end && make("span", { class: "end" }, end));
}

/** @param {import("./desk_parts.js").Question} question @returns {Promise<boolean>} */
function sure(question) {
  const dialog = /** @type {HTMLDialogElement} */ (find("#sure"));
  return new Promise((resolve) => {
    /** @param {boolean} yes */
    const answer = (yes) => { dialog.returnValue = yes ? "yes" : ""; dialog.close(dialog.returnValue); };
    fill(dialog, make("h2", { id: "sure-title" }, question.title), make("p", {}, question.hint), make("div", { class: "buttons" },
      make("button", { class: "btn", type: "button", autofocus: true, onclick: () => answer(false) }, question.no),
      make("button", { class: "btn danger", type: "button", onclick: () => answer(true) }, question.yes)));
    dialog.returnValue = "";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
  });
}

// --- finding -------------------------------------------------------------------------------------

/** A number, a scanned address, a booking code or an id. @param {string} text @returns {Promise<string | null>} */
async function idOf(text) {
  const scanned = SCANNED.exec(text);
  if (scanned) return scanned[1];
  const number = NUMBER.exec(text.toUpperCase());
  if (number) {
    const padded = number[1] + number[2].padStart(3, "0");
    const found = (await get(`/api/v1/tickets?number=${padded}`)).items;
    if (found.length) return found[found.length - 1].id;
  }
  const code = text.toLowerCase();
  const booked = desk.lists.appointments.find((one) => bookingCode(one) === code || one.id === code || (one.no && one.no.toLowerCase() === code));
  if (booked) return booked.id;
  return /^[0-9a-v]{20}$/.test(code) ? code : null;
}

/** @param {string} text */
async function look(text) {
  if (!text) return;
  const field = /** @type {HTMLInputElement} */ (find("#wanted"));
  try {
    const id = await idOf(text);
    if (id) {
      await get(`/api/v1/tickets/${id}`); // a wrong address is not found, and said so
      pane.show(id);
      field.value = "";
      find("#bar-said").hidden = true;
      return;
    }
    say("warn", d("found_nothing", { text: text.slice(0, 40) }), null);
  } catch (error) {
    if (!(error instanceof ProblemError || error instanceof LostError)) throw error;
    say("warn", error instanceof LostError ? d("lost") : d("found_nothing", { text: text.slice(0, 40) }), null);
  }
  field.select();
}

// --- keys ----------------------------------------------------------------------------------------

/** A scanner types like a keyboard: what is typed beside a field goes into the search. @param {KeyboardEvent} event */
function keyed(event) {
  if (/** @type {HTMLDialogElement} */ (find("#sure")).open || event.ctrlKey || event.altKey || event.metaKey) return;
  const act = { F2: take.focus, F4: take.send }[event.key];
  if (act) {
    event.preventDefault();
    act();
    return;
  }
  const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  if (typing || event.key.length !== 1 || event.key === " ") return;
  find("#wanted").focus();
}

document.addEventListener("keydown", keyed);
find("#notice").addEventListener("click", () => void noticeDialog(desk, null));
find("#find").addEventListener("submit", (event) => {
  event.preventDefault();
  void look(/** @type {HTMLInputElement} */ (find("#wanted")).value.trim());
});
setInterval(() => { if (clock.known) find("#clock").textContent = clock.time(); }, 1000);

async function start() {
  pane.clear();
  for (;;) {
    try {
      const after = await load();
      live({ after, always: true, onEvent: soon, onState: (state) => (state === "lost" ? link(true) : desk.lost && void refresh()), onReset: () => load() });
      setInterval(() => void refresh(), POLL_MS);
      return;
    } catch (error) {
      link(true);
      await new Promise((resolve) => setTimeout(resolve, 2000 + Math.random() * 2000));
    }
  }
}
void start();
