/** What stands at one counter: LED strip, keypad, rating box. */
import { fill, find, icon, make } from "./dom.js";
import { LedStrip } from "./bench_led.js";
import { t } from "./words.js";

/**
 * @typedef {import("./bench_led.js").LedState} LedState
 * @typedef {{counter: number, pending: object[], silent: boolean, lamp: number}} UnitState
 * @typedef {UnitState & {session: number, open_until: string | null}} BoxState
 */

const KEYS = ["NEXT", "RECALL", "FINISH", "START", "SKIP", "ACCEPT"];
const GRADES = [5, 4, 3, 2, 1];
const PICKED_MS = 2500;

export class Counter {
  /** @param {number} no @param {(path: string, body: object) => Promise<void>} act */
  constructor(no, act) {
    this.no = no;
    this.act = act;
    const canvas = make("canvas", { role: "img" });
    this.strip = new LedStrip(canvas, window.matchMedia("(prefers-reduced-motion: reduce)").matches);
    this.keypad = this._keypad();
    this.box = this._box();
    this.element = make("section", { class: "row", "data-counter": no, "aria-label": t("bench.counter_n", { n: no }) },
      make("div", { class: "no" }, no, make("small", {}, t("bench.counter_word"))),
      make("div", { class: "led" }, canvas), this.keypad, this.box);
  }

  _keypad() {
    return make("div", { class: "keypad", role: "group", "aria-label": t("bench.keypad") },
      KEYS.map((key) => make("button", { type: "button", "data-key": key, onclick: (event) => this._press(event, `/keypads/${this.no}/press`, { key }) }, t(`bench.key.${key}`))),
      make("span", { class: "pending", hidden: true }));
  }

  _box() {
    return make("div", { class: "box", role: "group", "aria-label": t("bench.rating_box") },
      GRADES.map((grade) => make("button", { type: "button", "data-grade": grade, onclick: (event) => this._press(event, `/rating-boxes/${this.no}/press`, { grade }, true) },
        icon(`face-${grade}`), make("span", {}, t(`grades.${grade}`)))),
      make("span", { class: "pending", hidden: true }));
  }

  /** @param {Event} event @param {string} path @param {object} body @param {boolean} [keep] the chosen face stays lit for a while */
  _press(event, path, body, keep = false) {
    const key = /** @type {HTMLElement} */ (event.currentTarget);
    key.classList.add(keep ? "picked" : "down");
    setTimeout(() => key.classList.remove("picked", "down"), keep ? PICKED_MS : 160);
    void this.act(path, body);
  }

  /** @param {LedState | undefined} led @param {UnitState | undefined} keypad @param {BoxState | undefined} box */
  show(led, keypad, box) {
    find(".led", this.element).hidden = !led;
    this.keypad.hidden = !keypad;
    this.box.hidden = !box;
    if (led) {
      this.strip.show(led);
      this.strip.canvas.setAttribute("aria-label", t("bench.led_says", { text: led.text }));
      this.strip.canvas.setAttribute("data-text", led.text);
    }
    if (keypad) waiting(this.keypad, keypad);
    if (box) {
      waiting(this.box, box);
      this.box.classList.toggle("open", box.session > 0);
    }
  }
}

/** Presses that the service has not fetched yet; they outlive it. @param {HTMLElement} unit @param {UnitState} state */
function waiting(unit, state) {
  const mark = find(".pending", unit);
  const word = state.silent ? t("bench.silent") : state.pending.length ? t("bench.pending", { n: state.pending.length }) : "";
  mark.hidden = !word;
  fill(mark, word);
}
