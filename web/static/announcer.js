/**
 * Plays announcements one after another: `AnnouncementStarted` of the stream carries the sound.
 * A browser lets nothing be heard before a touch, so `start` is called by one.
 * @typedef {{announcement: string, number: string, area: string, wav_url: string, seconds: number}} Announcement
 */

const STALE_MS = 30000; // a call heard late sends people to a counter that has gone on

export class Announcer {
  /**
   * @param {(announcement: Announcement) => void} onBegin told when one begins, heard or not
   * @param {import("./sound_turns.js").SoundTurns | null} turns asked before each, where given
   */
  constructor(onBegin, turns = null) {
    this.onBegin = onBegin;
    this.turns = turns;
    this.sound = new Audio();
    this.on = false;
    /** @type {{announcement: Announcement, came: number}[]} */
    this.queue = [];
    this.playing = false;
  }

  /** Allow sound; call it in the handler of a touch. */
  start() {
    this.on = true;
    this.sound.play().catch(() => undefined); // unlocks the element; it has nothing to play yet
  }

  /** Be quiet from the next one on. */
  stop() {
    this.on = false;
    this.queue = [];
  }

  /** @param {Announcement} announcement */
  add(announcement) {
    if (!this.on) {
      this.onBegin(announcement);
      return;
    }
    this.queue.push({ announcement, came: performance.now() });
    void this._next();
  }

  async _next() {
    if (this.playing) return;
    this.playing = true;
    for (let head = this.queue.shift(); head; head = this.queue.shift()) {
      if (performance.now() - head.came > STALE_MS) continue;
      this.onBegin(head.announcement);
      if (this.turns && !(await this.turns.tell(head.announcement, "started"))) continue;
      const failed = await this._play(head.announcement);
      if (this.turns) await this.turns.tell(head.announcement, failed ? "failed" : "ended");
    }
    this.playing = false;
  }

  /** @param {Announcement} announcement @returns {Promise<boolean>} when it has ended: whether it failed */
  _play(announcement) {
    return new Promise((resolve) => {
      const limit = setTimeout(() => finish(true), (announcement.seconds + 5) * 1000);
      const sound = this.sound;
      /** @param {boolean} failed */
      function finish(failed) {
        clearTimeout(limit);
        sound.onended = null;
        sound.onerror = null;
        resolve(failed);
      }
      sound.onended = () => finish(false);
      sound.onerror = () => finish(true);
      sound.src = announcement.wav_url;
      sound.play().catch(() => finish(true));
    });
  }
}
