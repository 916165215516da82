/** What only a lead decides: the question after an outage, the true time, stopping the kiosk, cards. */
import { LostError, ProblemError, newKey, post } from "./api.js";
import { carried, fill, find, icon, make } from "./dom.js";
import { lang, t, timeOfDay } from "./words.js";
import { inZone } from "./zone.js";

/**
 * @typedef {{kind: "emergency" | "today", sentence: string}} Stop
 * @typedef {{kind: "outage" | "clock", asked_at: string, until: string | null, since: string | null, waiting: number | null, last_at: string | null}} Question
 * @typedef {{service: string, waiting: number, people: number, counters: number, wait: import("./words.js").Wait, open: boolean,
 *   stop: Stop | null, left: number | null, warned: boolean, tickets: {id: string, number: string}[]}} QueueView
 * @typedef {{id: string, number: string, service: string, state: string, counter: number | null, ahead: number | null, issued_at: string}} Live
 * @typedef {object} Queues
 * @property {string} at
 * @property {QueueView[]} items
 * @property {(Live & {line?: string})[]} targeted
 * @property {{id: string, number: string, counter: number | null, reason: string, since: string}[]} parked
 * @property {{id: string, number: string, service: string, counter: number | null, at: string}[]} missed
 * @property {Stop | null} stop
 * @property {Question | null} question
 * @typedef {{clock: import("./clock.js").HallClock, changed: () => void}} Desk
 */

const SENTENCES = ["power", "network", "weather", "safety", "full", "other"];
/** @type {{code: string, name: string}[]} */
const services = carried("services");
/** @type {string} */
const zone = carried("page").zone;

/** @param {string} code */
export const serviceName = (code) => (services.find((service) => service.code === code) || { name: code }).name;

/** What a stop is called in one line. @param {Stop} stop */
export const stopWord = (stop) => `${t(`manager.stop_kind.${stop.kind}`)}${t("manager.comma")}${t(`stop.short.${stop.sentence}`)}`;

/**
 * Send a wish; the refusal stands where the person looks. Resolves to the answer, null when refused.
 * @param {string} path @param {unknown} body @param {HTMLElement} place for the refusal @param {HTMLElement} [button]
 */
export async function wish(path, body, place, button) {
  if (button) button.setAttribute("disabled", "");
  place.hidden = true;
  try {
    return await post(path, body, { key: newKey(), tries: 3 });
  } catch (error) {
    if (!(error instanceof ProblemError || error instanceof LostError)) throw error;
    place.hidden = false;
    place.textContent = error instanceof ProblemError ? error.sentence(lang()) : t("manager.not_sent");
    return null;
  } finally {
    if (button) button.removeAttribute("disabled");
  }
}

/** A dialog with a question, its parts, and keys that are verbs; Esc is the safe choice. @param {string} title @param {(Node | string | null | false)[]} parts @returns {HTMLDialogElement} */
function dialog(title, ...parts) {
  const box = make("dialog", { class: "dialog", "aria-labelledby": "dialog-title" }, make("h2", { id: "dialog-title" }, title), parts);
  box.addEventListener("close", () => box.remove());
  document.body.appendChild(box);
  box.showModal();
  return box;
}

export class Lead {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    /** @type {Question | null} */
    this.question = null;
    this.shown = "";
    find("#stop").addEventListener("click", () => this.askStop("hall"));
    find("#resume").addEventListener("click", () => void this.resume("hall"));
  }

  /** @param {Queues} queues */
  show(queues) {
    this.question = queues.question;
    const stop = queues.stop;
    find("#stop").hidden = stop !== null;
    find("#bar-stop").hidden = stop === null;
    if (stop) {
      find("#bar-stop").className = `bar ${stop.kind === "emergency" ? "lost" : "warn"}`;
      find("#bar-stop span").textContent = t("manager.stopped_hall", { why: stopWord(stop), sentence: t(`stop.title.${stop.sentence}`) });
    }
    const asked = this.question ? `${this.question.kind} ${this.question.asked_at}` : "";
    if (asked === this.shown) return;
    this.shown = asked;
    const place = find("#question");
    place.hidden = !this.question;
    place.className = this.question ? `question ${this.question.kind}` : "question";
    document.body.classList.toggle("asked", Boolean(this.question && this.question.kind === "clock"));
    if (!this.question) return fill(place);
    if (this.question.kind === "outage") this._askOutage(place, this.question);
    else this._askClock(place, this.question);
    return this.tick();
  }

  /** @param {Element} place @param {Question} question */
  _askOutage(place, question) {
    const n = question.waiting || 0;
    const wrong = make("p", { class: "wrong", role: "alert", hidden: true });
    const answer = (/** @type {string} */ choice) => async (/** @type {Event} */ event) => {
      const why = make("select", { name: "sentence" }, SENTENCES.map((code) => make("option", { value: code, selected: code === "power" }, t(`stop.void.${code}`))));
      const field = make("label", { class: "field" }, t("manager.ask_void_why"), why);
      if (choice === "void" && !await sure(t("manager.ask_void"), t("manager.ask_void_hint", { n }), t("manager.outage.void"), field)) return;
      if (!await wish("/api/v1/questions/outage", choice === "void" ? { choice, sentence: why.value } : { choice }, wrong, /** @type {HTMLElement} */ (event.currentTarget || undefined))) return;
      this.desk.changed();
      if (choice === "cards") this.askCards();
    };
    const key = (/** @type {string} */ choice, /** @type {string} */ look) => make("button", { class: `btn ${look}`, type: "button", "data-choice": choice, onclick: answer(choice) },
      make("span", {}, make("strong", {}, t(`manager.outage.${choice}`)), make("small", {}, t(`manager.outage_hint.${choice}`, { n }))));
    fill(place, make("div", { class: "asking" }, icon("help"),
      make("div", {}, make("h2", {}, t("manager.outage.title", { minutes: lasted(question), n })), make("p", {}, t("manager.outage.note"))),
      make("p", { class: "left", role: "timer" })), make("div", { class: "answers" }, key("keep", "primary"), key("cards", "secondary"), key("void", "secondary")), wrong);
  }

  /** @param {Element} place @param {Question} question */
  _askClock(place, question) {
    const wrong = make("p", { class: "wrong", role: "alert", hidden: true });
    const field = make("input", { type: "datetime-local", name: "time", step: 1, required: true, value: (question.last_at || "").slice(0, 19) });
    const send = make("button", { class: "btn primary", type: "submit" }, icon("check"), t("manager.clock.answer"));
    const form = make("form", { class: "card" }, icon("clock"), make("h2", {}, t("manager.clock.title")),
      make("p", {}, t("manager.clock.note", { last: moment(question.last_at || "") })),
      make("p", {}, t("manager.clock.meanwhile")),
      make("label", { class: "field" }, t("manager.clock.field", { zone }), field), wrong, send);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (await wish("/api/v1/questions/clock", { time: inZone(field.value, zone) }, wrong, send)) this.desk.changed();
    });
    fill(place, form);
    field.focus();
  }

  /** Once a second: how long until it is kept by itself. */
  tick() {
    const left = document.querySelector("#question .left");
    if (!left || !this.question || !this.question.until) return;
    const seconds = Math.max(0, Math.ceil((Date.parse(this.question.until) - this.desk.clock.now()) / 1000));
    left.textContent = t("manager.outage.left", { time: `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` });
  }

  /** "No more numbers": which, for how long, what the kiosk says. @param {string} scope */
  askStop(scope) {
    const wrong = make("p", { class: "wrong", role: "alert", hidden: true });
    const choose = (/** @type {string} */ name, /** @type {[string, string][]} */ options, /** @type {string} */ now) => make("select", { name },
      options.map(([value, word]) => make("option", { value, selected: value === now }, word)));
    const where = choose("scope", [["hall", t("manager.whole_hall")], ...services.map((one) => /** @type {[string, string]} */ ([one.code, `${one.code} ${one.name}`]))], scope);
    const sentence = choose("sentence", SENTENCES.map((code) => [code, t(`stop.title.${code}`)]), "other");
    const radios = ["emergency", "today"].map((kind, order) => make("label", { class: "way" }, make("input", { type: "radio", name: "kind", value: kind, checked: order === 0 }),
      make("span", {}, make("b", {}, t(`manager.stop_kind.${kind}`)), make("small", {}, t(`manager.stop_hint.${kind}`)))));
    const stop = make("button", { class: "btn danger", type: "submit" }, t("manager.stop_do"));
    const form = make("form", { method: "dialog" }, make("p", {}, t("manager.stop_note")),
      make("label", { class: "field" }, t("manager.stop_scope"), where), make("fieldset", {}, make("legend", {}, t("manager.stop_until")), radios),
      make("label", { class: "field" }, t("manager.stop_sentence"), sentence), wrong,
      make("div", { class: "buttons" }, stop, make("button", { class: "btn", type: "button", onclick: () => box.close() }, t("manager.stop_not"))));
    const box = dialog(t("manager.stop_title"), form);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const kind = /** @type {HTMLInputElement} */ (form.querySelector("input:checked")).value;
      if (!await wish("/api/v1/issuing/stop", { scope: where.value, kind, sentence: sentence.value }, wrong, stop)) return;
      box.close();
      this.desk.changed();
    });
  }

  /** @param {string} scope */
  async resume(scope) {
    if (await wish("/api/v1/issuing/resume", { scope }, find("#bar-said"))) this.desk.changed();
  }

  /** Pre-printed cards that were given out while the hall was down. */
  askCards() {
    const wrong = make("p", { class: "wrong", role: "alert", hidden: true });
    const told = make("p", { class: "told", role: "status", hidden: true });
    const service = make("select", { name: "service" }, services.map((one) => make("option", { value: one.code }, `${one.code} ${one.name}`)));
    const number = (/** @type {string} */ name) => make("input", { name, type: "number", min: 1, max: 999, required: true, inputmode: "numeric" });
    const [first, last] = [number("first"), number("last")];
    const send = make("button", { class: "btn primary", type: "submit" }, t("manager.cards.enter"));
    const form = make("form", { method: "dialog" }, make("p", {}, t("manager.cards.note")),
      make("label", { class: "field" }, t("manager.service"), service),
      make("div", { class: "two" }, make("label", { class: "field" }, t("manager.cards.first"), first), make("label", { class: "field" }, t("manager.cards.last"), last)),
      wrong, told, make("div", { class: "buttons" }, send, make("button", { class: "btn", type: "button", onclick: () => box.close() }, t("manager.cards.close"))));
    const box = dialog(t("manager.cards.title"), form);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      told.hidden = true;
      const answer = await wish("/api/v1/queues/cards", { service: service.value, first: Number(first.value), last: Number(last.value) }, wrong, send);
      if (!answer) return;
      told.hidden = false;
      const used = answer.refused.length ? t("manager.cards.used", { numbers: answer.refused.join(t("manager.list_comma")) }) : "";
      told.textContent = [t("manager.cards.entered", { n: answer.entered.length }), used].filter(Boolean).join(t("manager.comma"));
      this.desk.changed();
    });
  }
}

/** A question before what cannot be undone. @param {string} title @param {string} hint @param {string} verb @param {HTMLElement} field @returns {Promise<boolean>} */
function sure(title, hint, verb, field) {
  return new Promise((resolve) => {
    let yes = false;
    const box = dialog(title, make("p", {}, hint), field, make("div", { class: "buttons" },
      make("button", { class: "btn danger", type: "button", onclick: () => { yes = true; box.close(); } }, verb),
      make("button", { class: "btn", type: "button", onclick: () => box.close() }, t("manager.ask_void_not"))));
    box.addEventListener("close", () => resolve(yes));
  });
}

/** Whole minutes of an outage. @param {Question} question */
const lasted = (question) => Math.max(1, Math.round((Date.parse(question.asked_at) - Date.parse(question.since || question.asked_at)) / 60000));

/** "11-23 9:05" @param {string} at */
const moment = (at) => (at ? `${at.slice(0, 10)} ${timeOfDay(at)}` : t("common.none"));
