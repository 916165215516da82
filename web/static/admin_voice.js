import { get, LostError, post, ProblemError, sendFile } from "./api.js";
import { fill, find, icon, make } from "./dom.js";
import { Recorder } from "./recorder.js";
import { lang, t } from "./words.js";

/**
 * The words of the calls, recorded one after another: choose a word, record or upload it, hear
 * what the hall will hear. After a good recording the next missing word is chosen.
 *
 * @typedef {{word: string, seconds: number | null, level: number | null, optional: boolean, before: boolean}} Word
 * @typedef {{name: string, in_use: boolean, recorded: number, wanted: number, words: Word[]}} VoiceSet
 */

const LONG = 4; // signs, from which on a word is set smaller

/** @type {VoiceSet[]} */
let sets = [];
let chosen = 0;
let place = 0;
let busy = false;

const record = /** @type {HTMLButtonElement} */ (find("#record"));
const hear = /** @type {HTMLButtonElement} */ (find("#hear"));
const remove = /** @type {HTMLButtonElement} */ (find("#remove"));
const undo = /** @type {HTMLButtonElement} */ (find("#undo"));
const file = /** @type {HTMLInputElement} */ (find("#file"));
const sound = /** @type {HTMLAudioElement} */ (find("#sound"));
const recorder = new Recorder((level) => { find("#level").style.transform = `scaleX(${Math.min(1, level)})`; }, () => void stop());

const set = () => sets[chosen];
const word = () => set().words[place];
/** @param {string} step */
const way = (step) => `/api/v1/voice/sets/${encodeURIComponent(set().name)}/${step}`;

function draw() {
  const { name, in_use, recorded, wanted, words } = set();
  fill(find("#sets"), sets.map((one, at) => make("button", { class: at === chosen ? "btn on" : "btn", type: "button", "aria-pressed": String(at === chosen), onclick: () => { chosen = at; place = 0; draw(); } }, one.name)));
  find("#use").textContent = t(in_use ? "admin_voice.in_use" : "admin_voice.not_in_use", { name });
  find("#count").textContent = t("admin_voice.count", { n: recorded, of: wanted });
  const bar = /** @type {HTMLProgressElement} */ (find("#bar"));
  bar.max = wanted;
  bar.value = recorded;
  fill(find("#words"), words.map(tile));
  drawBooth();
}

/** @param {Word} one @param {number} at */
function tile(one, at) {
  const told = one.seconds === null ? t(one.optional ? "admin_voice.optional" : "admin_voice.missing") : seconds(one.seconds);
  const names = ["word", one.seconds !== null && "there", at === place && "on", one.word.length > LONG && "long"];
  return make("button", { class: names.filter(Boolean).join(" "), type: "button", "aria-pressed": String(at === place), onclick: () => choose(at) }, make("strong", {}, one.word), make("small", {}, told));
}

/** @param {number} value */
const seconds = (value) => t("admin_voice.seconds", { n: value.toFixed(2) });

function drawBooth() {
  const one = word();
  find("#word").textContent = one.word;
  find("#word").classList.toggle("long", one.word.length > LONG);
  const told = one.seconds === null ? t("admin_voice.missing") : `${seconds(one.seconds)} · ${t("admin_voice.level", { n: Math.round((one.level || 0) * 100) })}`;
  find("#state").textContent = told;
  record.classList.toggle("live", recorder.running);
  fill(record, icon(recorder.running ? "pause" : "play"), t(recorder.running ? "admin_voice.stop" : one.seconds === null ? "admin_voice.record" : "admin_voice.again"));
  record.disabled = busy;
  hear.disabled = remove.disabled = busy || one.seconds === null;
  undo.disabled = busy || !one.before;
}

/** @param {number} at */
function choose(at) {
  if (recorder.running || busy) return;
  place = at;
  say("");
  draw();
}

/** @param {string} sentence @param {"done" | "warn"} kind */
function say(sentence, kind = "done") {
  const bar = find("#said");
  bar.hidden = !sentence;
  bar.className = `bar round ${kind}`;
  fill(bar, icon(kind === "done" ? "done" : "warn"), make("span", {}, sentence));
}

/** @param {unknown} error */
function complain(error) {
  if (error instanceof ProblemError) say(error.sentence(lang()), "warn");
  else if (error instanceof LostError) say(t("admin_voice.lost"), "warn");
  else throw error;
}

/** @param {() => Promise<VoiceSet>} step @returns {Promise<boolean>} whether it was done */
async function change(step) {
  busy = true;
  drawBooth();
  try {
    sets[chosen] = await step();
    return true;
  } catch (error) {
    complain(error);
    return false;
  } finally {
    busy = false;
    draw();
  }
}

/** @param {Blob} data @param {number} at which word */
const send = (data, at) => change(() => sendFile(`${way("record")}?word=${encodeURIComponent(set().words[at].word)}`, data, "audio/wav"));

function play() {
  sound.src = `${way("word.wav")}?word=${encodeURIComponent(word().word)}`;
  sound.load(); // the address of a word stays when its sound has changed
  void sound.play().catch(() => undefined);
}

async function start() {
  if (!Recorder.possible) {
    say(t("admin_voice.no_microphone_here"), "warn");
    return;
  }
  say("");
  try {
    await recorder.start();
  } catch {
    say(t("admin_voice.no_microphone"), "warn");
  }
  drawBooth();
}

async function stop() {
  if (!recorder.running) return;
  const heard = await recorder.stop();
  if (await send(heard, place)) {
    say(t("admin_voice.stored", { word: word().word }));
    play();
    await new Promise((resolve) => { sound.onended = sound.onerror = resolve; });
    onward();
  }
}

/** Choose the next word that is missing. */
function onward() {
  const { words } = set();
  const order = [...words.keys()].map((step) => (place + 1 + step) % words.length);
  const next = order.find((at) => words[at].seconds === null && !words[at].optional);
  if (next !== undefined) place = next;
  draw();
}

/** Files that are named by their words go to these; a single other one goes to the chosen word. */
async function upload() {
  const files = [...(file.files || [])];
  let stored = 0;
  for (const one of files) {
    const named = set().words.findIndex(({ word: text }) => `${text}.wav`.toLowerCase() === one.name.toLowerCase());
    if (named < 0 && files.length > 1) {
      say(t("admin_voice.no_such_word", { name: one.name }), "warn");
      break;
    }
    if (named >= 0) place = named;
    if (!(await send(one, place))) break;
    stored += 1;
  }
  file.value = "";
  if (stored && stored === files.length) {
    say(stored === 1 ? t("admin_voice.stored", { word: word().word }) : t("admin_voice.stored_many", { n: stored }));
    if (stored === 1) play();
  }
}

record.addEventListener("click", () => void (recorder.running ? stop() : start()));
hear.addEventListener("click", play);
remove.addEventListener("click", async () => { if (await change(() => post(way("remove"), { word: word().word }))) say(t("admin_voice.removed", { word: word().word })); });
undo.addEventListener("click", async () => { if (await change(() => post(way("restore"), { word: word().word }))) say(t("admin_voice.restored", { word: word().word })); });
file.addEventListener("change", () => void upload());
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || event.target instanceof HTMLButtonElement || event.target instanceof HTMLInputElement) return;
  event.preventDefault();
  record.click();
});

async function begin() {
  try {
    sets = (await get("/api/v1/voice/sets")).items;
    draw();
  } catch (error) {
    complain(error);
  }
}

void begin();
