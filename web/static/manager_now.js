/** What the manager sees now: tiles, who waits, the counters, things to do, devices. */
import { fill, icon, make, vector } from "./dom.js";
import { said } from "./health.js";
import { lamp, parts, plate } from "./plate.js";
import { t } from "./words.js";

/**
 * @typedef {import("./clock.js").HallClock} HallClock
 * @typedef {"ok" | "warn" | "due" | "over" | "off" | "info"} LampKind
 * @typedef {{code: string, name: string}} Service
 * @typedef {{number: string, service: string, waited_s: number}} Waiting
 * @typedef {{code: string, code_en: string, text: string, text_en: string, action: string, action_en: string}} Fault
 * @typedef {{frames: number, retries: number, crc_errors: number, time_outs: number, latency_ms: number | null, worst_ms: number | null, presses: number, sheets: number}} Counters
 * @typedef {object} Device
 * @property {string} id
 * @property {string} kind
 * @property {string} state
 * @property {string} detail
 * @property {string | null} lost_with
 * @property {string | null} since
 * @property {Fault | null} fault
 * @property {{code: string, code_en: string, at: string} | null} last_error
 * @property {Counters | null} counters
 * @property {number | null} slips_left
 * @typedef {object} Overview
 * @property {string} at
 * @property {string} date  the business date
 * @property {number} waiting
 * @property {number | null} longest_wait_s
 * @property {number} issued
 * @property {number} visits
 * @property {number} queued
 * @property {number} direct
 * @property {number} people
 * @property {number} called
 * @property {number} done
 * @property {number} no_show
 * @property {number} cases_accepted
 * @property {number} cases_finished
 * @property {number | null} mean_wait_s
 * @property {number | null} p90_wait_s
 * @property {number | null} mean_handle_s
 * @property {{active: number, satisfied: number, rateable: number}} ratings
 * @property {{no: number, state: string, number: string | null, since: string | null, done: number, mean_handle_s: number | null}[]} counters
 * @property {Waiting[]} waiting_tickets
 * @property {{state: string, behind: number, trouble: string, refused?: number}} platform
 * @property {Device[]} devices
 * @property {import("./health.js").Health} health
 */

export const LONG_S = 15 * 60;
export const LATE_S = 30 * 60;
const NONE = () => t("common.none");

/** "11.4" or "19": minutes with one decimal at most. @param {number} seconds */
export function minutes(seconds) {
  return (seconds / 60).toFixed(1).replace(/\.0$/, "");
}

/** "6:42" @param {number} seconds */
export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const [m, s] = [Math.floor((whole % 3600) / 60), String(whole % 60).padStart(2, "0")];
  return hours ? `${hours}:${String(m).padStart(2, "0")}:${s}` : `${m}:${s}`;
}

/** @param {string} label @param {string | number} value @param {string} unit @param {string} note @param {boolean} [alarm] */
function tile(label, value, unit, note, alarm = false) {
  return make("div", { class: alarm ? "alarm" : false }, make("span", { class: "label" }, label),
    make("b", { class: "value" }, value, value === NONE() ? null : make("small", {}, unit)), make("span", { class: "note" }, note));
}

/** @param {Element} place @param {Overview} view @param {Service[]} services */
export function showTiles(place, view, services) {
  const longest = view.longest_wait_s;
  const oldest = [...view.waiting_tickets].sort((one, other) => other.waited_s - one.waited_s)[0];
  const serving = view.counters.filter((counter) => counter.state === "serving").length;
  const called = view.counters.filter((counter) => counter.state === "called").length;
  const { active, satisfied, rateable } = view.ratings;
  const known = view.mean_wait_s !== null;
  fill(place,
    tile(t("manager.waiting"), view.waiting, t("manager.unit_people"), t("manager.waiting_note", { serving, called })),
    tile(t("manager.longest"), longest === null || !view.waiting ? NONE() : Math.floor(longest / 60), t("manager.unit_minutes"),
      oldest ? t("manager.longest_note", { number: oldest.number, service: serviceName(services, oldest.service) }) : t("manager.nobody_waits"), Boolean(view.waiting && longest !== null && longest >= LATE_S)),
    tile(t("manager.visits"), view.visits, t("manager.unit_visits"), t(view.direct ? "manager.visits_note_direct" : "manager.visits_note", { done: view.done, no_show: view.no_show, queued: view.queued, direct: view.direct })),
    tile(t("manager.mean_wait"), view.mean_wait_s !== null ? minutes(view.mean_wait_s) : NONE(), t("manager.unit_minutes"),
      known && view.p90_wait_s !== null ? t("manager.mean_wait_note", { p90: minutes(view.p90_wait_s), count: view.called }) : t("manager.nobody_called")),
    tile(t("manager.satisfied"), active ? satisfied : NONE(), t("manager.unit_of", { n: active }), t("manager.satisfied_note", { active, rateable })),
    tile(t("manager.cases"), view.cases_accepted, t("manager.unit_cases"), t("manager.cases_note", { finished: view.cases_finished })));
}

/** @param {Service[]} services @param {string} code */
const serviceName = (services, code) => (services.find((service) => service.code === code) || { name: code }).name;

// --- who waits -------------------------------------------------------------------------------

const LEFT = 150;
const RIGHT = 800;
const ROW = 34;
const NEAR = 50;

/** @param {Element} place @param {Overview} view @param {Service[]} services @param {boolean} asTable */
export function showAxis(place, view, services, asTable) {
  if (asTable) return fill(place, waitingTable(view, services));
  const high = 24 + services.length * ROW;
  const top = Math.max(0, ...view.waiting_tickets.map((one) => one.waited_s / 60));
  const step = [5, 10, 20, 30, 60, 120].find((each) => each * 8 >= top) || Math.ceil(top / 8);
  const scale = (RIGHT - LEFT) / (step * 8);
  const at = (/** @type {number} */ minute) => LEFT + minute * scale;
  const svg = vector("svg", { class: "axis", viewBox: `0 0 820 ${high + 30}`, role: "img", "aria-label": t("manager.axis_label", { n: view.waiting_tickets.length }) });
  band(svg, at(15), Math.min(RIGHT, at(30)), high, ["#FFF6DF", "#7A4D00", t("manager.over_15")]);
  band(svg, at(30), RIGHT, high, ["#FFE6D5", "#A03E00", t("manager.over_30")]);
  for (let tick = 0; tick <= 8; tick += 1) {
    const x = at(tick * step);
    svg.appendChild(vector("line", { x1: x, x2: x, y1: 6, y2: high, stroke: "#D9D6CC" }));
    const word = tick === 0 || tick === 8 ? t("manager.n_minutes", { n: tick * step }) : String(tick * step);
    text(svg, x, high + 18, word, { "text-anchor": "middle", "font-size": 13 });
  }
  services.forEach((service, order) => serviceRow(svg, service, 40 + order * ROW, view.waiting_tickets, at));
  fill(place, svg);
}

/** @param {SVGElement} svg @param {number} from @param {number} to @param {number} high @param {[string, string, string]} look */
function band(svg, from, to, high, [ground, ink, word]) {
  if (to - from < 4) return;
  svg.appendChild(vector("rect", { x: from, y: 6, width: to - from, height: high - 6, fill: ground }));
  if (to - from > 70) text(svg, from + 6, 20, word, { "font-size": 12, ink });
}

/** @param {SVGElement} svg @param {Service} service @param {number} y @param {Waiting[]} all @param {(minute: number) => number} at */
function serviceRow(svg, service, y, all, at) {
  const mine = all.filter((one) => one.service === service.code).sort((one, other) => one.waited_s - other.waited_s);
  text(svg, 0, y + 5, service.code, { class: "strong", "font-size": 15, "font-weight": 700 });
  text(svg, 18, y + 5, service.name.length > 14 ? `${service.name.slice(0, 13)}…` : service.name, { class: "strong", "font-size": 15 });
  text(svg, 136, y + 5, String(mine.length), { class: "strong", "font-size": 15, "font-weight": 700, "text-anchor": "end" });
  svg.appendChild(vector("line", { x1: LEFT, x2: RIGHT, y1: y, y2: y, stroke: "#D9D6CC" }));
  if (!mine.length) return text(svg, LEFT + 10, y + 5, t("manager.nobody"), { "font-size": 13 });
  for (const group of near(mine, at)) {
    const word = group.length > 1 ? `${group[group.length - 1].number} +${group.length - 1}` : group[0].number;
    const wide = 14 + word.length * 8.4;
    const middle = group.reduce((sum, one) => sum + placed(one, at), 0) / group.length;
    const x = Math.min(Math.max(LEFT, middle - wide / 2), RIGHT + 12 - wide);
    const mark = vector("g", { "data-line": parts(group[0].number)[0] }, vector("rect", { x, y: y - 12, width: wide, height: 24, rx: 5 }));
    text(mark, x + wide / 2, y + 5, word, { "font-size": 14, "text-anchor": "middle" });
    const title = vector("title", {});
    title.textContent = group.map((one) => `${one.number} ${t("manager.n_minutes", { n: Math.floor(one.waited_s / 60) })}`).join("\n");
    mark.appendChild(title);
    svg.appendChild(mark);
  }
}

/** Where the middle of a plate stands: it does not leave the axis at its beginning. @param {Waiting} one @param {(minute: number) => number} at */
const placed = (one, at) => Math.max(LEFT + NEAR / 2, at(one.waited_s / 60));

/** Plates that would cover each other become one. @param {Waiting[]} sorted @param {(minute: number) => number} at */
function near(sorted, at) {
  /** @type {Waiting[][]} */
  const groups = [];
  for (const one of sorted) {
    const last = groups[groups.length - 1];
    if (last && placed(one, at) - placed(last[last.length - 1], at) < NEAR) last.push(one);
    else groups.push([one]);
  }
  return groups;
}

/** @param {SVGElement} parent @param {number} x @param {number} y @param {string} word @param {Record<string, string | number>} look */
function text(parent, x, y, word, look) {
  const { ink, ...attributes } = look;
  const node = vector("text", { x, y, ...attributes });
  if (ink) node.style.fill = String(ink); // over the rule of the style sheet
  node.textContent = word;
  parent.appendChild(node);
}

/** @param {Overview} view @param {Service[]} services */
function waitingTable(view, services) {
  const names = new Map(services.map((service) => [service.code, service.name]));
  const rows = [...view.waiting_tickets].sort((one, other) => other.waited_s - one.waited_s);
  return make("table", { class: "table" },
    make("thead", {}, make("tr", {}, make("th", {}, t("manager.ticket")), make("th", {}, t("manager.service")), make("th", { class: "num" }, t("manager.waited")))),
    make("tbody", {}, rows.length ? rows.map((one) => make("tr", {}, make("td", {}, plate(one.number)), make("td", {}, names.get(one.service) || one.service), make("td", { class: "num" }, t("manager.n_minutes", { n: Math.floor(one.waited_s / 60) }))))
      : make("tr", {}, make("td", { class: "why", colspan: 3 }, t("manager.nobody_waits")))));
}

// --- counters --------------------------------------------------------------------------------

/** @type {Record<string, LampKind>} */
const COUNTER_LAMPS = { serving: "ok", called: "info", idle: "off", paused: "warn", closed: "off" };

/** @param {Element} place @param {Overview} view @param {HallClock} clock */
export function showCounters(place, view, clock) {
  fill(place, view.counters.map((counter) => make("tr", {},
    make("td", {}, make("span", { class: "no" }, counter.no)),
    make("td", {}, lamp(COUNTER_LAMPS[counter.state] || "off", t(`counters.${counter.state}`))),
    make("td", {}, counter.number ? plate(counter.number) : make("span", { class: "soft" }, NONE())),
    make("td", { class: "num" }, counter.number && counter.since ? span(clock.since(counter.since)) : NONE()),
    make("td", { class: "num" }, counter.done),
    make("td", { class: "num" }, counter.mean_handle_s === null ? NONE() : span(counter.mean_handle_s)))));
}

// --- things to do ----------------------------------------------------------------------------

/** @param {Element} place @param {Overview} view @param {Service[]} services @param {import("./manager_staff.js").Line[]} more what the lead sees to @returns {number} how many */
export function showToDo(place, view, services, more) {
  const lines = [...healthLines(view.health), ...more.map((one) => line(one.kind, one.word, one.title, one.note, t("manager.look"), one.href)), ...waitLines(view, services), ...deviceLines(view.devices), ...platformLines(view)];
  fill(place, lines.length ? lines : make("li", { class: "empty" }, icon("check"), make("b", {}, t("manager.to_do_none"))));
  return lines.length;
}

/** @param {LampKind} kind @param {string} word @param {string} title @param {string} note @param {string} [verb] @param {string} [href] */
function line(kind, word, title, note, verb, href = "#devices") {
  return make("li", {}, lamp(kind, word), make("div", {}, make("b", {}, title), make("small", {}, note)),
    verb ? make("a", { class: "small", href }, verb) : null);
}

/** @param {Overview} view @param {Service[]} services */
function waitLines(view, services) {
  const found = [];
  for (const service of services) {
    const late = view.waiting_tickets.filter((one) => one.service === service.code && one.waited_s >= LONG_S);
    if (!late.length) continue;
    const worst = late.reduce((one, other) => (other.waited_s > one.waited_s ? other : one));
    const over = worst.waited_s >= LATE_S;
    found.push(line(over ? "due" : "warn", t(over ? "manager.over_30_word" : "manager.over_15_word"), t("manager.long_wait", { service: service.name, n: late.length }),
      t("manager.long_wait_note", { number: worst.number, minutes: Math.floor(worst.waited_s / 60) })));
  }
  return found;
}

/** @param {Device[]} devices */
function deviceLines(devices) {
  return devices.filter((device) => !device.lost_with && deviceLamp(device)[0] !== "ok" && deviceLamp(device)[0] !== "off")
    .map((device) => line(deviceLamp(device)[0], deviceLamp(device)[1], deviceName(device), deviceNote(device), t("manager.look")));
}

/** @param {import("./health.js").Health} health */
function healthLines(health) {
  return [
    ...health.reasons.map((one) => line("over", t("manager.health_word"), said(one), t("manager.health_note"))),
    ...health.degraded.map((one) => line("warn", t("manager.restart_word"), said(one), t("manager.restart_note"))),
  ];
}

/** Why the platform takes nothing, "" when it does. @param {string} trouble a code: unreachable, bad-signature, http-503 */
function platformWhy(trouble) {
  if (!trouble) return "";
  if (trouble.startsWith("http-")) return t("manager.trouble.http", { status: trouble.slice(5) });
  const word = t(`manager.trouble.${trouble}`);
  return word.startsWith("manager.") ? trouble : word;
}

/** @param {Overview} view */
function platformLines(view) {
  const { state, behind, trouble, refused } = view.platform;
  const found = [];
  if (state !== "ok" && behind) {
    const why = platformWhy(trouble);
    const todo = t(`manager.trouble.${trouble}-do`);
    const notes = [t("manager.platform_behind", { count: behind }), todo.startsWith("manager.") ? "" : todo];
    found.push(line("warn", t("manager.behind_word"), why ? t("manager.platform_title", { why }) : t("manager.platform"), notes.filter(Boolean).join(t("manager.comma"))));
  }
  if (refused) found.push(line("over", t("manager.platform_refused_word"), t("manager.platform_refused", { n: refused }), t("manager.platform_refused_note")));
  return found;
}

// --- devices ---------------------------------------------------------------------------------

/** @type {Record<string, LampKind>} */
const DEVICE_LAMPS = { ok: "ok", fault: "over", lost: "over", connecting: "off" };

/** The lamp of a device; its detail is the better word where there is one. @param {Device} device @returns {[LampKind, string]} */
export function deviceLamp(device) {
  const state = DEVICE_LAMPS[device.state] || "warn";
  const word = device.detail && device.state !== "lost" ? t(`manager.device.${device.detail}`) : "";
  if (word && !word.startsWith("manager.")) return [state === "ok" ? "warn" : state, word];
  return [state, t(`manager.device.${device.state}`)];
}

/** "自助机打印 kiosk" @param {{id?: string, device?: string, kind: string}} device */
export function deviceName(device) {
  const kind = t(`manager.kind.${device.kind}`);
  const id = device.id || device.device || "";
  const tail = id.includes(":") ? id.slice(id.indexOf(":") + 1) : "";
  return [kind.startsWith("manager.") ? device.kind : kind, tail].filter(Boolean).join(" ");
}

/** The detail in words; a code that has none stands as it is. @param {Device} device */
export function deviceDetail(device) {
  const left = device.slips_left === null ? "" : t("manager.slips_left", { n: device.slips_left });
  if (!device.detail) return left;
  const word = t(`manager.device.${device.detail}`);
  return [word.startsWith("manager.") ? device.detail : word, left].filter(Boolean).join(t("manager.comma"));
}

/** @param {Device} device */
export function deviceNote(device) {
  if (device.detail === "paper-out") return t("manager.no_paper");
  const since = device.since ? t("manager.device_since", { time: timeOf(device.since) }) : "";
  return [deviceDetail(device), since].filter(Boolean).join(t("manager.comma"));
}

/** @param {string} at */
function timeOf(at) {
  const match = /T(\d\d):(\d\d)/.exec(at);
  return match ? `${Number(match[1])}:${match[2]}` : at;
}

/** One lamp for each kind of device. @param {Element} place @param {Overview} view */
export function showLamps(place, view) {
  const kinds = [...new Set(view.devices.map((device) => device.kind))];
  const rows = kinds.map((kind) => {
    const devices = view.devices.filter((device) => device.kind === kind);
    const good = devices.filter((device) => deviceLamp(device)[0] === "ok").length;
    const bad = devices.find((device) => deviceLamp(device)[0] !== "ok");
    const [mark, word] = deviceLamp(bad || devices[0]);
    const name = t(`manager.kind.${kind}`);
    return make("li", {}, name.startsWith("manager.") ? kind : name, lamp(mark, devices.length > 1 ? `${good} / ${devices.length}` : word));
  });
  const { state, behind, trouble } = view.platform;
  const waits = state !== "ok" && behind > 0;
  const why = platformWhy(trouble);
  const left = why ? t("manager.platform_why", { why, count: behind }) : t("manager.platform_n", { count: behind });
  rows.push(make("li", {}, t("manager.platform"), lamp(waits ? "warn" : "ok", waits ? left : t("manager.platform_ok"))));
  fill(place, rows);
}
