/**
 * The hall's event stream. EventSource alone is not enough: it gives up for good after one
 * reply that is not 200, and a half-open link stays silent. So a closed one is made again
 * after 1–10 s, and one without a sign of life (a `ping` comes every 10 s) is replaced.
 *
 * @typedef {"live" | "lost" | "resting"} LiveState  resting: the tab is hidden, stream closed
 * @typedef {object} LiveOptions
 * @property {number} after  seq of the last event that the page has seen
 * @property {(type: string, data: any) => void} onEvent
 * @property {(state: LiveState, attempt: number) => void} [onState]
 * @property {() => Promise<number> | number} onReset  too much was missed: load all again, give the new seq
 * @property {boolean} [always]  keep the stream in a hidden tab (a board, a kiosk)
 * @property {string} [url]
 * @property {string | null} [board]  whose page it is, where it is a board's
 * @property {number} [silenceMs]
 */

/** Every type that the stream carries; EventSource hands over named events only by name. */
export const EVENT_TYPES = [
  "TicketIssued", "TicketCalled", "TicketRecalled", "ServingStarted", "ServingFinished",
  "NoShowMarked", "TicketExpired", "TicketPrinted", "AnnouncementStarted", "AnnouncementDeferred", "AnnouncementEnded",
  "NoticePrinted", "NoticeFailed", "NoticeDropped",
  "RatingAsked", "TicketRated", "DeviceLost", "DeviceFaultChanged", "DeviceBack", "DeviceWarned",
  "DeviceEased", "OpeningTestStarted", "OpeningTestFinished", "SoundHeard", "DayOpened", "RulesAdopted",
  "ServiceChanged", "TicketSplit", "TicketCancelled", "TicketReturned", "TicketParked",
  "TicketUnparked", "TicketTransferred", "ServiceCompleted", "DirectServingStarted", "CallUndone",
  "StartUndone", "FinishUndone", "CompletionUndone", "NoShowUndone", "ParkUndone", "TransferUndone",
  "ClerkSignedIn", "ClerkSignedOut", "CounterPaused", "CounterResumed", "IssuingStopped", "IssuingResumed", "NoticesPublished", "StripTextSet",
  "QueueCleared", "WaitingWarned", "WaitingEased", "OutageFound", "OutageAnswered",
  "ClockFoundBehind", "ClockAnswered", "PostUnmanned", "PostManned",
];

export class Live {
  /** @param {LiveOptions} options */
  constructor(options) {
    this.options = options;
    this.after = options.after;
    this.attempt = 0;
    /** @type {EventSource | null} */
    this.source = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.retry = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.silence = undefined;
    /** @type {LiveState | null} */
    this.state = null;
    this.stopped = false;
    if (!options.always) document.addEventListener("visibilitychange", () => this._visible());
    window.addEventListener("online", () => this._again(0));
    this._open();
  }

  /** Close for good. */
  stop() {
    this.stopped = true;
    this._close();
  }

  _visible() {
    if (this.stopped) return;
    if (document.hidden) {
      this._close();
      this._tell("resting");
    } else if (!this.source) this._again(0);
  }

  _open() {
    if (this.stopped || (document.hidden && !this.options.always)) return;
    this._close();
    const source = new EventSource(`${this.options.url || "/api/v1/stream"}?after=${this.after}${this.options.board ? `&board=${this.options.board}` : ""}`);
    this.source = source;
    this._heard();
    source.addEventListener("open", () => this._heard(true));
    source.addEventListener("ping", () => this._heard(true));
    source.addEventListener("reset", () => void this._reset());
    source.addEventListener("hidden", (event) => this._take(event, null));
    for (const type of EVENT_TYPES) source.addEventListener(type, (event) => this._take(event, type));
    source.addEventListener("error", () => {
      if (source !== this.source) return;
      this._tell("lost");
      if (source.readyState === EventSource.CLOSED) this._again(this._delay());
    });
  }

  /** @param {MessageEvent} event @param {string | null} type */
  _take(event, type) {
    this._heard(true);
    const seq = Number(event.lastEventId);
    if (seq) {
      if (seq <= this.after) return; // a replay overlapped: each event counts once
      this.after = seq;
    }
    if (type) this.options.onEvent(type, JSON.parse(event.data));
  }

  async _reset() {
    this._close();
    try {
      this.after = await this.options.onReset();
      this._again(0);
    } catch (error) {
      this._tell("lost");
      this.retry = setTimeout(() => void this._reset(), this._delay());
    }
  }

  /** A sign of life. @param {boolean} [surely] */
  _heard(surely = false) {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      this._tell("lost");
      this._again(0);
    }, this.options.silenceMs || 25000);
    if (surely) {
      this.attempt = 0;
      this._tell("live");
    }
  }

  _delay() {
    return 1000 + Math.random() * Math.min(9000, 1000 * 2 ** this.attempt);
  }

  /** @param {number} ms */
  _again(ms) {
    if (this.stopped) return;
    this._close();
    this.attempt += 1;
    if (this.state === "lost") this._tell("lost", true);
    this.retry = setTimeout(() => this._open(), ms);
  }

  _close() {
    clearTimeout(this.silence);
    clearTimeout(this.retry);
    if (this.source) this.source.close();
    this.source = null;
  }

  /** @param {LiveState} state @param {boolean} [repeat] */
  _tell(state, repeat = false) {
    if (state === this.state && !repeat) return;
    this.state = state;
    if (this.options.onState) this.options.onState(state, this.attempt);
  }
}

/**
 * Start listening. @param {LiveOptions} options
 */
export function live(options) {
  return new Live(options);
}
