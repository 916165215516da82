/**
 * The hall's clock, as the service tells it; the PC's own clock is not trusted. A demo may
 * run faster than real time: the rate is learned from two readings.
 */
export class HallClock {
  constructor() {
    this.base = Date.now();
    this.local = performance.now();
    this.offsetMin = -new Date().getTimezoneOffset();
    this.rate = 1;
    this.known = false;
  }

  /** @param {string} at RFC 3339 with the offset of the hall's zone */
  sync(at) {
    const time = Date.parse(at);
    if (Number.isNaN(time)) return;
    const zone = /([+-])(\d\d):(\d\d)$/.exec(at);
    if (zone) this.offsetMin = (zone[1] === "-" ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3]));
    else if (at.endsWith("Z")) this.offsetMin = 0;
    const local = performance.now();
    const passed = local - this.local;
    if (this.known && passed < 4000) {
      if (Math.abs(time - this.now()) < 1000 * Math.max(1, this.rate)) return; // too close to learn from
      this.rate = 1;
    } else if (this.known) {
      const rate = (time - this.base) / passed;
      this.rate = Math.abs(rate - 1) < 0.2 || rate < 0 ? 1 : rate;
    }
    this.base = time;
    this.local = local;
    this.known = true;
  }

  /** Milliseconds since 1970 in the hall. */
  now() {
    return this.base + (performance.now() - this.local) * this.rate;
  }

  /** Calendar and clock of the hall: use the getUTC… methods only. */
  date() {
    return new Date(this.now() + this.offsetMin * 60000);
  }

  /** "9:42" */
  time() {
    const date = this.date();
    return `${date.getUTCHours()}:${String(date.getUTCMinutes()).padStart(2, "0")}`;
  }

  /** "11月23日 星期一", or "Mon 23 Nov". @param {"zh" | "en"} lang @param {string} [week] "星期" or "周" */
  day(lang, week = "星期") {
    const date = this.date();
    if (lang === "en") {
      const name = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][date.getUTCDay()];
      const month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][date.getUTCMonth()];
      return `${name} ${date.getUTCDate()} ${month}`;
    }
    return `${date.getUTCMonth() + 1}月${date.getUTCDate()}日 ${week}${"日一二三四五六"[date.getUTCDay()]}`;
  }

  /** Seconds from `at` to now. @param {string} at */
  since(at) {
    return Math.max(0, (this.now() - Date.parse(at)) / 1000);
  }
}
