/** Reports of a period: figures, waits, ratings, charts of the server, ledgers. */
import { LostError, get } from "./api.js";
import { carried, fill, find, make } from "./dom.js";
import { LATE_S, LONG_S, minutes, span } from "./manager_now.js";
import { lamp, plate } from "./plate.js";
import { lang, t, timeOfDay } from "./words.js";

/**
 * @typedef {import("./dom.js").Child} Child
 * @typedef {{service: string | null, count: number, mean_s: number | null, p50_s: number | null, p90_s: number | null, max_s: number | null}} WaitRow
 * @typedef {{active: number, rateable: number, satisfied: number, grades: Record<string, number>}} Ratings
 * @typedef {{visits: number, queued: number, direct: number, people: number, issued: number, called: number, done: number, no_show: number, expired: number, advice: number, cases_accepted: number, cases_finished: number, cases_handed_on: number}} Volume
 * @typedef {{late15: number, late30: number}} Late
 */

const ROWS = 20;
const NONE = () => t("common.none");
/** @type {{code: string, name: string}[]} */
const services = carried("services");

/** "11.7%", or "—" of nothing. @param {number} part @param {number} whole */
const percent = (part, whole) => (whole ? `${((100 * part) / whole).toFixed(1)}%` : NONE());
/** @param {number | null} seconds */
const inMinutes = (seconds) => (seconds === null ? NONE() : minutes(seconds));

export class Reports {
  /** @param {() => string} today  the hall's business date @param {() => string} now  the hall's clock in words @param {(period: string) => Promise<void>} order  the reports about the queue itself */
  constructor(today, now, order) {
    this.order = order;
    this.today = today;
    this.now = now;
    this.from = "";
    this.to = "";
    this.ledgers = [new Ledger("visits", visitRow), new Ledger("cases", caseRow)];
    const form = /** @type {HTMLFormElement} */ (find("#period"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.show(field(form, "from").value, field(form, "to").value);
    });
    for (const button of Array.from(form.querySelectorAll("[data-days]"))) {
      button.addEventListener("click", () => void this.show(...this._period(button.getAttribute("data-days") || "1")));
    }
    find("#print").addEventListener("click", () => window.print());
  }

  /** @param {string} days @returns {[string, string]} */
  _period(days) {
    const to = this.today();
    if (days === "month") return [`${to.slice(0, 8)}01`, to];
    const from = new Date(Date.parse(`${to}T00:00:00Z`) - (Number(days) - 1) * 86400000);
    return [from.toISOString().slice(0, 10), to];
  }

  /** Open with today, or keep the chosen period. */
  open() {
    const today = this.today();
    if (today) void this.show(this.from || today, this.to || today);
  }

  /** @param {string} from @param {string} to */
  async show(from, to) {
    [this.from, this.to] = from <= to ? [from, to] : [to, from];
    const form = /** @type {HTMLFormElement} */ (find("#period"));
    field(form, "from").value = this.from;
    field(form, "to").value = this.to;
    for (const button of Array.from(form.querySelectorAll("[data-days]"))) {
      const [first, last] = this._period(button.getAttribute("data-days") || "1");
      button.setAttribute("aria-pressed", String(first === this.from && last === this.to));
    }
    const period = `from=${this.from}&to=${this.to}`;
    const [waits, ratings, volume, late] = await Promise.all([
      get(`/api/v1/reports/waits?${period}`), get(`/api/v1/reports/ratings?${period}`), get(`/api/v1/reports/volume?${period}`), charts(period),
    ]);
    this._head();
    showFigures(volume, waits.total, ratings.total, late);
    showLead(volume, waits.total);
    showWaits(waits.rows, waits.total);
    showRatings(ratings.total);
    await Promise.all([...this.ledgers.map((ledger) => ledger.open(period)), this.order(period)]);
  }

  _head() {
    const made = this.now();
    const one = this.from === this.to;
    find("#report-title").textContent = one ? t("manager.report_day", { date: chinese(this.from) }) : t("manager.report_period", { from: chinese(this.from), to: chinese(this.to) });
    find("#report-made").textContent = t("manager.report_made", { at: made });
    find("#partial").hidden = this.to < this.today();
    find("#partial span").textContent = t("manager.partial", { at: made });
  }
}

/** @param {HTMLFormElement} form @param {string} name */
const field = (form, name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));

/** "2026年11月23日" @param {string} date */
function chinese(date) {
  const [year, month, day] = date.split("-").map(Number);
  return t("manager.date", { year, month, day });
}

/** The server's drawings of a period. @param {string} period @returns {Promise<Late>} */
async function charts(period) {
  const place = find("#charts");
  await draw(place, `/manager/charts?${period}`);
  const drawn = find(".drawn", place);
  return { late15: Number(drawn.getAttribute("data-late-15")), late30: Number(drawn.getAttribute("data-late-30")) };
}

/**
 * Put a drawing of our own server into its place: text in it is escaped there, scripts in it would not run.
 * @param {Element} place
 * @param {string} path
 */
export async function draw(place, path) {
  const reply = await fetch(`${path}&lang=${lang()}`, { cache: "no-store" });
  if (!reply.ok) throw new LostError(`${path}: ${reply.status}`);
  const parsed = new DOMParser().parseFromString(await reply.text(), "text/html");
  fill(place, Array.from(parsed.body.children));
}

/** @param {Volume} volume @param {WaitRow} total @param {Ratings} ratings @param {Late} late */
function showFigures(volume, total, ratings, late) {
  const of = (/** @type {number} */ part, /** @type {number} */ whole) => t("manager.part_of", { part, whole });
  const called = t("manager.n_called", { n: total.count });
  /** @type {[string, string | number, string, string][]} name, value, unit, numerator and denominator */
  const rows = [
    ["visits", volume.visits, "visits", NONE()], ["queued", volume.queued, "visits", of(volume.queued, volume.visits)],
    ["direct", volume.direct, "visits", of(volume.direct, volume.visits)], ["people", volume.people, "people", NONE()],
    ["cases", volume.cases_accepted, "cases", NONE()],
    ["finished", volume.cases_finished, "cases", of(volume.cases_finished, volume.cases_accepted)],
    ["handed_on", volume.cases_handed_on, "cases", of(volume.cases_handed_on, volume.cases_accepted)],
    ["advice", volume.advice, "visits", of(volume.advice, volume.done)],
    ["mean_wait", inMinutes(total.mean_s), "minutes", called], ["p90_wait", inMinutes(total.p90_s), "minutes", called],
    ["late_15", percent(late.late15, total.count), "", of(late.late15, total.count)], ["late_30", percent(late.late30, total.count), "", of(late.late30, total.count)],
    ["no_show", percent(volume.no_show, volume.issued), "", of(volume.no_show, volume.issued)],
    ["active", percent(ratings.active, ratings.rateable), "", of(ratings.active, ratings.rateable)],
    ["satisfied", percent(ratings.satisfied, ratings.active), "", of(ratings.satisfied, ratings.active)],
  ];
  fill(find("#figures"), rows.map(([name, value, unit, ratio]) => make("tr", {}, make("td", {}, t(`manager.fig.${name}`)),
    make("td", { class: "num" }, value, unit && value !== NONE() ? make("small", {}, t(`manager.unit_${unit}`)) : null),
    make("td", { class: "num" }, ratio), make("td", {}, t(`manager.def.${name}`)))));
}

/** One plain sentence; figures stand out. @param {Volume} volume @param {WaitRow} total */
function showLead(volume, total) {
  const key = !volume.visits ? "manager.no_tickets" : total.count ? "manager.lead" : "manager.lead_uncalled";
  const sentence = t(key, { visits: volume.visits, cases: volume.cases_accepted, mean: inMinutes(total.mean_s), p90: inMinutes(total.p90_s) });
  fill(find("#lead"), sentence.split(/\*([^*]+)\*/).map((part, order) => (order % 2 ? make("b", {}, part) : part)));
}

/** @param {WaitRow[]} rows @param {WaitRow} total */
function showWaits(rows, total) {
  const cells = (/** @type {WaitRow} */ row) => [make("td", { class: "num" }, row.count),
    ...[row.mean_s, row.p50_s, row.p90_s, row.max_s].map((value) => make("td", { class: "num" }, value === null ? NONE() : make("span", {}, minutes(value), mark(value))))];
  const known = new Map(rows.map((row) => [row.service, row]));
  const empty = { count: 0, mean_s: null, p50_s: null, p90_s: null, max_s: null };
  fill(find("#waits"),
    services.map(({ code, name }) => make("tr", {}, make("td", {}, make("b", {}, code), ` ${name}`), cells({ service: code, ...empty, ...known.get(code) }))),
    make("tr", { class: "total" }, make("td", {}, t("manager.total")), cells(total)));
}

/** A shape beside a long wait; the figure itself stays black. @param {number} seconds */
function mark(seconds) {
  return seconds >= LATE_S ? ` ${t("manager.mark_30")}` : seconds >= LONG_S ? ` ${t("manager.mark_15")}` : null;
}

/** @param {Ratings} total */
function showRatings(total) {
  const most = Math.max(1, ...Object.values(total.grades));
  const rows = ["5", "4", "3", "2", "1"].map((grade) => {
    const count = total.grades[grade] || 0;
    const bar = make("span", { class: "share" });
    bar.style.width = `${(100 * count) / most}%`;
    return make("tr", {}, make("td", {}, t(`grades.${grade}`)), make("td", { class: "num" }, count), make("td", { class: "num" }, percent(count, total.active)), make("td", {}, count ? bar : null));
  });
  fill(find("#ratings"), rows,
    make("tr", { class: "total" }, make("td", {}, t("manager.active_total")), make("td", { class: "num" }, total.active), make("td", { class: "num" }, percent(total.active, total.rateable)), make("td", {}, t("manager.silent", { n: total.rateable - total.active, whole: total.rateable }))));
}

/** A list of the interface, page by page. */
class Ledger {
  /** @param {"visits" | "cases"} name @param {(row: any) => HTMLTableRowElement} draw */
  constructor(name, draw) {
    this.name = name;
    this.draw = draw;
    this.period = "";
    /** @type {string[]} where each page begins */
    this.starts = [""];
    this.page = 0;
    /** @type {string | null} */
    this.next = null;
  }

  /** @param {string} period */
  async open(period) {
    this.period = period;
    this.starts = [""];
    await this._go(0);
  }

  /** @param {number} page */
  async _go(page) {
    const after = this.starts[page] ? `&after=${encodeURIComponent(this.starts[page])}` : "";
    const found = await get(`/api/v1/${this.name}?${this.period}&limit=${ROWS}${after}`);
    this.page = page;
    this.next = found.next;
    if (found.next) this.starts[page + 1] = found.next;
    const columns = this.name === "visits" ? 9 : 7;
    fill(find(`#${this.name}`), found.items.length ? found.items.map(this.draw) : make("tr", {}, make("td", { class: "why", colspan: columns }, t(`manager.no_${this.name}`))));
    this._pager();
  }

  _pager() {
    const button = (/** @type {string} */ key, /** @type {number} */ page, /** @type {boolean} */ off) => make("button", { class: "small", type: "button", disabled: off, onclick: () => void this._go(page) }, t(key));
    const many = this.page > 0 || this.next;
    fill(find(`#${this.name}-pager`), many ? [button("manager.page_before", this.page - 1, this.page === 0), t("manager.page_n", { n: this.page + 1 }), button("manager.page_after", this.page + 1, !this.next)] : null);
  }
}

/** @param {any} visit @returns {HTMLTableRowElement} */
function visitRow(visit) {
  const cell = (/** @type {...(Child | Child[])} */ ...children) => make("td", {}, ...children);
  const state = t(`manager.visit.${visit.outcome || visit.state}`);
  return make("tr", {}, cell(plate(visit.ticket.number)), cell(dated(visit.issued_at)), cell(visit.called_at ? timeOfDay(visit.called_at) : NONE()),
    make("td", { class: "num" }, visit.wait_s === null ? NONE() : span(visit.wait_s)), make("td", { class: "num" }, visit.handle_s === null ? NONE() : span(visit.handle_s)),
    cell(visit.counter === null ? NONE() : visit.counter), cell(state), cell(visit.cases.length ? visit.cases.join(" ") : NONE()), cell(visit.rating ? t(`grades.${visit.rating}`) : NONE()));
}

/** @param {any} one @returns {HTMLTableRowElement} */
function caseRow(one) {
  const cell = (/** @type {...(Child | Child[])} */ ...children) => make("td", {}, ...children);
  return make("tr", {}, cell(one.no), cell(`${one.item} ${one.item_name}`), cell(plate(one.ticket.number)), cell(one.counter), cell(dated(one.accepted_at)),
    cell(one.finished_at ? dated(one.finished_at) : NONE()), cell(lamp(one.state === "ACCEPTED" ? "info" : "ok", t(`case_states.${one.state}`))));
}

/** "11-23 9:42" @param {string} at */
const dated = (at) => `${at.slice(5, 10)} ${timeOfDay(at)}`;
