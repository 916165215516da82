/**
 * The keys of the clerk's page: which physical key means what, and what may be pressed now.
 * A key never changes its meaning; a state only enables or disables it, with the reason on it.
 *
 * @typedef {"next" | "recall" | "no-show" | "start" | "finish" | "undo" | "pause" | "unpark" | "transfer" | "park" | "notice"} PadKey
 * @typedef {PadKey | "accept" | "help" | "item" | "direct" | "choose" | "split" | "back" | "seat" | "close"} KeyName
 * @typedef {"idle" | "called" | "serving" | "paused" | "closed"} Work
 * @typedef {{filled: boolean, reason: string, n?: number}} KeyState  `reason`: text key why not, "" when it may be pressed
 *
 * @typedef {object} Circumstances  what beside the counter's state decides; absent is 0 or false
 * @property {boolean} lost
 * @property {boolean} finishOnNext
 * @property {boolean} [unsigned]  the hall asks for a clerk, and nobody is signed in
 * @property {boolean} [outage]  the lead is asked what becomes of the queue
 * @property {number} [recallInS]  seconds until the next recall is allowed
 * @property {boolean} [recalledOut]  as often as allowed
 * @property {number} [callsNeeded]  calls that a no-show still needs
 * @property {number} [noShowInS]  seconds until a no-show is allowed
 * @property {number} [parked]
 * @property {number} [undoInS]  seconds in which the last step can still be taken back
 * @property {boolean} [itemless]  no item is chosen for the visit
 * @property {boolean} [resumes]  the counter pauses, so that the key of the pause ends it
 */

/** Physical codes, so that NumLock, Shift and the keyboard's language do not matter. @type {Record<string, KeyName>} */
const CODES = {
  Enter: "next", NumpadEnter: "next", F2: "next",
  NumpadAdd: "recall", F3: "recall",
  NumpadSubtract: "no-show", F7: "no-show",
  NumpadDecimal: "start", F6: "start",
  Numpad0: "finish", F4: "finish",
  NumpadDivide: "undo",
  NumpadMultiply: "pause", F8: "pause",
  Numpad8: "notice", KeyN: "notice",
  Numpad9: "unpark", Numpad4: "transfer", Numpad5: "park",
  KeyA: "accept", KeyD: "direct", KeyC: "choose", KeyS: "split", KeyB: "back", KeyL: "seat",
  F1: "help", F9: "close", F10: "item",
};

/** Keys that also work while a text field has the focus: they cannot be typed. */
const UNTYPED = /^F\d+$/;
const LOCK_MS = 600;

/**
 * What may be pressed, and the one filled key (none while the counter is closed).
 * @param {Work} work
 * @param {Circumstances} now
 * @returns {Record<PadKey, KeyState>}
 */
export function padState(work, now) {
  const shut = now.unsigned ? "clerk.off.not_signed_in" : work === "closed" ? "clerk.off.closed" : "";
  const busy = work === "called" || work === "serving";
  const missing = busy ? "" : "clerk.off.nothing_called";
  /** Filled when it may be pressed and `wanted`. @param {string} reason @param {boolean} [wanted] @param {number} [n] @returns {KeyState} */
  const key = (reason, wanted = false, n = 0) => {
    const why = now.lost ? "clerk.off.lost" : reason;
    return { filled: wanted && !why, reason: why, n };
  };
  const hold = busy && !now.finishOnNext ? (work === "called" ? "clerk.off.start_first" : "clerk.off.finish_first") : "";
  const there = work === "serving" ? "clerk.off.there" : missing;
  const soon = now.recalledOut ? "clerk.off.recall_limit" : now.recallInS ? "clerk.off.seconds" : "";
  const early = now.callsNeeded ? "clerk.off.more_calls" : now.noShowInS ? "clerk.off.seconds" : "";
  const started = work === "serving" ? "clerk.off.started" : missing;
  return {
    next: key(shut || hold || (now.outage ? "clerk.off.outage" : ""), work === "idle"),
    recall: key(there || soon, false, now.recallInS),
    "no-show": key(there || early, false, now.callsNeeded || now.noShowInS),
    start: key(started, work === "called"),
    finish: key(missing, work === "serving"),
    undo: key(now.undoInS ? "" : "clerk.off.nothing_to_undo"),
    pause: key(now.resumes ? "" : shut, work === "paused"),
    unpark: key(shut || (busy ? "clerk.off.finish_first" : now.parked ? "" : "clerk.off.nothing_parked")),
    transfer: key(missing),
    park: key(missing),
    notice: key(missing || (now.itemless ? "clerk.off.choose_item" : "")),
  };
}

/**
 * What the hall's rules say at this moment, from the counter's view.
 * @param {import("./clerk_view.js").CounterView} view
 * @param {import("./clerk_view.js").HallRules} rules
 * @param {number} now  ms since 1970 in the hall
 * @returns {Omit<Circumstances, "lost" | "finishOnNext" | "outage">}
 */
export function circumstances(view, rules, now) {
  const until = (/** @type {string | null | undefined} */ at) => (at ? Math.max(0, Math.ceil((Date.parse(at) - now) / 1000)) : 0);
  const ticket = view.state === "called" ? view.ticket : null;
  const recall = ticket && ticket.last_called_at ? Date.parse(ticket.last_called_at) + rules.recall_spacing_s * 1000 : now;
  return {
    unsigned: rules.sign_in && !view.clerk,
    recallInS: Math.max(0, Math.ceil((recall - now) / 1000)),
    recalledOut: Boolean(ticket && rules.recall_limit && ticket.calls > rules.recall_limit),
    callsNeeded: ticket ? Math.max(0, rules.no_show_calls - ticket.calls) : 0,
    noShowInS: ticket ? until(view.no_show_at) : 0,
    parked: view.parked.length,
    undoInS: view.undo ? until(view.undo.until) : 0,
    resumes: Boolean(view.pause),
  };
}

/**
 * Why a step beside the pad cannot be taken now: a text key, "" when it can.
 * @param {"direct" | "choose" | "split" | "back" | "seat"} name
 * @param {import("./clerk_view.js").CounterView} view
 * @param {Circumstances} now
 * @param {string[]} rights  staff ids who may choose a ticket; empty: everybody
 */
export function obstacle(name, view, now, rights) {
  if (now.lost) return "clerk.off.lost";
  if (name === "seat") return "";
  if (name === "back") return view.recent.some((ticket) => ticket.state === "NO_SHOW") ? "" : "clerk.off.none_missed";
  if (name === "split") return !view.ticket ? "clerk.off.nothing_called" : view.ticket.clients < 2 ? "clerk.off.no_batch" : "";
  const { next } = padState(view.state, name === "direct" ? { ...now, outage: false, finishOnNext: false } : now);
  if (next.reason) return next.reason;
  if (name === "direct") return view.waiting ? "clerk.off.people_waiting" : "";
  return rights.length && !rights.includes(view.clerk || "") ? "clerk.off.no_right" : "";
}

/** @param {EventTarget | null} target */
const isField = (target) => target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
/** @param {EventTarget | null} target */
const isControl = (target) => target instanceof HTMLElement && Boolean(target.closest("button, a, summary"));

export class Keyboard {
  /** @param {(name: KeyName) => void} onKey */
  constructor(onKey) {
    this.onKey = onKey;
    /** Off: only F keys act (a person who dictates, or whose hands tremble, types letters by chance). */
    this.single = true;
    /** @type {KeyName | null} */
    this.last = null;
    this.lastAt = 0;
    document.addEventListener("keydown", (event) => this._down(event));
  }

  /**
   * The key that a keyboard event means, or null. What a list has taken for itself, auto-repeat, combinations and an unfinished
   * Chinese input mean nothing; a digit typed into a text field is only a digit.
   * @param {KeyboardEvent} event
   * @returns {KeyName | null}
   */
  meaning(event) {
    const name = CODES[event.code];
    if (!name || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return null;
    if (document.querySelector("dialog[open]")) return null;
    if ((isField(event.target) || !this.single) && !UNTYPED.test(event.code)) return null;
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

  /** A sheet was left, perhaps with Enter: that key's bouncing calls nobody, and every other key is new. */
  settle() {
    this.last = "next";
    this.lastAt = performance.now();
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
