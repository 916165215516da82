import { t, timeOfDay } from "./words.js";

/**
 * Why no numbers are given out, as a newcomer is told.
 * @typedef {import("./hall.js").Shut} Shut
 */

/** "8:30", or with its day when it is another one. @param {string} at @param {string} now */
function whenAgain(at, now) {
  const [, month, day] = at.slice(0, 10).split("-").map(Number);
  const time = timeOfDay(at);
  return at.slice(0, 10) === now.slice(0, 10) ? time : `${t("book.day", { month, date: day })} ${time}`;
}

/** @param {Shut} shut @param {string} now the hall's time */
export function shutWords(shut, now) {
  if (shut.why === "stopped") return t(`stop.title.${shut.stop ? shut.stop.sentence : "other"}`);
  if (shut.why === "quota") return t("shut.quota");
  const [plain, opens] = shut.why === "band" ? ["band", "band_opens"] : ["hours", "hours_opens"];
  return shut.opens ? t(`shut.${opens}`, { time: whenAgain(shut.opens, now) }) : t(`shut.${plain}`);
}
