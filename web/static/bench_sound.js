/** The loudspeaker: what it says now, as a wave, and what it said before. */
import { fill, icon, make, vector } from "./dom.js";
import { lamp } from "./plate.js";
import { t } from "./words.js";

/** @typedef {{id: string, text: string, voice: string, seconds: number, peaks: number[], started_at: string, ended_at: string | null, wav_url: string}} Phrase */

const BARS = 150;
const HIGH = 60;
const SHOWN = 6;

export class Loudspeaker {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
    this.player = new Audio();
    /** @type {Phrase | null} the one on show */
    this.phrase = null;
    this.drawn = "";
    /** Hall time of the last document, how fast it passes, and when the document came. */
    this.at = 0;
    this.speed = 1;
    this.came = 0;
    this.player.addEventListener("ended", () => this._draw());
    fill(place, make("h2", {}, t("bench.speaker"), make("small", {}, t("bench.one_at_a_time"))), make("p", { class: "soft" }, t("bench.nothing_spoken")));
  }

  /** @param {Phrase[]} phrases newest first @param {string} at @param {number} speed */
  show(phrases, at, speed) {
    this.at = Date.parse(at);
    this.speed = speed;
    this.came = performance.now();
    const now = phrases.map((phrase) => `${phrase.id}${phrase.ended_at}`).join();
    if (now === this.drawn || !phrases.length) return;
    this.drawn = now;
    this.phrases = phrases;
    this._draw();
  }

  _draw() {
    const [newest, ...older] = this.phrases || [];
    if (!newest) return;
    this.phrase = newest;
    const playing = newest.ended_at === null;
    fill(this.place,
      make("h2", {}, t("bench.speaker"), make("small", {}, t("bench.one_at_a_time")), playing ? lamp("info", t("bench.playing")) : null),
      make("div", { class: "saying" }, make("div", { class: "grille" }), make("div", { class: "wave" },
        make("p", { "data-text": newest.text }, newest.text, " ", make("small", { id: "played" }, t("bench.seconds", { n: newest.seconds.toFixed(1) }))), wave(newest)), this._button(newest)),
      make("ul", {}, older.slice(0, SHOWN).map((phrase) => make("li", {}, this._button(phrase), make("span", {}, phrase.text), make("em", {}, t("bench.said", { at: phrase.started_at.slice(11, 19), n: phrase.seconds.toFixed(1) }))))));
    this.tick();
  }

  /** @param {Phrase} phrase */
  _button(phrase) {
    return make("button", { class: "play", type: "button", "aria-label": `${t("bench.play")} ${phrase.text}`, onclick: () => this._play(phrase) }, icon("play"));
  }

  /** One at a time, here too. @param {Phrase} phrase */
  _play(phrase) {
    this.player.src = phrase.wav_url;
    this.player.play().catch(() => undefined); // too old: the simulators keep the newest only
  }

  /** Move the played part on. */
  tick() {
    const phrase = this.phrase;
    const clip = document.getElementById("played-part");
    if (!phrase || !clip) return;
    const heard = !this.player.paused && this.player.src.endsWith(phrase.wav_url);
    const playing = phrase.ended_at === null;
    const passed = heard ? this.player.currentTime : playing ? ((this.at - Date.parse(phrase.started_at)) / this.speed + performance.now() - this.came) / 1000 : 0;
    const part = Math.max(0, Math.min(1, passed / phrase.seconds));
    clip.setAttribute("width", String(part * BARS * 4));
    const word = document.getElementById("played");
    if (word) word.textContent = part > 0 && part < 1 ? t("bench.played", { done: passed.toFixed(1), n: phrase.seconds.toFixed(1) }) : t("bench.seconds", { n: phrase.seconds.toFixed(1) });
  }
}

/** Peaks as bars; the played part is yellow. @param {Phrase} phrase */
function wave(phrase) {
  const loudest = Math.max(0.05, ...phrase.peaks);
  const d = Array.from({ length: BARS }, (_, place) => {
    const peak = phrase.peaks[Math.floor((place * phrase.peaks.length) / BARS)] || 0;
    const tall = Math.max(2.4, (peak / loudest) * (HIGH - 6));
    return `M${place * 4 + 1.3} ${(HIGH - tall) / 2 + 1.3}v${Math.max(0.1, tall - 2.6)}`;
  }).join("");
  const clip = vector("clipPath", { id: "played-clip" }, vector("rect", { id: "played-part", x: 0, y: 0, width: 0, height: HIGH }));
  return vector("svg", { class: "bars", viewBox: `0 0 ${BARS * 4} ${HIGH}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    clip, vector("path", { d, class: "ahead" }), vector("path", { d, class: "heard", "clip-path": "url(#played-clip)" }));
}
