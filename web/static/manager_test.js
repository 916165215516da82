/** The self-test before opening: its result sheet, one more now, and who heard the chime. */
import { fill, find, make } from "./dom.js";
import { wish } from "./manager_lead.js";
import { deviceName } from "./manager_now.js";
import { lamp } from "./plate.js";
import { lang, t, timeOfDay } from "./words.js";

/**
 * @typedef {{by: "player" | "machine" | "person", who: string | null, at: string | null}} SoundProof
 * @typedef {{device: string, kind: string, state: "ok" | "warn" | "fault" | "untested", detail: string, told: string,
 *   fault: import("./manager_now.js").Fault | null, sound: SoundProof | null}} TestRow
 * @typedef {{date: string, cause: string, planned_at: string | null, started_at: string, failed: number, warned: number, untested: number, rows: TestRow[]}} Sheet
 * @typedef {{running: boolean, next_at: string | null, sheet: Sheet | null}} OpeningTest
 */

/** @type {Record<string, import("./manager_now.js").LampKind>} */
const LAMPS = { ok: "ok", warn: "warn", fault: "over", untested: "off" };

/** What a lead has to look at: a test of today that found faults. @param {OpeningTest} test @param {string} date @returns {import("./manager_staff.js").Line[]} */
export function testLines(test, date) {
  const sheet = test.sheet;
  if (!sheet || !sheet.failed || sheet.date !== date) return [];
  const note = t("manager.test.to_do_note", { time: timeOfDay(sheet.started_at) });
  return [{ kind: "over", word: t("manager.test.to_do_word"), title: t("manager.test.to_do", { n: sheet.failed }), note, href: "#devices" }];
}

export class TestSheet {
  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    find("#test-now").addEventListener("click", () => void this._wish("/api/v1/opening-test", {}));
    find("#test-print").addEventListener("click", printSheet);
  }

  /** @param {OpeningTest} test */
  show(test) {
    const { running, sheet, next_at } = test;
    /** @type {HTMLButtonElement} */ (find("#test-now")).disabled = running;
    find("#test-print").hidden = !sheet;
    find("#test-table").hidden = !sheet;
    const next = next_at ? t("manager.test.next", { time: timeOfDay(next_at) }) : "";
    find("#test-note").textContent = running ? t("manager.test.running") : [sheet ? when(sheet) : "", sheet ? next : ""].filter(Boolean).join(t("manager.comma"));
    find("#test-sum").textContent = sheet ? sum(sheet) : next_at ? t("manager.test.none_next", { time: timeOfDay(next_at) }) : t("manager.test.none");
    fill(find("#test-rows"), sheet ? sheet.rows.map((one) => this._row(one)) : null);
  }

  /** @param {TestRow} one */
  _row(one) {
    const english = lang() === "en";
    const fault = one.fault;
    const code = fault ? (english ? fault.code_en : fault.code) : t("common.none");
    const what = fault ? make("div", {}, make("b", {}, english ? fault.text_en : fault.text), make("small", { class: "soft" }, english ? fault.action_en : fault.action)) : why(one);
    return make("tr", { "data-test": one.device }, make("td", {}, make("b", {}, nameOf(one))), make("td", {}, lamp(LAMPS[one.state], t(`manager.test.${one.state}`))),
      make("td", { class: "code" }, code), make("td", { class: "what" }, what || t("common.none")), make("td", {}, one.told || t("common.none")), make("td", {}, this._sound(one)));
  }

  /** Whose word it is that the chime was heard; a person may give theirs. @param {TestRow} one */
  _sound(one) {
    const sound = one.sound;
    if (!sound) return t("common.none");
    if (sound.by === "person") return t("manager.test.person", { who: sound.who && sound.who !== "manager" ? sound.who : t("manager.test.lead"), time: sound.at ? timeOfDay(sound.at) : "" });
    const tick = make("button", { class: "small noprint", type: "button", onclick: () => void this._wish("/api/v1/opening-test/heard", { device: one.device }) }, t("manager.test.heard"));
    return make("div", { class: "sound" }, t(`manager.test.${sound.by}`), tick);
  }

  /** @param {string} path @param {object} body */
  async _wish(path, body) {
    await wish(path, body, find("#test-wrong"));
    this.changed();
  }
}

/** "打印机 kiosk"; of the PC its part. @param {TestRow} one */
function nameOf(one) {
  if (one.kind === "system") return t(`manager.pc.${one.device.slice(7)}`);
  return deviceName(one);
}

/** Why it was not tested. @param {TestRow} one */
const why = (one) => (one.state === "untested" ? t(`manager.untested.${one.detail}`) : "");

/** @param {Sheet} sheet */
function when(sheet) {
  const facts = { date: sheet.started_at.slice(5, 10), time: timeOfDay(sheet.started_at) };
  return sheet.planned_at ? t("manager.test.planned", { ...facts, open: timeOfDay(sheet.planned_at) }) : t("manager.test.asked", facts);
}

/** @param {Sheet} sheet */
function sum(sheet) {
  const { failed, warned, untested } = sheet;
  const n = sheet.rows.length;
  return t("manager.test.sum", { n, good: n - failed - warned - untested, failed, warned, untested });
}

/** One page with the sheet alone. */
function printSheet() {
  document.body.classList.add("sheet-only");
  window.print();
  document.body.classList.remove("sheet-only");
}
