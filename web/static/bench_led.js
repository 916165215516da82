/** An LED strip or screen, dot by dot in lines of 16: letters from our own table, Hanzi from the page's font. */
import { TOP, glyph } from "./bench_font.js";
import { make } from "./dom.js";
import { t } from "./words.js";

/** @typedef {{text: string, colour: string, effect: string, width_px: number, height_px: number, powered: boolean, shown_at: string | null}} LedState */

const PITCH = 4;
const DOT = 1.55;
const COVERAGE = 112; // of 255: a dot of a Hanzi is lit from 44 % on
const STEPS_PER_S = 40;
const FLASH_MS = 500;
const FLASHES = 3;
/** @type {Record<string, string>} */
const COLOURS = { red: "#FF4A36", yellow: "#FFB02E", green: "#3DE87A" };
const OFF = "#2A1512";

/** Dots of one line, column by column of 16 rows. @param {string} text @returns {boolean[][]} */
export function dots(text) {
  const columns = [...text].reduce((sum, letter) => sum + (letter.charCodeAt(0) < 256 ? 8 : 16), 0);
  const grid = Array.from({ length: columns }, () => new Array(16).fill(false));
  const sheet = document.createElement("canvas");
  [sheet.width, sheet.height] = [Math.max(1, columns), 16];
  const pen = /** @type {CanvasRenderingContext2D} */ (sheet.getContext("2d"));
  pen.fillStyle = "#fff";
  pen.font = `15.5px ${getComputedStyle(document.documentElement).getPropertyValue("--mono")}`;
  let x = 0;
  for (const letter of text) {
    const rows = glyph(letter);
    const narrow = letter.charCodeAt(0) < 256;
    if (rows) rows.forEach((row, y) => { for (let bit = 0; bit < 8; bit += 1) grid[x + bit][y + TOP] = Boolean(row & (128 >> bit)); });
    else if (letter.trim()) pen.fillText(letter, x + 0.25, 13.2);
    x += narrow ? 8 : 16;
  }
  const { data } = pen.getImageData(0, 0, sheet.width, 16);
  for (let column = 0; column < columns; column += 1) {
    for (let row = 0; row < 16; row += 1) if (data[(row * sheet.width + column) * 4 + 3] > COVERAGE) grid[column][row] = true;
  }
  return grid;
}

/**
 * The lines in which a text stands: its own rows, and what is too wide for one goes on below.
 * @param {string} text @param {number} columns letters in a line @param {number} most lines
 */
export function linesOf(text, columns, most) {
  if (most < 2) return [text.split("\n").join(" ")];
  const lines = [];
  for (const row of text.split("\n")) {
    let [line, used] = ["", 0];
    for (const letter of row) {
      const size = letter.charCodeAt(0) < 256 ? 1 : 2;
      if (used + size > columns) {
        lines.push(line);
        [line, used] = ["", 0];
      }
      line += letter;
      used += size;
    }
    lines.push(line);
  }
  return lines.slice(0, most);
}

/** One dot with its glow, drawn once for each colour. @param {string} colour @param {number} scale */
function sprite(colour, scale) {
  const side = PITCH * 4 * scale;
  const sheet = document.createElement("canvas");
  [sheet.width, sheet.height] = [side, side];
  const pen = /** @type {CanvasRenderingContext2D} */ (sheet.getContext("2d"));
  pen.fillStyle = colour;
  pen.shadowColor = colour;
  pen.shadowBlur = colour === OFF ? 0 : 3 * scale;
  pen.beginPath();
  pen.arc(side / 2, side / 2, DOT * scale, 0, 7);
  pen.fill();
  return sheet;
}

export class LedStrip {
  /** @param {HTMLCanvasElement} canvas @param {boolean} still  reduced motion: no flash, no scrolling */
  constructor(canvas, still) {
    this.canvas = canvas;
    this.still = still;
    this.shown = "";
    /** @type {boolean[][][]} a grid for each line */
    this.lines = [];
    this.height = 16;
    this.colour = COLOURS.red;
    this.width = 128;
    this.since = 0;
    this.flashing = false;
    this.drawn = "";
    /** @type {Map<string, HTMLCanvasElement>} */
    this.sprites = new Map();
  }

  /** @param {LedState} state */
  show(state) {
    const now = [state.text, state.colour, state.powered, state.shown_at].join("|");
    if (now === this.shown) return;
    const first = this.shown === "";
    this.shown = now;
    this.width = state.width_px;
    this.height = Math.max(16, state.height_px || 16);
    const most = state.effect === "left" ? 1 : Math.floor(this.height / 16);
    this.lines = state.powered && state.text ? linesOf(state.text, Math.floor(this.width / 8), most).map(dots) : [];
    this.colour = COLOURS[state.colour] || COLOURS.red;
    this.flashing = state.effect === "flash" && !first && !this.still;
    this.since = performance.now();
    this.draw(this.since);
  }

  /** Draw what stands there at this moment; nothing where nothing changed. @param {number} now */
  draw(now) {
    const passed = now - this.since;
    const dark = this.flashing && passed < 2 * FLASHES * FLASH_MS && Math.floor(passed / FLASH_MS) % 2 === 1;
    const shifts = this.lines.map((grid) => this._shift(grid, passed));
    const picture = `${this.shown}|${dark}|${shifts.join()}`;
    if (picture === this.drawn) return;
    this.drawn = picture;
    const scale = Math.max(1, Math.ceil(window.devicePixelRatio || 1));
    [this.canvas.width, this.canvas.height] = [this.width * PITCH * scale, this.height * PITCH * scale];
    const pen = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    const [on, off] = [this._sprite(this.colour, scale), this._sprite(OFF, scale)];
    const half = on.width / 2;
    for (const lit of [false, true]) {
      for (let x = 0; x < this.width; x += 1) {
        for (let y = 0; y < this.height; y += 1) {
          if ((!dark && this._isLit(x, y, shifts)) !== lit) continue;
          pen.drawImage(lit ? on : off, (x + 0.5) * PITCH * scale - half, (y + 0.5) * PITCH * scale - half);
        }
      }
    }
  }

  /** @param {number} x @param {number} y @param {number[]} shifts where each line begins */
  _isLit(x, y, shifts) {
    const top = Math.floor((this.height - 16 * this.lines.length) / 2);
    const line = Math.floor((y - top) / 16);
    const grid = this.lines[line];
    const column = grid && grid[x - shifts[line]];
    return Boolean(column && column[y - top - 16 * line]);
  }

  /** Where a line begins: centred on a multiple of 8; one that is too long runs through. @param {boolean[][]} grid @param {number} passed */
  _shift(grid, passed) {
    const spare = this.width - grid.length;
    if (spare >= 0) return Math.floor(spare / 2 / 8) * 8;
    if (this.still) return 0;
    const way = grid.length + this.width;
    return this.width - (Math.floor((passed / 1000) * STEPS_PER_S) % way);
  }

  /** @param {string} colour @param {number} scale */
  _sprite(colour, scale) {
    const name = `${colour}@${scale}`;
    let found = this.sprites.get(name);
    if (!found) this.sprites.set(name, (found = sprite(colour, scale)));
    return found;
  }
}

/** The main LEDs of the areas; each is made once. @param {HTMLElement} place @param {(LedState & {id: string})[]} states @param {Map<string, LedStrip>} known */
export function showScreens(place, states, known) {
  place.hidden = states.length === 0;
  for (const state of states) {
    let screen = known.get(state.id);
    if (!screen) {
      const canvas = make("canvas", { role: "img" });
      known.set(state.id, (screen = new LedStrip(canvas, window.matchMedia("(prefers-reduced-motion: reduce)").matches)));
      place.appendChild(make("div", { class: "led main", "data-screen": state.id }, canvas));
    }
    screen.show(state);
    screen.canvas.setAttribute("aria-label", t("bench.screen_says", { text: state.text.split("\n").join("，") }));
    screen.canvas.setAttribute("data-text", state.text);
  }
}
