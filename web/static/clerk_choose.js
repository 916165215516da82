/** The list of counters, each with what it does now. */
import { fill, find } from "./dom.js";
import { Hall } from "./hall.js";
import { lamp, plate } from "./plate.js";
import { t } from "./words.js";

/** @type {Record<string, "ok" | "info" | "off" | "warn">} */
const LAMPS = { serving: "ok", called: "info", idle: "off", paused: "warn", closed: "off" };

const hall = new Hall({
  onChange() {
    if (!hall.state) return;
    for (const counter of hall.state.counters) {
      const link = document.querySelector(`[data-counter="${counter.no}"]`);
      if (!link) continue;
      fill(find(".state", link), lamp(LAMPS[counter.state] || "off", t(`counters.${counter.state}`)), counter.ticket ? plate(counter.ticket.number) : null);
    }
  },
});
void hall.start();
