/** What is broken, and what else can be broken: one row for each device, drawn from the bench's document. */
import { fill, find, make } from "./dom.js";
import { t } from "./words.js";

/**
 * @typedef {string | number | boolean} Value
 * @typedef {{name: string, value: Value, choices: Value[], most: number, once: boolean}} Fault
 * @typedef {{device: string, faults: Fault[]}} Device
 * @typedef {(path: string, body: object) => void} Act
 */

const ELSEWHERE = ["platform"]; // has its own switch below

/** @param {HTMLElement} place @param {Device[]} all @param {Act} act */
export function showFaults(place, all, act) {
  const devices = all.filter(({ device }) => !ELSEWHERE.includes(device));
  const shape = JSON.stringify(devices.map(({ device, faults }) => [device, faults.map(({ name }) => name)]));
  if (place.getAttribute("data-shape") !== shape) {
    place.setAttribute("data-shape", shape);
    build(place, devices, act);
  }
  const broken = devices.flatMap(({ device, faults }) => faults.filter(isActive).map((fault) => `${nameOf(device)} ${saying(fault)}`));
  const now = JSON.stringify(devices.map(({ faults }) => faults.map(({ value }) => value)));
  if (place.getAttribute("data-now") === now) return;
  place.setAttribute("data-now", now);
  fill(find("#broken", place), broken.length ? broken.map((words) => make("span", { class: "chip" }, words)) : make("small", {}, t("bench.no_faults")));
  /** @type {HTMLButtonElement} */ (find("#mend", place)).disabled = broken.length === 0 && !all.some(({ faults }) => faults.some(isActive));
  for (const { device, faults } of devices) update(find(`[data-device="${device}"]`, place), faults);
}

/** @param {HTMLElement} place @param {Device[]} devices @param {Act} act */
function build(place, devices, act) {
  place.hidden = devices.length === 0;
  fill(place,
    make("h2", {}, t("bench.faults"), make("span", { id: "broken" }), make("button", { type: "button", id: "mend", onclick: () => act("/faults/clear", {}) }, t("bench.mend"))),
    make("details", { class: "all" }, make("summary", {}, t("bench.break")),
      make("div", { class: "rows" }, devices.map(({ device, faults }) => make("details", { "data-device": device },
        make("summary", {}, make("b", {}, nameOf(device)), make("span", { class: "now" })),
        make("div", { class: "ways" }, faults.map((fault) => control(device, fault, act))))))));
}

/** @param {string} device @param {Fault} fault @param {Act} act */
function control(device, fault, act) {
  const label = t(`bench.fault.${fault.name}`);
  const set = (/** @type {Value} */ value) => act("/faults", { device, faults: { [fault.name]: value } });
  if (isFlag(fault)) {
    const button = make("button", { type: "button", "data-way": fault.name, "aria-pressed": fault.once ? null : "false", onclick: () => set(fault.once || button.getAttribute("aria-pressed") !== "true" ? !fault.choices[0] : fault.choices[0]) }, label);
    return make("div", { class: "switch" }, button);
  }
  return make("div", { class: "switch", role: "group", "aria-label": label }, make("span", {}, label),
    fault.choices.map((value) => make("button", { type: "button", "data-way": `${fault.name}:${value}`, "aria-pressed": "false", onclick: () => set(value) }, wordOf(fault, value))));
}

/** @param {Element} row @param {Fault[]} faults */
function update(row, faults) {
  for (const fault of faults) {
    if (fault.once) continue;
    if (isFlag(fault)) find(`[data-way="${fault.name}"]`, row).setAttribute("aria-pressed", String(isActive(fault)));
    else for (const value of fault.choices) find(`[data-way="${fault.name}:${value}"]`, row).setAttribute("aria-pressed", String(value === fault.value));
  }
  fill(find(".now", row), faults.filter(isActive).map((fault) => make("span", { class: "chip" }, saying(fault))));
}

/** @param {Fault} fault */
function isFlag(fault) {
  return fault.choices.length === 2 && fault.choices.every((value) => typeof value === "boolean");
}

/** @param {Fault} fault */
function isActive(fault) {
  return !fault.once && fault.value !== fault.choices[0];
}

/** @param {Fault} fault */
function saying(fault) {
  const label = t(`bench.fault.${fault.name}`);
  return isFlag(fault) ? label : `${label} ${wordOf(fault, fault.value)}`;
}

/** A choice in words. @param {Fault} fault @param {Value} value */
function wordOf(fault, value) {
  if (typeof value === "string") return t(`bench.fault_is.${value}`);
  if (value === fault.choices[0]) return t("bench.fault_is.ok");
  if (fault.name === "slow_ms") return t("bench.seconds", { n: Number(value) / 1000 });
  if (fault.name === "stuck_input") return t("bench.input_n", { n: Number(value) });
  return fault.name === "ignore_acks" ? t("bench.times", { n: Number(value) }) : `${value}%`;
}

/** @param {string} device */
function nameOf(device) {
  const [kind, id] = device.split(":");
  return `${t(`bench.device.${kind}`)} ${id}`;
}
