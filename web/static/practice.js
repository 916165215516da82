/** Practice: the tab on a counter's page tells which simulated citizen stands before the clerk. */
import { get } from "./api.js";
import { find } from "./dom.js";
import { t } from "./words.js";

const EVERY_MS = 1500;
const counter = /^\/clerk\/([1-9][0-9]*)$/.exec(location.pathname);
const tab = find("#practice span");
const plain = tab.textContent || "";

/** @param {string} no */
async function look(no) {
  try {
    const day = await get("/api/v1/sim/day", { timeoutMs: 4000 });
    const number = day.present && day.present[no];
    tab.textContent = number ? `${plain} ${t("clerk.practice_here", { number })}` : plain;
  } catch (error) {
    tab.textContent = plain;
  }
  setTimeout(() => void look(no), EVERY_MS);
}

if (counter) void look(counter[1]);
