import assert from "node:assert/strict";
import { test } from "node:test";

const texts = JSON.stringify({ zh: { "kiosk.about": "约 {range} 分钟", "kiosk.monday": "星期一", "kiosk.sad_noon": "中午休息", "kiosk.shut_hours_title": "还没到取号时间", "kiosk.shut_opens": "{time} 后开放", "kiosk.sad_next": "{day} {time} 开始取号", "kiosk.tomorrow": "明天", "kiosk.today": "今天" }, en: { "kiosk.about": "{range} min" } });
globalThis.document = { documentElement: { lang: "zh-CN" }, getElementById: () => ({ textContent: texts }) };
const { minutes, speak, t, timeOfDay } = await import("../../../web/static/words.js");
const { initials } = await import("../../../web/static/pinyin.js");
const { parts, reading } = await import("../../../web/static/plate.js");
const { HallClock } = await import("../../../web/static/clock.js");
const { shutWords } = await import("../../../web/static/kiosk_parts.js");

test("a wait is told in whole steps of five minutes, never as a point", () => {
  assert.equal(minutes(null), null);
  assert.equal(minutes({ low_s: 16 * 60, high_s: 23 * 60 }), "15～25");
  assert.equal(minutes({ low_s: 0, high_s: 60 }), "0～5");
  assert.equal(minutes({ low_s: 600, high_s: 600 }), "10～15");
  assert.equal(minutes({ low_s: 3700, high_s: 5000 }), "60+");
  speak("en");
  assert.equal(minutes({ low_s: 16 * 60, high_s: 23 * 60 }), "15–25");
  speak("zh");
});

test("texts follow the language and fall back to Chinese", () => {
  assert.equal(t("kiosk.about", { range: "5～10" }), "约 5～10 分钟");
  speak("en");
  assert.equal(t("kiosk.about", { range: "5～10" }), "5～10 min");
  assert.equal(t("kiosk.monday"), "星期一");
  speak("zh");
});

test("items are found by the first letters of their Pinyin", () => {
  assert.equal(initials("高龄老人生活补贴"), "GLLRSHBT");
  assert.equal(initials("城乡居民基本养老保险参保登记"), "CXJMJBYLBXCBDJ");
  assert.equal(initials("困难残疾人生活补贴"), "KNCJRSHBT");
  assert.equal(initials("残疾人证换领/补办"), "CJRZHL/BB");
  assert.equal(initials("耕地地力保护补贴信息核对"), "GDDLBHBTXXHD");
});

test("a number is read digit by digit", () => {
  assert.equal(reading("A006"), "A 零 零 六");
  assert.deepEqual(parts("A1000"), ["A", "1000"]);
});

test("the hall's clock shows the hall's zone and learns a faster rate", (context) => {
  let now = 1000;
  context.mock.method(performance, "now", () => now);
  const clock = new HallClock();
  clock.sync("2026-11-23T09:42:00.000+08:00");
  assert.equal(clock.time(), "9:42");
  assert.equal(clock.day("zh"), "11月23日 星期一");
  now += 10000;
  clock.sync("2026-11-23T09:52:00.000+08:00");
  now += 2000;
  assert.equal(clock.time(), "9:54");
  assert.equal(timeOfDay("2026-11-23T09:02:00.000+08:00"), "9:02");
});

test("a service without numbers says when it opens: after lunch, tomorrow, on Monday", () => {
  const service = { hours: ["08:30-12:00", "14:00-17:30"] };
  const at = (day, hour) => new Date(Date.UTC(2026, 10, day, hour)); // 23 November 2026 is a Monday
  const told = (opens, now) => shutWords(service, { why: "hours", stop: null, opens }, now);
  assert.equal(told("2026-11-23T14:00:00.000+08:00", at(23, 12)).title, "中午休息");
  assert.equal(told("2026-11-23T14:00:00.000+08:00", at(23, 12)).short, "14:00 后开放");
  assert.equal(told("2026-11-23T08:30:00.000+08:00", at(23, 7)).title, "还没到取号时间");
  assert.equal(told("2026-11-24T08:30:00.000+08:00", at(23, 18)).todo, "明天 8:30 开始取号");
  assert.equal(told("2026-11-30T08:30:00.000+08:00", at(27, 18)).todo, "星期一 8:30 开始取号");
  assert.equal(told(null, at(23, 9)).todo, "");
});
