/** The bench: one document of all simulated devices, read again and again while somebody looks. */
import { LostError, ProblemError, get, post } from "./api.js";
import { Counter } from "./bench_counter.js";
import { DayPanel } from "./bench_day.js";
import { showFaults } from "./bench_faults.js";
import { showInputs } from "./bench_inputs.js";
import { showScreens } from "./bench_led.js";
import { showPlatform } from "./bench_platform.js";
import { Printer } from "./bench_printer.js";
import { Loudspeaker } from "./bench_sound.js";
import { fill, find } from "./dom.js";
import { lamp } from "./plate.js";
import { lang, t } from "./words.js";

const EVERY_MS = 700;
const AFTER_ERROR_MS = 1500;
const SIM = "/api/v1/sim";

/** @type {Map<string, Printer>} */
const printers = new Map();
/** @type {Map<number, Counter>} */
const counters = new Map();
/** @type {Map<string, import("./bench_led.js").LedStrip>} */
const screens = new Map();
const speaker = new Loudspeaker(find("#speaker"));
const day = new DayPanel(find("#day"), act);
let reading = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let next;
/** The sentence of a refused press stays for a while. */
let toldAt = 0;

async function read() {
  clearTimeout(next);
  if (document.hidden) return;
  if (reading) {
    next = setTimeout(() => void read(), 100);
    return;
  }
  reading = true;
  let pause = EVERY_MS;
  try {
    show(await get(`${SIM}/bench`, { timeoutMs: 4000 }));
    day.show(await get(`${SIM}/day`, { timeoutMs: 4000 }));
    find("#day").hidden = false;
    alive(true);
  } catch (error) {
    alive(false, error);
    pause = AFTER_ERROR_MS;
  }
  reading = false;
  clearTimeout(next);
  next = setTimeout(() => void read(), pause);
}

/** Press, switch, break: then look at once. @param {string} path @param {object} body */
async function act(path, body) {
  try {
    await post(`${SIM}${path}`, body, { tries: 1 });
    if (toldAt) tell("");
  } catch (error) {
    tell(error instanceof ProblemError ? error.sentence(lang()) : t("bench.lost"));
    if (!(error instanceof ProblemError || error instanceof LostError)) throw error;
  }
  void read();
  setTimeout(() => void read(), 250);
}

/** @param {any} bench */
function show(bench) {
  for (const state of bench.printers) {
    let printer = printers.get(state.id);
    if (!printer) {
      printers.set(state.id, (printer = new Printer(state.id, act)));
      find("#printers").appendChild(printer.element);
    }
    printer.show(state);
  }
  const at = (/** @type {any[]} */ list, /** @type {number} */ no) => list.find((one) => one.counter === no);
  const numbers = new Set([...bench.leds, ...bench.keypads, ...bench.rating_boxes].map((one) => one.counter));
  for (const no of [...numbers].sort((one, other) => one - other)) {
    let counter = counters.get(no);
    if (!counter) {
      counters.set(no, (counter = new Counter(no, act)));
      find("#counters").appendChild(counter.element);
    }
    counter.show(at(bench.leds, no), at(bench.keypads, no), at(bench.rating_boxes, no));
  }
  showScreens(find("#screens"), bench.screens, screens);
  speaker.show(bench.speaker, bench.at, bench.speed);
  showFaults(find("#faults"), bench.faults, act);
  showInputs(find("#inputs"), bench, act);
  showPlatform(find("#platform"), bench.platform, act);
}

/** @param {boolean} ok @param {unknown} [error] */
function alive(ok, error) {
  const mark = find("#alive");
  const word = t(ok ? "bench.alive" : "bench.gone");
  if (mark.textContent !== word) fill(mark, lamp(ok ? "ok" : "over", word));
  find("#mat").classList.toggle("stale", !ok);
  if (!ok) tell(error instanceof ProblemError ? error.sentence(lang()) : t("bench.lost"));
  else if (toldAt && performance.now() - toldAt > 6000) tell("");
}

/** @param {string} sentence */
function tell(sentence) {
  toldAt = sentence ? performance.now() : 0;
  find("#bar").hidden = !sentence;
  find("#bar span").textContent = sentence;
}

function frame() {
  const now = performance.now();
  for (const counter of counters.values()) counter.strip.draw(now);
  for (const screen of screens.values()) screen.draw(now);
  speaker.tick();
}

document.addEventListener("visibilitychange", () => void read());
setInterval(frame, 50);
void document.fonts.ready.then(read);
