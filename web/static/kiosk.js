import { get, LostError, newKey, post, ProblemError } from "./api.js";
import { carried, fill, find, icon, make } from "./dom.js";
import { Hall } from "./hall.js";
import { doneScreen } from "./kiosk_done.js";
import { elderDone, elderScreen } from "./kiosk_elder.js";
import { homeScreen } from "./kiosk_home.js";
import { confirmScreen } from "./kiosk_confirm.js";
import { identityScreen } from "./kiosk_identity.js";
import { k } from "./kiosk_parts.js";
import { refusedScreen, silentScreen, stopScreen } from "./kiosk_sad.js";
import { lang, speak } from "./words.js";

/**
 * The kiosk: one screen at a time, back to the start by itself.
 * @typedef {import("./kiosk_parts.js").Screen} Screen
 * @typedef {import("./kiosk_parts.js").Choice} Choice
 */

const BUSY_MS = 100; // a quicker answer needs no spinner
const PATIENCE_MS = 8000; // a shorter break of the link is nobody's business
const ASK_AT = 10; // seconds left when the page asks

/** @type {Screen} */
let screen = { element: make("div") };
let left = 0;
/** @type {{wish: string, key: string} | null} the last intention and its key, kept for repeats */
let intention = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let patience;
let busy = false;

const hall = new Hall({
  onChange: changed,
  onEvent: (type, data) => {
    if (screen.event) screen.event(type, data);
    if (type === "RulesAdopted") void readItems();
  },
  onLink: (lost) => (lost ? losing() : found()),
});

/** @type {import("./kiosk_parts.js").Kiosk} */
const kiosk = { hall, page: carried("page"), items: [], go, home, take: (choice, button) => void take(choice, button), checkIn: (code, button) => void checkIn(code, button), language, contrast };

/** @param {Screen} next */
function go(next) {
  if (screen.leave) screen.leave();
  screen = next;
  left = next.seconds || 0;
  const contrasted = document.body.classList.contains("contrast");
  document.body.className = `kiosk ${next.look || ""} ${contrasted ? "contrast" : ""}`;
  hideQuestion();
  fill(find("#stage"), next.element);
  find("#top").classList.toggle("over-hero", next.look === "home");
  if (next.tick && next.seconds) next.tick(left, next.seconds);
  const title = next.element.querySelector("h1");
  if (title instanceof HTMLElement) {
    title.tabIndex = -1;
    title.focus({ preventScroll: true }); // a reader hears where it is
  }
}

function home() {
  intention = null;
  if (hall.lost && !hall.state) return go(silentScreen());
  const stop = emergency();
  if (stop) return go(stopScreen(kiosk, stop));
  return go(homeScreen(kiosk));
}

/** The stop of the whole hall that takes the whole screen; one for today leaves the rest readable. */
function emergency() {
  const stop = hall.state ? hall.state.stop : null;
  return stop && stop.kind === "emergency" ? stop : null;
}

/** The next person starts in Chinese and in the usual colours. */
function afresh() {
  document.body.classList.remove("contrast");
  speak("zh");
  header();
  home();
}

function language() {
  speak(lang() === "en" ? "zh" : "en");
  header();
  home();
}

function contrast() {
  document.body.classList.toggle("contrast");
  home();
}

function changed() {
  header();
  if (screen.look === "silent") return home();
  const stop = emergency();
  // Whoever has just got a number reads it to the end; what is being sent is answered first.
  if (stop ? screen.look !== "alarm" && screen.look !== "brand" && !busy : screen.look === "alarm") return home();
  if (screen.update) screen.update();
  return undefined;
}

function header() {
  const page = kiosk.page;
  const [first, second] = lang() === "en" ? [page.name_en, page.name] : [page.name, page.name_en];
  find("#hall-name").textContent = first;
  find("#hall-second").textContent = second;
  find("#hall-second").lang = lang() === "en" ? "zh-CN" : "en";
  if (!hall.clock.known) return;
  find("#clock").textContent = hall.clock.time();
  find("#day").textContent = hall.clock.day(lang());
}

/** Items for the search; the page works without them, so a failure only tries again. */
async function readItems() {
  try {
    kiosk.items = (await allItems()).filter((item) => item.kind !== "stopped");
    if (screen.loaded) screen.loaded();
  } catch (error) {
    setTimeout(() => void readItems(), 5000);
  }
}

/** @returns {Promise<import("./kiosk_parts.js").Item[]>} */
async function allItems() {
  const rows = [];
  let after = "";
  do {
    const answer = await get(`/api/v1/items?limit=200${after ? `&after=${encodeURIComponent(after)}` : ""}`);
    rows.push(...answer.items);
    after = answer.next;
  } while (after);
  return rows;
}

/**
 * Take a ticket. The same wish pressed again carries the same key, so it is taken once.
 * @param {Choice} choice
 * @param {HTMLElement} button
 */
async function take(choice, button) {
  if (busy) return;
  if (kiosk.page.identity === "required" && !choice.identity) {
    go(identityScreen(kiosk, choice, () => (choice.elder ? elderScreen(kiosk) : confirmScreen(kiosk, choice))));
    return;
  }
  const body = {
    service: choice.service.code, ...(kiosk.page.kiosk > 1 && { kiosk: kiosk.page.kiosk }), ...(choice.item && { items: [choice.item.code] }), ...(choice.priority && { priority: choice.priority }),
    ...(choice.further.length && { further: choice.further, together: choice.together }), ...(choice.identity && { identity: choice.identity }),
  };
  await send("/api/v1/tickets", body, button, (ticket) => (choice.elder ? elderDone(kiosk, ticket) : doneScreen(kiosk, ticket, choice)),
    (error) => {
      const typed = error instanceof ProblemError && error.code === "identity_wrong";
      return typed ? identityScreen(kiosk, { ...choice, identity: null }, () => confirmScreen(kiosk, { ...choice, identity: null }), error.sentence(lang()))
        : refusedScreen(kiosk, error, () => take(choice, make("button")));
    });
}

/** @param {string} code an address or a number @param {HTMLElement} button */
async function checkIn(code, button) {
  if (busy) return;
  await send("/api/v1/check-in", { code }, button, (ticket) => doneScreen(kiosk, ticket), (error) => refusedScreen(kiosk, error, () => checkIn(code, make("button"))));
}

/**
 * Send a wish for a ticket and show what came of it.
 * @param {string} path
 * @param {Record<string, unknown>} body
 * @param {HTMLElement} button
 * @param {(ticket: import("./kiosk_parts.js").Ticket) => Screen} done
 * @param {(error: ProblemError | LostError) => Screen} refused
 */
async function send(path, body, button, done, refused) {
  busy = true;
  const wish = path + JSON.stringify(body);
  if (!intention || intention.wish !== wish) intention = { wish, key: newKey() };
  const before = Array.from(button.childNodes);
  const wait = setTimeout(() => {
    button.classList.add("busy");
    fill(button, make("span", { class: "spinner" }), k("taking"));
  }, BUSY_MS);
  try {
    const ticket = await post(path, body, { key: intention.key, tries: 3, timeoutMs: 5000, onRetry: () => fill(button, make("span", { class: "spinner" }), k("retrying")) });
    intention = null;
    go(done(ticket));
  } catch (error) {
    if (!(error instanceof ProblemError || error instanceof LostError)) throw error;
    go(refused(error));
  } finally {
    clearTimeout(wait);
    button.classList.remove("busy");
    fill(button, before);
    busy = false;
  }
}

function losing() {
  clearTimeout(patience);
  // A person with a ticket on the screen keeps it; anybody else learns it after a while.
  patience = setTimeout(() => {
    if (hall.lost && screen.look !== "brand" && !busy) go(silentScreen());
  }, hall.state ? PATIENCE_MS : 0);
}

function found() {
  clearTimeout(patience);
}

function second() {
  header();
  if (!screen.seconds) return;
  left -= 1;
  if (left <= 0) {
    afresh();
    return;
  }
  if (screen.tick) screen.tick(left, screen.seconds);
  if (screen.asks && left <= ASK_AT) ask();
}

function ask() {
  const box = find("#question");
  if (box.hidden) {
    box.hidden = false;
    fill(box, make("div", { class: "ask", role: "alertdialog", "aria-labelledby": "ask-title" },
      make("h2", { id: "ask-title" }, k("still_there")), make("p", { id: "ask-left" }),
      make("button", { class: "btn primary", type: "button" }, k("go_on")),
      make("button", { class: "btn", type: "button", onclick: afresh }, icon("home"), k("home"))));
  }
  find("#ask-left").textContent = k("still_there_hint", { n: left });
}

function hideQuestion() {
  find("#question").hidden = true;
}

function touched() {
  if (!screen.seconds) return;
  left = screen.seconds;
  if (screen.tick) screen.tick(left, screen.seconds);
}

document.addEventListener("pointerdown", touched);
document.addEventListener("keydown", touched);
find("#question").addEventListener("click", hideQuestion);
document.addEventListener("contextmenu", (event) => event.preventDefault());
// The second half of a double press must not reach the screen that has just come.
document.addEventListener("click", (event) => {
  const quick = event.target instanceof Element && event.target.closest("[data-quick]");
  if (event.detail > 1 && !quick) {
    event.stopPropagation();
    event.preventDefault();
  }
}, true);
setInterval(second, 1000);
go(silentScreen(true));
void hall.start().then(readItems);
