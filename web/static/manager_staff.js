/** Who is where: counters with their clerks and pauses, who is not signed in, the AB posts of a date. */
import { get } from "./api.js";
import { fill, find, make } from "./dom.js";
import { serviceName, wish } from "./manager_lead.js";
import { span } from "./manager_now.js";
import { lamp, plate } from "./plate.js";
import { t, timeOfDay } from "./words.js";

/**
 * @typedef {import("./clock.js").HallClock} HallClock
 * @typedef {import("./hall.js").Counter} Counter
 * @typedef {{id: string, name: string, counter: number | null}} Clerk
 * @typedef {{name: string, date: string, counter: number, a: string, b: string, alarm: boolean}} Post
 * @typedef {{title: string, note: string, word: string, kind: "due" | "warn" | "over", href: string}} Line
 */

/** @type {Record<string, "ok" | "info" | "off" | "warn">} */
const LAMPS = { serving: "ok", called: "info", idle: "off", paused: "warn", closed: "off" };
const NONE = () => t("common.none");

/** @param {Counter} counter @param {HallClock} clock */
const overdue = (counter, clock) => Boolean(counter.pause && counter.pause.until && clock.since(counter.pause.until) > 0);

/** Whole minutes past a promised time. @param {string} until @param {HallClock} clock */
const over = (until, clock) => Math.max(1, Math.floor(clock.since(until) / 60));

/** @param {Counter[]} counters @param {Clerk[]} staff @param {HallClock} clock */
export function showStaff(counters, staff, clock) {
  fill(find("#staff-counters"), counters.map((counter) => counterRow(counter, staff.find((clerk) => clerk.counter === counter.no), clock, staff.some((clerk) => clerk.counter !== null))));
  const away = staff.filter((clerk) => clerk.counter === null);
  find("#staff-note").textContent = t("manager.staff_note", { n: staff.length - away.length, whole: staff.length });
  fill(find("#staff-away"), away.map((clerk) => make("li", {}, make("b", {}, clerk.name), make("small", {}, clerk.id))),
    !away.length && make("li", { class: "soft" }, t(staff.length ? "manager.all_in" : "manager.no_staff")));
}

/** @param {Counter} counter @param {Clerk | undefined} clerk @param {HallClock} clock @param {boolean} staffed whether anybody is signed in anywhere */
function counterRow(counter, clerk, clock, staffed) {
  // Where clerks sign in, a counter without one is not free.
  const state = staffed && !clerk && counter.state === "idle" ? "nobody" : counter.state;
  const pause = counter.pause;
  const late = overdue(counter, clock);
  const until = pause ? (pause.until ? timeOfDay(pause.until) : t("manager.open_end")) : NONE();
  return make("tr", { "data-counter": counter.no }, make("td", {}, make("span", { class: "no" }, counter.no), counter.name ? ` ${counter.name}` : null),
    make("td", {}, clerk ? [make("b", {}, clerk.name), " ", make("small", { class: "soft" }, clerk.id)] : make("span", { class: "soft" }, NONE())),
    make("td", {}, lamp(LAMPS[state] || "off", state === "nobody" ? t("manager.nobody_in") : t(`counters.${state}`))),
    make("td", {}, counter.ticket ? plate(counter.ticket.number) : make("span", { class: "soft" }, NONE())),
    make("td", {}, pause ? t(`reasons.pause.${pause.reason}`) : NONE()),
    make("td", { class: "num" }, pause ? span(clock.since(pause.since)) : NONE()),
    make("td", {}, late && pause && pause.until ? lamp("due", t("manager.overdue", { time: until, n: over(pause.until, clock) })) : until),
    make("td", { class: "soft" }, counter.services.map(serviceName).join(t("manager.list_comma"))));
}

/** What a lead should see at once. @param {Counter[]} counters @param {Post[]} posts @param {import("./manager_lead.js").Queues} queues @param {HallClock} clock @returns {Line[]} */
export function leadLines(counters, posts, queues, clock) {
  /** @type {Line[]} */
  const found = queues.items.filter((queue) => queue.warned).map((queue) => ({ kind: "due", word: t("manager.many"), title: t("manager.many_title", { service: serviceName(queue.service), n: queue.people }), note: t("manager.many_note", { n: queue.counters }), href: "#queue" }));
  for (const counter of counters.filter((one) => overdue(one, clock))) {
    const pause = counter.pause;
    if (pause && pause.until) found.push({ kind: "due", word: t("manager.overdue_word"), title: t("manager.overdue_title", { no: counter.no, n: over(pause.until, clock) }), note: t("manager.overdue_note", { reason: t(`reasons.pause.${pause.reason}`), time: timeOfDay(pause.until) }), href: "#staff" });
  }
  for (const post of posts.filter((one) => one.alarm)) found.push({ kind: "due", word: t("manager.unmanned_word"), title: t("manager.unmanned_title", { no: post.counter }), note: t("manager.unmanned_note", { name: post.name }), href: "#staff" });
  return found;
}

/** The AB posts of a date, each with two clerks to choose. */
export class Posts {
  /** @param {() => string} today @param {() => void} changed */
  constructor(today, changed) {
    this.today = today;
    this.changed = changed;
    /** @type {Clerk[]} */
    this.staff = [];
    this.drawn = "";
    this.saved = "";
    this.field = /** @type {HTMLInputElement} */ (find("#posts-date"));
    this.field.addEventListener("change", () => void this.show(this.staff));
  }

  /** @param {Clerk[]} staff */
  async show(staff) {
    this.staff = staff;
    if (!this.field.value) this.field.value = this.today();
    const rows = /** @type {Post[]} */ ((await get(`/api/v1/posts?date=${this.field.value}`)).items);
    const now = JSON.stringify([rows, staff.map((clerk) => clerk.id)]);
    // A choice that somebody is making is not taken away by the next reading.
    if (now === this.drawn) return;
    this.drawn = now;
    fill(find("#posts"), rows.map((post) => this._row(post)), !rows.length && make("tr", {}, make("td", { class: "why", colspan: 6 }, t("manager.no_posts"))));
  }

  /** @param {Post} post */
  _row(post) {
    const pick = (/** @type {"a" | "b"} */ side) => make("select", { "aria-label": t(`manager.post_${side}`) }, this.staff.map((clerk) => make("option", { value: clerk.id, selected: clerk.id === post[side] }, `${clerk.name} ${clerk.id}`)));
    const [a, b] = [pick("a"), pick("b")];
    const wrong = make("p", { class: "wrong", role: "alert", hidden: true });
    const save = make("button", { class: "small", type: "button", disabled: true }, t(this.saved === post.name ? "manager.saved" : "manager.save"));
    this.saved = this.saved === post.name ? "" : this.saved;
    for (const one of [a, b]) one.addEventListener("change", () => { save.disabled = a.value === post.a && b.value === post.b; save.textContent = t("manager.save"); });
    save.addEventListener("click", async () => {
      if (!await wish(`/api/v1/posts/${encodeURIComponent(post.name)}`, { date: post.date, a: a.value, b: b.value }, wrong, save)) return;
      this.drawn = "";
      this.saved = post.name;
      await this.show(this.staff);
      this.changed();
    });
    return make("tr", { "data-post": post.name }, make("td", {}, make("b", {}, post.name)), make("td", {}, counterWord(post.counter)), make("td", {}, a), make("td", {}, b),
      make("td", {}, post.alarm ? lamp("due", t("manager.unmanned_word")) : lamp("ok", t("manager.manned"))), make("td", { class: "num" }, save, wrong));
  }
}

/** @param {number} no */
const counterWord = (no) => t("manager.counter_n", { no });
