/**
 * Plays announcements one after another: `AnnouncementStarted` of the stream carries the sound.
 * A browser lets nothing be heard before a touch, so `start` is called by one.
 * @typedef {{announcement: string, number: string, wav_url: string, seconds: number}} Announcement
 */

const STALE_MS = 30000; // a call heard late sends people to a counter that has gone on

export class Announcer {
  /** @param {(announcement: Announcement) => void} onBegin told when one begins, heard or not */
  constructor(onBegin) {
    this.onBegin = onBegin;
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
      await this._play(head.announcement);
    }
    this.playing = false;
  }

  /** @param {Announcement} announcement @returns {Promise<void>} when it has ended, whatever happened */
  _play(announcement) {
    return new Promise((resolve) => {
      const limit = setTimeout(finish, (announcement.seconds + 5) * 1000);
      const sound = this.sound;
      /** @type {() => void} */
      function finish() {
        clearTimeout(limit);
        sound.onended = null;
        sound.onerror = null;
        resolve();
      }
      sound.onended = finish;
      sound.onerror = finish;
      sound.src = announcement.wav_url;
      sound.play().catch(finish);
    });
  }
}
