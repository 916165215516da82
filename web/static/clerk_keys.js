/**
 * The keys of the clerk's page: which physical key means what, and what may be pressed now.
 * A key never changes its meaning; a state only enables or disables it, with the reason on it.
 *
 * @typedef {"next" | "recall" | "no-show" | "start" | "finish" | "accept" | "help" | "item"} KeyName
 * @typedef {"idle" | "called" | "serving"} Work
 * @typedef {{filled: boolean, reason: string}} KeyState  `reason`: text key why not, "" when it may be pressed
 */

/** Physical codes, so that NumLock, Shift and the keyboard's language do not matter. @type {Record<string, KeyName>} */
const CODES = {
  Enter: "next", NumpadEnter: "next", F2: "next",
  NumpadAdd: "recall", F3: "recall",
  NumpadSubtract: "no-show", F7: "no-show",
  NumpadDecimal: "start", F6: "start",
  Numpad0: "finish", F4: "finish",
  KeyA: "accept",
  F1: "help", F10: "item",
};

/** Keys that also work while a text field has the focus: they cannot be typed. */
const UNTYPED = /^F\d+$/;
const LOCK_MS = 600;

/**
 * What may be pressed, and the one filled key.
 * @param {Work} work
 * @param {{lost: boolean, finishOnNext: boolean}} circumstances
 * @returns {Record<"next" | "recall" | "no-show" | "start" | "finish", KeyState>}
 */
export function padState(work, { lost, finishOnNext }) {
  const at = (/** @type {Work[]} */ states, /** @type {string} */ reason) => (lost ? "clerk.off.lost" : states.includes(work) ? "" : reason);
  const called = work === "called";
  const missing = work === "idle" ? "clerk.off.nothing_called" : "clerk.off.there";
  return {
    next: { filled: work === "idle" && !lost, reason: at(finishOnNext ? ["idle", "called", "serving"] : ["idle"], called ? "clerk.off.start_first" : "clerk.off.finish_first") },
    recall: { filled: false, reason: at(["called"], missing) },
    "no-show": { filled: false, reason: at(["called"], missing) },
    start: { filled: called && !lost, reason: at(["called"], work === "idle" ? "clerk.off.nothing_called" : "clerk.off.started") },
    finish: { filled: work === "serving" && !lost, reason: at(["called", "serving"], "clerk.off.nothing_called") },
  };
}

/** @param {EventTarget | null} target */
const isField = (target) => target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
/** @param {EventTarget | null} target */
const isControl = (target) => target instanceof HTMLElement && Boolean(target.closest("button, a, summary"));

export class Keyboard {
  /** @param {(name: KeyName) => void} onKey */
  constructor(onKey) {
    this.onKey = onKey;
    /** @type {KeyName | null} */
    this.last = null;
    this.lastAt = 0;
    document.addEventListener("keydown", (event) => this._down(event));
  }

  /**
   * The key that a keyboard event means, or null. Auto-repeat, combinations and an unfinished
   * Chinese input mean nothing; a digit typed into a text field is only a digit.
   * @param {KeyboardEvent} event
   * @returns {KeyName | null}
   */
  meaning(event) {
    const name = CODES[event.code];
    if (!name || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return null;
    if (document.querySelector("dialog[open]")) return null;
    if (isField(event.target) && !UNTYPED.test(event.code)) return null;
    // A focused button keeps its own Enter; the pad's Enter is always 下一位.
    if (event.code === "Enter" && isControl(event.target)) return null;
    return name;
  }

  /** @param {KeyboardEvent} event */
  _down(event) {
    const name = this.meaning(event);
    if (!name) return;
    event.preventDefault();
    if (!event.repeat) this.take(name);
  }

  /** One press, by key or by finger; the same again within 600 ms is the same press. @param {KeyName} name */
  take(name) {
    const now = performance.now();
    if (name === this.last && now - this.lastAt < LOCK_MS) return;
    this.last = name;
    this.lastAt = now;
    this.onKey(name);
  }
}
