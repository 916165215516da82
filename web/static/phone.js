import { LostError, newKey, post, ProblemError } from "./api.js";
import { carried, fill, find, icon, make } from "./dom.js";
import { Hall } from "./hall.js";
import { block } from "./plate.js";
import { shutWords } from "./shut.js";
import { lang, minutes, speak, spread, t } from "./words.js";

/**
 * A number on a phone, taken in the hall: choose, look how long, take; then the ticket's page.
 * @typedef {import("./hall.js").Service} Offered
 */

/** @type {{pass: string, identity: string, priorities: string[]}} */
const page = carried("page");
const names = carried("names");
/** @type {string | null} the chosen service */
let chosen = null;
let ended = false;
let busy = false;
/** @type {{wish: string, key: string} | null} the last intention and its key, kept for repeats */
let intention = null;
/** What was typed or picked; it stays when figures are new. */
const typed = { identity: "", priority: "" };

const hall = new Hall({ onChange: changed, onLink: link });

/** @param {string} key @param {Record<string, string | number>} [values] */
const w = (key, values) => t(`take.${key}`, values);
/** @param {Offered} service */
const nameOf = (service) => (lang() === "en" ? service.name_en : service.name);
/** @returns {Offered[]} */
const services = () => hall.services;

/** @param {boolean} lost */
function link(lost) {
  const sign = find("#link");
  sign.classList.toggle("lost", lost);
  sign.textContent = w(lost ? "lost" : "live");
}

function changed() {
  if (!find("#link").textContent) link(false);
  if (ended || busy) return;
  const service = services().find((one) => one.code === chosen);
  if (service && find("#main").dataset.view === service.code) figures(service);
  else draw();
}

function draw() {
  find("#hall").textContent = lang() === "en" ? names.en : names.zh;
  const service = services().find((one) => one.code === chosen);
  const main = find("#main");
  main.removeAttribute("aria-busy");
  main.dataset.view = service ? service.code : "";
  fill(main, service ? confirm(service) : list());
  if (service) figures(service);
  fill(find("#end"), make("div", { class: "tools" },
    make("button", { type: "button", lang: lang() === "en" ? "zh-CN" : "en", onclick: () => { speak(lang() === "en" ? "zh" : "en"); link(hall.lost); draw(); } }, w("language")),
    make("a", { href: `tel:${names.phone}` }, names.phone)));
}

/** @param {string | null} code */
function go(code) {
  chosen = code;
  draw();
  const title = find("h1", find("#main"));
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

function list() {
  return make("section", { class: "choose" }, make("h1", {}, w("title")), make("p", { class: "soft" }, w("lead")),
    make("div", { class: "rows" }, services().map(row)));
}

/** @param {Offered} service */
function row(service) {
  const said = outlook(service);
  return make("button", { class: "row", type: "button", "data-line": service.code, disabled: Boolean(service.shut), onclick: () => go(service.code) },
    block(service.code), make("span", { class: "name" }, make("strong", {}, nameOf(service)), make("small", {}, said)), !service.shut && icon("right"));
}

/** @param {Offered} service */
function outlook(service) {
  if (service.shut) return shutWords(service.shut, hall.state ? hall.state.at : "");
  const range = minutes(service.wait);
  const ahead = service.ahead ? w("people", { n: service.ahead }) : w("nobody");
  return service.ahead && range ? `${ahead}，${w("about", { range })}` : ahead;
}

/** @param {Offered} service */
function confirm(service) {
  const trouble = make("div", { role: "alert" });
  const send = make("button", { class: "btn primary", type: "submit" }, icon("ticket"), w("take"));
  return make("form", { class: "choose", novalidate: true, onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); void take(service, send, trouble); } },
    make("h1", {}, w("sure")),
    make("div", { class: "what", "data-line": service.code }, block(service.code), make("strong", {}, nameOf(service))),
    make("div", { id: "figures" }), asked(), make("p", { class: "note" }, icon("info"), w("stay")), trouble, send,
    make("button", { class: "btn", type: "button", onclick: () => go(null) }, icon("left"), w("back")));
}

function asked() {
  const optional = page.identity === "optional";
  return [
    page.priorities.length > 0 && make("label", { class: "field" }, make("span", {}, w("priority")),
      make("select", { onchange: (/** @type {Event} */ event) => { typed.priority = /** @type {HTMLSelectElement} */ (event.target).value; } },
        make("option", { value: "" }, w("priority_none")),
        page.priorities.map((code) => make("option", { value: code, selected: typed.priority === code }, t(`priorities.${code}`))))),
    page.identity !== "off" && make("label", { class: "field" }, make("span", {}, w(optional ? "identity_optional" : "identity")),
      make("input", { type: "text", name: "identity", autocomplete: "off", spellcheck: "false", maxlength: 22, value: typed.identity,
        oninput: (/** @type {Event} */ event) => { typed.identity = /** @type {HTMLInputElement} */ (event.target).value; } }),
      make("small", { class: "soft" }, w("identity_hint"))),
  ];
}

/** @param {Offered} service what changes while somebody reads or types */
function figures(service) {
  const send = /** @type {HTMLButtonElement} */ (find("#main form button[type=submit]"));
  send.disabled = Boolean(service.shut);
  const range = minutes(service.wait);
  const waits = range ? [make("b", {}, spread(range)), " ", w("wait_unit")] : [service.ahead ? w("unknown") : w("soon")];
  fill(find("#figures"), service.shut ? make("p", { class: "bar warn round" }, icon("clock"), shutWords(service.shut, hall.state ? hall.state.at : ""))
    : make("dl", { class: "figures" }, make("div", {}, make("dt", {}, w("ahead")), make("dd", {}, make("b", {}, service.ahead), " ", w("ahead_unit"))),
      make("div", {}, make("dt", {}, w("wait")), make("dd", { class: range ? "" : "words" }, waits))));
}

/** Take it once: a repeat of the same wish has the same key. @param {Offered} service @param {HTMLButtonElement} send @param {HTMLElement} trouble */
async function take(service, send, trouble) {
  if (busy) return;
  busy = true;
  const wish = { service: service.code, source: "phone", code: page.pass, ...(typed.priority && { priority: typed.priority }), ...(typed.identity && { identity: typed.identity.trim() }) };
  const text = JSON.stringify(wish);
  if (!intention || intention.wish !== text) intention = { wish: text, key: newKey() };
  fill(send, make("span", { class: "spinner" }), w("taking"));
  try {
    const ticket = await post("/api/v1/tickets", wish, { key: intention.key, tries: 3 });
    location.replace(`/t/${ticket.id}/${ticket.token}`);
    return; // the page goes; a second number must not be taken meanwhile
  } catch (error) {
    if (!(error instanceof ProblemError || error instanceof LostError)) throw error;
    refused(error, trouble);
  }
  busy = false;
  fill(send, icon("ticket"), w(intention ? "again" : "take"));
}

/** @param {ProblemError | LostError} error @param {HTMLElement} trouble */
function refused(error, trouble) {
  const unsure = error instanceof LostError || error.status === 503;
  if (!unsure) intention = null;
  if (!unsure && error.code === "code_expired") {
    ended = true;
    fill(find("#main"), make("section", { class: "say" }, icon("qr"), make("h1", {}, w("expired")), make("p", {}, w("expired_hint"))));
    return;
  }
  const held = !unsure && error.code === "one_ticket" && error.problem.ticket ? error.problem.ticket.number : "";
  const sentence = unsure ? w("unsure") : held ? w("have", { number: held }) : error.sentence(lang());
  fill(trouble, make("p", { class: "bar warn round" }, icon("warn"), sentence));
}

void hall.start();
