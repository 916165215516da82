import { get } from "./api.js";
import { fill, make } from "./dom.js";
import { k, small } from "./kiosk_parts.js";

/**
 * The changing QR for phones. It is drawn by the hall's own service and renewed four times in its
 * life, so what stands here is good for at least a quarter of it; without an answer it goes away.
 * @returns {{element: HTMLElement, leave: () => void}}
 */
export function phoneCode() {
  const element = make("div", { class: "phone-code", hidden: true });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let gone = false;
  let shown = "";

  async function renew() {
    let seconds = 8;
    try {
      const answer = await get("/api/v1/phone-code", { timeoutMs: 4000 });
      seconds = answer.seconds;
      if (answer.code !== shown) await show(answer.code);
    } catch (error) {
      element.hidden = true;
      shown = "";
    }
    if (!gone) timer = setTimeout(() => void renew(), Math.max(1000, seconds * 250));
  }

  /** @param {string} code @returns {Promise<void>} */
  function show(code) {
    return new Promise((resolve, reject) => {
      const image = make("img", { src: `/kiosk/code.svg?c=${code}`, alt: k("phone_scan"), width: 220, height: 220,
        onload: () => { fill(element, image, make("strong", {}, k("phone_scan")), small("phone_scan")); element.hidden = false; shown = code; resolve(); },
        onerror: () => reject(new Error("no picture")) });
    });
  }

  void renew();
  return { element, leave: () => { gone = true; clearTimeout(timer); } };
}
