/** The bars under the header: red lost, yellow refused, white a fact, green done with 撤销. */
import { LostError, ProblemError } from "./api.js";
import { find } from "./dom.js";
import { readHealth, showHealth } from "./health.js";
import { lang, t, timeOfDay } from "./words.js";

const SAID_MS = 6000;
const HEALTH_MS = 20000;

/** Steps after which the ticket has left the counter: their undo is offered in the bar. */
const LEAVING = new Set(["finish", "no-show", "park", "transfer"]);

/** @param {string | null | undefined} step */
export const leaves = (step) => LEAVING.has(step || "");

export class Bars {
  constructor() {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.sayTimer = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.healthTimer = undefined;
    /** Until when the step that the green bar tells of can be taken back: `view.undo.until`. */
    this.offered = "";
  }

  /** @param {unknown} error */
  warn(error) {
    if (error instanceof ProblemError) {
      // "Under the same key" is a word to programs.
      this.tell(error.code === "outcome_unknown" ? t("clerk.not_known") : error.sentence(lang()), error.code);
      if (error.status === 503) void this.watchHealth();
    } else if (error instanceof LostError) this.tell(t("clerk.not_sent"), "");
    else throw error;
  }

  /** The yellow bar: why something was not done. @param {string} sentence @param {string} code */
  tell(sentence, code) {
    const bar = find("#bar-warn");
    find("span", bar).textContent = sentence;
    find("code", bar).textContent = code;
    bar.hidden = false;
    this.quiet();
  }

  /** Somebody has read the yellow bar. */
  read() {
    find("#bar-warn").hidden = true;
  }

  /** A bar that goes by itself: green for done, white for a mere fact. @param {"done" | "note"} kind @param {string} sentence */
  say(kind, sentence) {
    this.quiet();
    const bar = find(`#bar-${kind}`);
    find("span", bar).textContent = sentence;
    bar.hidden = false;
    this.sayTimer = setTimeout(() => {
      this.sayTimer = undefined;
      if (!this.offered) this.quiet();
    }, SAID_MS);
  }

  quiet() {
    clearTimeout(this.sayTimer);
    this.sayTimer = undefined;
    find("#bar-done").hidden = true;
    find("#bar-note").hidden = true;
  }

  /**
   * Once a second: 撤销 with the seconds that are left, in the green bar.
   * @param {{step: string, until: string} | null} undo
   * @param {number} seconds
   * @param {() => string} sentence  what was done, when no bar tells of it yet
   */
  offer(undo, seconds, sentence) {
    const open = undo !== null && leaves(undo.step) && seconds > 0;
    if (undo && open && this.offered !== undo.until) {
      this.offered = undo.until;
      if (find("#bar-done").hidden && find("#bar-note").hidden && find("#bar-warn").hidden) this.say("done", sentence());
    }
    if (!open && this.offered) {
      this.offered = "";
      if (!this.sayTimer) this.quiet();
    }
    const key = find("#bar-done .undo");
    key.hidden = !open;
    find("b", key).textContent = t("clerk.undo_in", { n: seconds });
  }

  /** Nobody is called while the lead is asked. @param {{until: string | null, waiting: number | null} | null} outage */
  ask(outage) {
    const bar = find("#bar-ask");
    bar.hidden = !outage;
    if (outage) find("span", bar).textContent = t("clerk.outage", { n: outage.waiting || 0, time: outage.until ? timeOfDay(outage.until) : t("common.none") });
  }

  /** The red bar while nothing is stored. No key is blocked: a step that works ends it. */
  async watchHealth() {
    clearTimeout(this.healthTimer);
    try {
      const health = await readHealth();
      showHealth(find("#bar-health"), health.ready ? null : health); // restarts are the manager's business
    } catch (error) {
      // Not even that can be read: the bar of the lost link tells of it.
    }
    this.healthTimer = setTimeout(() => void this.watchHealth(), find("#bar-health").hidden ? HEALTH_MS : 3000);
  }

  /** @param {number} attempt  0: not lost */
  lost(attempt) {
    const mark = find("#link");
    mark.className = `link ${attempt ? "lost" : "live"}`;
    find("span", mark).textContent = t(attempt ? "clerk.link_lost" : "clerk.link_live");
    const bar = find("#bar-lost");
    bar.hidden = !attempt;
    find("span", bar).textContent = t("clerk.lost");
    find(".end", bar).textContent = t("clerk.attempt", { n: attempt });
  }
}
