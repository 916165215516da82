/** A whole day of simulated people: begin one, see how far it is, send everybody home. */
import { fill, make } from "./dom.js";
import { lamp } from "./plate.js";
import { t } from "./words.js";

/**
 * @typedef {{state: string, speed: number, wished: number | null, seed?: number, people?: number, opens?: string, closes?: string, at?: string,
 *   waiting?: number, arrived?: number, served?: number, graded?: number, no_show?: number, went_home?: number, turned_away?: number}} Day
 * @typedef {(path: string, body: object) => void} Act
 */

const SPEEDS = [1, 10, 60, 100, 200, 1000];
const USUAL_SPEED = 60;
const FIGURES = /** @type {const} */ (["arrived", "waiting", "served", "graded", "no_show"]);

export class DayPanel {
  /** @param {HTMLElement} place @param {Act} act */
  constructor(place, act) {
    this.place = place;
    this.act = act;
    this.running = /** @type {boolean | null} */ (null);
    this.told = make("p", { class: "soft day-told", role: "status" });
    this.form = make("form", { class: "day-form", onsubmit: (event) => this.begin(event) },
      this.field("seed", { type: "number", min: 0, max: 2147483647, value: 1 }),
      this.field("people", { type: "number", min: 1, max: 5000, placeholder: t("bench.day.usual") }),
      make("label", {}, make("span", {}, t("bench.day.speed")), make("select", { name: "speed" }, SPEEDS.map((speed) => make("option", { value: speed, selected: speed === USUAL_SPEED }, `${speed}×`)))),
      make("label", { class: "day-market" }, make("input", { type: "checkbox", name: "market" }), make("span", {}, t("bench.day.market"))),
      make("button", { type: "submit", class: "day-go" }, t("bench.day.begin")));
    this.stop = make("button", { type: "button", class: "day-go", onclick: () => act("/day/stop", {}) }, t("bench.day.stop"));
    this.done = make("i");
    this.bar = make("div", { class: "progress", role: "progressbar", "aria-label": t("bench.day.title"), "aria-valuemin": 0, "aria-valuemax": 100 }, this.done);
    this.figures = make("dl", { class: "day-figures" });
  }

  /** @param {string} name @param {Record<string, string | number>} attributes */
  field(name, attributes) {
    return make("label", {}, make("span", {}, t(`bench.day.${name}`)), make("input", { name, ...attributes }));
  }

  /** @param {Event} event */
  begin(event) {
    event.preventDefault();
    const given = new FormData(this.form);
    const people = String(given.get("people") || "");
    this.act("/day", {
      seed: Number(given.get("seed") || 1), speed: Number(given.get("speed")), market: given.has("market"),
      ...(people ? { people: Number(people) } : {}),
    });
  }

  /** @param {Day} day */
  show(day) {
    const running = day.state === "running";
    if (running !== this.running) {
      this.running = running;
      fill(this.place, make("h2", {}, t("bench.day.title"), make("small", {}, t("bench.day.hint"))), running ? make("div", { class: "day-form" }, this.bar, this.stop) : this.form, this.told, this.figures);
    }
    if (day.state === "none") return;
    const held = running && day.wished !== null && day.speed < day.wished;
    const values = { opens: day.opens || "", closes: day.closes || "", seed: day.seed ?? "", at: (day.at || "").slice(11, 16), speed: Math.round(day.speed * 10) / 10 };
    const words = running ? t(held ? "bench.day.held" : "bench.day.running", { ...values, wished: day.wished ?? "" }) : t(`bench.day.${day.state}`, values);
    if (this.told.getAttribute("data-now") !== words) {
      this.told.setAttribute("data-now", words);
      fill(this.told, lamp(running ? (held ? "warn" : "ok") : "off", words));
    }
    const percent = Math.min(100, Math.round((100 * (day.served || 0)) / (day.people || 1)));
    this.bar.setAttribute("aria-valuenow", String(percent));
    this.done.style.width = `${percent}%`;
    fill(this.figures, FIGURES.map((name) => make("div", {}, make("dt", {}, t(`bench.day.${name}`)), make("dd", {}, String(day[name] ?? 0) + (name === "arrived" ? ` / ${day.people}` : "")))));
  }
}
