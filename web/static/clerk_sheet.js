/**
 * A sheet: a few choices with big keys, confirmed with one. Digits choose in the part that has the
 * focus and lead on to the next; Enter does it, Esc leaves it; arrows and a finger work as well.
 *
 * @typedef {Record<string, string>} Picked  the value of each part; "" or absent is open
 * @typedef {object} Choice
 * @property {string} value
 * @property {string | Node} label
 * @property {string} [note]
 * @property {string} [key]  the digit that chooses it
 * @property {boolean} [off]  cannot be chosen; `note` says why
 * @typedef {object} Part
 * @property {string} name
 * @property {string} label
 * @property {Choice[]} [choices]
 * @property {{placeholder: string, numeric?: boolean}} [field]  a text field instead of choices
 * @property {boolean} [many]  several may be chosen: `manyOf` tells which
 * @property {boolean} [free]  may stay open
 * @typedef {object} Plan
 * @property {string} title
 * @property {string} [text]
 * @property {(picked: Picked) => Part[]} [parts]  may depend on what is picked
 * @property {Picked} [picked]  what is chosen from the start
 * @property {string} verb
 * @property {boolean} [danger]
 * @property {string} [leave]  the word of the safe choice
 * @property {{label: string, run: () => void}} [other]  another way out
 * @property {(picked: Picked) => void} onDone
 */
import { fill, make } from "./dom.js";
import { t } from "./words.js";

/**
 * Give choices the digits 1–9 in their order.
 * @param {Choice[]} choices
 * @returns {Choice[]}
 */
export const numbered = (choices) => choices.map((choice, order) => ({ ...choice, key: order < 9 ? String(order + 1) : "" }));

/** The values of a part of which several may be chosen. @param {string | undefined} value */
export const manyOf = (value) => (value ? value.split("\n") : []);

/**
 * The first part that is still open, or null when the sheet can be confirmed.
 * A choice that is no longer offered counts as open.
 * @param {Part[]} parts
 * @param {Picked} picked
 */
export function unanswered(parts, picked) {
  return parts.find((part) => {
    if (part.free) return false;
    const value = picked[part.name];
    if (!part.choices) return !value || !value.trim();
    return !part.choices.some((choice) => choice.value === value && !choice.off);
  }) || null;
}

export class Sheet {
  /** @param {HTMLDialogElement} dialog */
  constructor(dialog) {
    this.dialog = dialog;
    /** @type {Plan | null} */
    this.plan = null;
    /** @type {Picked} */
    this.picked = {};
    dialog.addEventListener("keydown", (event) => this._key(event));
    dialog.addEventListener("close", () => { this.plan = null; });
  }

  /** @param {Plan} plan */
  show(plan) {
    this.plan = plan;
    this.picked = { ...plan.picked };
    this._draw();
    if (!this.dialog.open) this.dialog.showModal();
    const [first] = this._parts();
    if (first) this._focus(first.name);
    else this._button(plan.danger ? ".leave" : ".do").focus();
  }

  leave() {
    if (this.dialog.open) this.dialog.close();
  }

  /** @returns {Part[]} */
  _parts() {
    return this.plan && this.plan.parts ? this.plan.parts(this.picked) : [];
  }

  /** @param {string} selector @returns {HTMLElement} */
  _button(selector) {
    return /** @type {HTMLElement} */ (this.dialog.querySelector(selector));
  }

  _draw() {
    const plan = /** @type {Plan} */ (this.plan);
    const form = make("form", { method: "dialog", novalidate: true },
      make("h2", { id: "sheet-title" }, plan.title), plan.text ? make("p", {}, plan.text) : null,
      make("div", { class: "parts" }, this._parts().map((part) => this._part(part))),
      make("p", { class: "missing", role: "alert" }),
      make("div", { class: "buttons" },
        make("button", { class: `btn do ${plan.danger ? "danger" : "primary"}`, type: "submit" }, plan.verb, plan.danger ? null : make("kbd", {}, "Enter")),
        make("button", { class: "btn leave", type: "button", onclick: () => this.leave() }, plan.leave || t("clerk.sheet.leave"), make("kbd", {}, "Esc")),
        plan.other ? make("button", { class: "btn other", type: "button", onclick: () => this._other() }, plan.other.label) : null));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this._done();
    });
    fill(this.dialog, form);
  }

  /** @param {Part} part */
  _part(part) {
    if (part.field) return this._field(part);
    const choices = (part.choices || []).map((choice) => {
      const input = make("input", { class: "sr", type: part.many ? "checkbox" : "radio", name: part.name, value: choice.value, disabled: choice.off });
      input.checked = !choice.off && (part.many ? manyOf(this.picked[part.name]).includes(choice.value) : this.picked[part.name] === choice.value);
      input.addEventListener("change", () => (part.many ? this._toggle(part, choice.value) : this._pick(part.name, choice.value)));
      return make("label", { class: "choice" }, input, make("span", { class: "face" },
        make("span", { class: "word" }, make("b", {}, choice.label), choice.note ? make("small", {}, choice.note) : null),
        choice.key && !choice.off ? make("kbd", {}, choice.key) : null));
    });
    return make("fieldset", { "data-part": part.name }, make("legend", {}, part.label), make("div", { class: "choices" }, choices));
  }

  /** @param {Part} part */
  _field(part) {
    const input = make("input", { class: "search", type: "text", name: part.name, autocomplete: "off", placeholder: part.field && part.field.placeholder, inputmode: part.field && part.field.numeric ? "numeric" : null });
    input.value = this.picked[part.name] || "";
    input.addEventListener("input", () => { this.picked[part.name] = input.value; });
    return make("label", { class: "entry", "data-part": part.name }, make("span", {}, part.label), input);
  }

  /** @param {string} name @param {string} value */
  _pick(name, value) {
    this.picked[name] = value;
    const parts = this._parts();
    const holder = this.dialog.querySelector(".parts");
    if (!holder) return;
    fill(holder, parts.map((part) => this._part(part)));
    this._missing("");
    this._focus(name);
  }

  /** One more, or one less; their order is that of the list. @param {Part} part @param {string} value */
  _toggle(part, value) {
    const chosen = new Set(manyOf(this.picked[part.name]));
    if (!chosen.delete(value)) chosen.add(value);
    const all = (part.choices || []).map((choice) => choice.value);
    this._pick(part.name, all.filter((one) => chosen.has(one)).join("\n"));
    const input = [...this.dialog.querySelectorAll("input")].find((one) => one.value === value);
    if (input) input.focus();
  }

  /** @param {string} name */
  _focus(name) {
    const part = this.dialog.querySelector(`[data-part="${name}"]`);
    const input = part && (part.querySelector("input:checked") || part.querySelector("input:not([disabled])"));
    if (input instanceof HTMLElement) input.focus();
  }

  /** @param {string} text */
  _missing(text) {
    const place = this.dialog.querySelector(".missing");
    if (place) place.textContent = text;
  }

  /** The part that the focus is in, else the first that is open. */
  _here() {
    const parts = this._parts();
    const at = document.activeElement && document.activeElement.closest("[data-part]");
    return parts.find((part) => at && part.name === at.getAttribute("data-part")) || unanswered(parts, this.picked) || parts[0];
  }

  /** @param {KeyboardEvent} event */
  _key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation(); // it leaves the sheet and nothing else
      return this.leave();
    }
    if (event.repeat && event.key !== "Backspace" && !event.key.startsWith("Arrow")) return event.preventDefault();
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
    const typing = event.target instanceof HTMLInputElement && event.target.type === "text";
    const part = this._here();
    if (!digit || typing || !part || !part.choices) return;
    const choice = part.choices.find((one) => one.key === digit[1] && !one.off);
    if (!choice) return;
    event.preventDefault();
    if (part.many) return this._toggle(part, choice.value);
    this._pick(part.name, choice.value);
    const parts = this._parts();
    const after = parts[parts.findIndex((one) => one.name === part.name) + 1];
    if (after) this._focus(after.name);
  }

  _done() {
    const plan = this.plan;
    if (!plan) return;
    const missing = unanswered(this._parts(), this.picked);
    if (missing) {
      this._missing(t("clerk.sheet.missing", { what: missing.label }));
      return this._focus(missing.name);
    }
    const picked = this.picked;
    this.leave();
    plan.onDone(picked);
  }

  _other() {
    const other = this.plan && this.plan.other;
    this.leave();
    if (other) other.run();
  }
}
