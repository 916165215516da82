import { make, vector } from "./dom.js";

const AROUND = 2 * Math.PI * 60;

/**
 * A ring that empties, with the seconds inside; steps once a second.
 * @param {string} words what stands below, for example "秒后返回"
 * @returns {{element: HTMLElement, show: (left: number, total: number) => void}}
 */
export function countdown(words) {
  const left = vector("circle", { class: "left", cx: 68, cy: 68, r: 60, "stroke-dasharray": AROUND });
  const ring = vector("svg", { viewBox: "0 0 136 136", "aria-hidden": "true" }, vector("circle", { class: "way", cx: 68, cy: 68, r: 60 }), left);
  const number = make("b", {});
  const element = make("div", { class: "countdown", role: "timer" }, make("span", { class: "ring" }, ring, number), make("span", {}, words));
  return {
    element,
    show(seconds, total) {
      number.textContent = String(seconds);
      left.setAttribute("stroke-dashoffset", String(AROUND * (1 - seconds / total)));
    },
  };
}
