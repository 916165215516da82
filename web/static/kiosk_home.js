import { fill, icon, make, vector } from "./dom.js";
import { checkInScreen, hearScanner } from "./kiosk_checkin.js";
import { confirmScreen } from "./kiosk_confirm.js";
import { elderScreen } from "./kiosk_elder.js";
import { findScreen } from "./kiosk_find.js";
import { chosen, examplesOf, figures, k, nameOf, outlook, shutWords, small } from "./kiosk_parts.js";
import { phoneCode } from "./kiosk_phone.js";
import { shutScreen } from "./kiosk_sad.js";
import { lang, t } from "./words.js";

/**
 * @typedef {import("./kiosk_parts.js").Kiosk} Kiosk
 * @typedef {import("./kiosk_parts.js").Screen} Screen
 * @typedef {import("./kiosk_parts.js").Service} Service
 */

const MOST = 6; // rows that fit without scrolling
const WITH_MORE = 5;
const FEW = 10; // numbers left that are worth saying

/**
 * The start: services with their letters, how many wait, how long.
 * @param {Kiosk} kiosk
 * @param {number} [from] first service shown, when there are more than fit
 * @returns {Screen}
 */
export function homeScreen(kiosk, from = 0) {
  const hall = kiosk.hall;
  const chips = make("div", { class: "chips" });
  const rows = make("div", { class: "services" });
  const closing = make("div", { class: "closing" });
  /** @type {(() => void)[]} */
  let updates = [];
  let shown = "";

  function build() {
    const page = hall.services.length > MOST ? hall.services.slice(from, from + WITH_MORE) : hall.services;
    const made = page.map((service) => serviceRow(kiosk, service.code));
    updates = made.map((row) => row.update);
    const more = hall.services.length > MOST && moreRow(kiosk, from);
    rows.classList.toggle("six", made.length + (more ? 1 : 0) > 5);
    fill(rows, made.map((row) => row.element), more);
  }

  function update() {
    const order = hall.services.map((service) => service.code + service.name).join();
    if (order !== shown) {
      shown = order;
      build();
    }
    updates.forEach((one) => one());
    showChips(kiosk, chips);
    showClosing(kiosk, closing, rows);
  }

  const code = kiosk.page.phone ? phoneCode() : null;
  const stop = kiosk.page.booking ? hearScanner((text) => kiosk.checkIn(text, chips)) : null;
  const element = make("div", { class: "home" }, hero(chips, code && code.element),
    make("div", { class: "body" }, elderButton(kiosk), closing, rows, make("div", { class: kiosk.page.booking ? "tools two" : "tools" },
      make("button", { class: "btn secondary tall find-way", type: "button", onclick: () => kiosk.go(findScreen(kiosk, null)) },
        icon("search"), make("span", {}, k("find"), small("find"))),
      kiosk.page.booking && make("button", { class: "btn secondary tall", type: "button", onclick: () => kiosk.go(checkInScreen(kiosk)) },
        icon("calendar"), make("span", {}, k("check_in_title"), small("check_in_title"))))),
    make("footer", { class: "foot two" },
      make("button", { class: "btn", type: "button", lang: lang() === "en" ? "zh-CN" : "en", onclick: () => kiosk.language() }, icon("globe"), k("language")),
      make("button", { class: "btn", type: "button", onclick: () => kiosk.contrast() }, icon("eye"), k(document.body.classList.contains("contrast") ? "contrast_off" : "contrast"))));
  update();
  const plain = lang() === "zh" && !document.body.classList.contains("contrast") && from === 0;
  return { element, update, look: "home", seconds: plain ? 0 : 60, leave: () => { if (code) code.leave(); if (stop) stop(); } };
}

/** @param {HTMLElement} chips @param {HTMLElement | null} code */
function hero(chips, code) {
  const hills = vector("svg", { class: "hills", viewBox: "0 0 1080 210", preserveAspectRatio: "none", "aria-hidden": "true" },
    vector("path", { class: "far", d: "M0 150c180-10 330-40 520-34 200 6 360-10 560-66v160H0z" }),
    vector("path", { class: "mid", d: "M0 186c160 6 300-60 500-64 190-4 330 60 580 4v84H0z" }),
    vector("path", { class: "near", d: "M0 210c120-4 240-70 430-66 230 4 390 60 650 26v40z" }));
  return make("section", { class: "hero" }, hills, make("div", { class: "say" }, make("h1", {}, k("home_title")), small("home_title", {}, "under")), chips, code);
}

/** @param {Kiosk} kiosk */
function elderButton(kiosk) {
  return make("button", { class: "btn sun elder-way", type: "button", onclick: () => kiosk.go(elderScreen(kiosk)) },
    icon("elder"), make("strong", {}, k("elder")), make("span", {}, k("elder_hint")), icon("right", "i go"));
}

/** @param {Kiosk} kiosk @param {HTMLElement} chips */
function showChips(kiosk, chips) {
  const state = kiosk.hall.state;
  if (!state) return;
  const waiting = Object.values(state.waiting).reduce((sum, count) => sum + count, 0);
  fill(chips, make("span", { class: "pill" }, icon("people"), make("span", {}, figures("waiting_now", { n: waiting }))),
    make("span", { class: "pill" }, icon("counter"), make("span", {}, figures("counters_open", { n: kiosk.hall.working }))));
}

/** @param {Kiosk} kiosk @param {HTMLElement} closing @param {HTMLElement} rows */
function showClosing(kiosk, closing, rows) {
  const { services, clock } = kiosk.hall;
  const shut = services.length > 0 && services.every((service) => !service.open);
  const notice = kiosk.hall.state && kiosk.hall.state.notice;
  const told = !shut && notice !== null && Date.parse(notice.until) > clock.now() ? notice : null;
  closing.hidden = !shut && !told;
  rows.classList.toggle("shut", shut);
  if (told) fill(closing, icon("warn"), make("span", {}, make("strong", {}, t(`stop.void.${told.sentence}`))));
  if (!shut) return;
  // What holds for all of them is said once; the one that opens first says when.
  const opens = (/** @type {Service} */ service) => (service.shut && service.shut.opens) || "9";
  const first = [...services].sort((one, two) => opens(one).localeCompare(opens(two)))[0];
  if (!first.shut) return;
  const { title, todo } = shutWords(first, first.shut, clock.date());
  fill(closing, icon(first.shut.stop ? "warn" : "clock"), make("span", {}, make("strong", {}, title), make("span", {}, todo)));
}

/**
 * One service. Its figures change in place: a row under a finger stays.
 * @param {Kiosk} kiosk
 * @param {string} code
 */
function serviceRow(kiosk, code) {
  const main = make("strong", {});
  const hint = make("span", {});
  const wait = make("span", { class: "outlook" }, main, hint);
  const service = /** @type {Service} */ (kiosk.hall.service(code));
  const left = make("em", { class: "left", hidden: true });
  const element = make("button", { class: "row", type: "button", "data-line": code, onclick: open },
    make("span", { class: "letter" }, make("b", {}, code), icon(service.icon)),
    make("span", { class: "name" }, make("strong", {}, nameOf(service)), make("span", {}, left, examplesOf(service))),
    wait, icon("right", "i go"));

  function open() {
    const now = kiosk.hall.service(code);
    if (now) kiosk.go(now.shut ? shutScreen(kiosk, now) : confirmScreen(kiosk, chosen(now)));
  }

  function update() {
    const now = kiosk.hall.service(code);
    if (!now) return;
    const view = outlook(kiosk.hall, now);
    fill(main, view.main);
    hint.textContent = view.hint;
    wait.classList.toggle("free", view.free);
    wait.classList.toggle("one", !view.hint && view.main.length > 1);
    element.classList.toggle("off", !now.open);
    left.hidden = !now.open || now.left === null || now.left > FEW;
    left.textContent = k("left", { n: now.left || 0 });
  }
  return { element, update };
}

/** @param {Kiosk} kiosk @param {number} from */
function moreRow(kiosk, from) {
  const count = kiosk.hall.services.length;
  const next = from + WITH_MORE < count ? from + WITH_MORE : 0;
  const rest = count - WITH_MORE;
  return make("button", { class: "row", type: "button", onclick: () => kiosk.go(homeScreen(kiosk, next)) },
    make("span", { class: "letter plain" }, icon("list")),
    make("span", { class: "name" }, make("strong", {}, k("more")), make("span", {}, k("more_hint", { n: rest }))), icon("right", "i go"));
}
