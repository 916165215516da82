/** The health view: a card for each fault, and every device with its counters. */
import { fill, make } from "./dom.js";
import { deviceDetail, deviceLamp, deviceName } from "./manager_now.js";
import { lamp } from "./plate.js";
import { lang, t } from "./words.js";

/** @typedef {import("./manager_now.js").Device} Device */

const COLUMNS = 10;
const NONE = () => t("common.none");

/** "11-23 9:05" @param {string | null} at */
const moment = (at) => (at ? `${at.slice(5, 10)} ${at.slice(11, 16)}` : NONE());

/** What can be said on the phone: "打印 12". @param {{code: string, code_en: string}} one */
const spoken = (one) => (lang() === "en" ? one.code_en : one.code);

/** @param {Element} place @param {Device[]} devices */
export function showFaultCards(place, devices) {
  fill(place, devices.flatMap((device) => {
    if (!device.fault) return [];
    const { text, text_en, action, action_en } = device.fault;
    const [what, todo] = lang() === "en" ? [text_en, action_en] : [text, action];
    return [make("li", { "data-device": device.id }, make("b", { class: "code" }, spoken(device.fault)),
      make("div", {}, make("b", {}, `${deviceName(device)}${t("manager.colon")}${what}`), make("p", {}, todo),
        make("small", { class: "soft" }, t("manager.device_since", { time: moment(device.since) }))))];
  }));
}

/** Pictures of slips are drawn when somebody opens them. @param {Element[]} all */
export function showSlips(all) {
  for (const details of all) {
    const printer = encodeURIComponent(details.getAttribute("data-printer") || "");
    const place = details.querySelector(".papers");
    details.addEventListener("toggle", () => {
      if (!place || place.childElementCount) return;
      fill(place, ["ticket", "notice"].map((slip) => make("figure", {}, make("figcaption", {}, t(`manager.slip.${slip}`)),
        make("img", { src: `/api/v1/printers/${printer}/preview.png?slip=${slip}`, alt: t("manager.slip.alt", { printer: details.getAttribute("data-printer") || "", slip: t(`manager.slip.${slip}`) }) }))));
    });
  }
}

/** @param {Element} place @param {Device[]} devices */
export function showDeviceTable(place, devices) {
  fill(place, devices.map(row));
  if (!devices.length) fill(place, make("tr", {}, make("td", { class: "why", colspan: COLUMNS }, t("manager.no_devices"))));
}

/** @param {Device} device */
function row(device) {
  const [kind, word] = deviceLamp(device);
  const counters = device.counters;
  const count = (/** @type {"frames" | "retries" | "crc_errors" | "time_outs"} */ name) => make("td", { class: "num" }, counters ? counters[name] : NONE());
  const latency = counters && counters.latency_ms !== null ? `${Math.round(counters.latency_ms)} / ${Math.round(counters.worst_ms || 0)}` : NONE();
  const error = device.last_error;
  return make("tr", { "data-device": device.id }, make("td", {}, make("b", {}, deviceName(device))),
    make("td", {}, lamp(kind, word)), make("td", {}, deviceDetail(device) || NONE()), make("td", {}, moment(device.since)),
    make("td", {}, error ? `${spoken(error)} · ${moment(error.at)}` : NONE()),
    count("frames"), count("retries"), count("crc_errors"), count("time_outs"), make("td", { class: "num" }, latency));
}
