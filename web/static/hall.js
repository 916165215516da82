import { get } from "./api.js";
import { HallClock } from "./clock.js";
import { live } from "./live.js";

/**
 * What a public page knows of the hall: services and state, kept fresh by the stream.
 *
 * @typedef {import("./words.js").Wait} Wait
 * @typedef {{code: string, name: string, name_en: string, icon: string, examples: string,
 *   examples_en: string, area: string, counters: number[], waiting: number, ahead: number,
 *   wait: Wait, working: number, open: boolean, shut: Shut | null, hours: string[] | null,
 *   left: number | null}} Service
 * @typedef {{kind: "emergency" | "today", sentence: string}} Stop
 * @typedef {{why: "stopped" | "hours" | "band" | "quota", stop: Stop | null, opens: string | null}} Shut
 * @typedef {{reason: string, since: string, until: string | null}} Pause
 * @typedef {{seq: number, at: string, number: string, service: string, counter: number,
 *   area: string, call: number}} Call
 * @typedef {{no: number, name: string, area: string, services: string[], state: string,
 *   pause: Pause | null, elsewhere: number[],
 *   ticket: {id: string, number: string, state: string} | null}} Counter
 * @typedef {{seq: number, at: string, date: string, counters: Counter[],
 *   waiting: Record<string, number>, waits: Record<string, Wait>, stop: Stop | null,
 *   notice: {sentence: string, until: string} | null, notices: string[], calls: Call[]}} State
 *
 * @typedef {object} Listener
 * @property {() => void} onChange  services or state are new
 * @property {(type: string, data: any) => void} [onEvent]
 * @property {string | null} [board]  the board, or the area of boards, whose page this is
 * @property {(lost: boolean) => void} [onLink]  told at each change
 */

/** Events that change nothing of what these pages show; all others do. */
const STILL = new Set([
  "TicketPrinted", "AnnouncementStarted", "AnnouncementEnded", "RatingAsked", "TicketRated",
  "DeviceLost", "DeviceFaultChanged", "DeviceBack", "DeviceWarned", "DeviceEased", "OpeningTestStarted", "OpeningTestFinished", "SoundHeard",
]);
const GATHER_MS = 200; // events of one moment make one reading
const POLL_MS = 30000; // a quiet hall still moves its clock and its opening hours

export class Hall {
  /** @param {Listener} listener */
  constructor(listener) {
    this.listener = listener;
    this.clock = new HallClock();
    /** @type {Service[]} */
    this.services = [];
    /** @type {State | null} */
    this.state = null;
    this.lost = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.gather = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.retry = undefined;
  }

  /** Load, then listen; tries until it has succeeded. @returns {Promise<void>} */
  async start() {
    for (;;) {
      try {
        const after = await this.load();
        live({
          after,
          always: true,
          board: this.listener.board,
          onEvent: (type, data) => this._event(type, data),
          onState: (state) => (state === "lost" ? this._link(true) : this._back()),
          onReset: () => this.load(),
        });
        setInterval(() => void this._refresh(), POLL_MS);
        return;
      } catch (error) {
        this._link(true);
        await new Promise((resolve) => setTimeout(resolve, 2000 + Math.random() * 2000));
      }
    }
  }

  /** Read all again. @returns {Promise<number>} seq of what was read */
  async load() {
    // The state first: the stream continues after its seq, so nothing between is lost.
    const state = await get("/api/v1/state");
    const services = await get("/api/v1/services");
    this.state = state;
    this.services = services.items;
    this.clock.sync(state.at);
    this._link(false);
    this.listener.onChange();
    return state.seq;
  }

  /** @param {string} code @returns {Service | undefined} */
  service(code) {
    return this.services.find((service) => service.code === code);
  }

  /** Whether somebody who comes now goes straight to a counter. @param {Service} service */
  free(service) {
    const state = this.state;
    if (!state || service.ahead > 0) return false;
    return service.working > 0 && state.counters.some((counter) => counter.state === "idle" && counter.services.includes(service.code));
  }

  /** Counters where somebody works: neither paused nor closed. */
  get working() {
    return this.state ? this.state.counters.filter((counter) => counter.state !== "paused" && counter.state !== "closed").length : 0;
  }

  /** @param {string} type @param {any} data */
  _event(type, data) {
    if (data && data.at) this.clock.sync(data.at);
    if (this.listener.onEvent) this.listener.onEvent(type, data);
    if (!STILL.has(type) && this.gather === undefined) {
      this.gather = setTimeout(() => {
        this.gather = undefined;
        void this._refresh();
      }, GATHER_MS);
    }
  }

  async _refresh() {
    clearTimeout(this.retry);
    try {
      await this.load();
    } catch (error) {
      this._link(true);
      this.retry = setTimeout(() => void this._refresh(), 2000 + Math.random() * 3000);
    }
  }

  /** The stream is there again: what was missed without an event of ours is read now. */
  _back() {
    if (this.lost) void this._refresh();
  }

  /** @param {boolean} lost */
  _link(lost) {
    if (lost === this.lost) return;
    this.lost = lost;
    if (this.listener.onLink) this.listener.onLink(lost);
  }
}
