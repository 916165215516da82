/** A printer: its lamps and faults, the paper that hangs out of it, the bytes that made it. */
import { fill, find, make } from "./dom.js";
import { plate } from "./plate.js";
import { t } from "./words.js";

/**
 * @typedef {{text: string, width: number, height: number, bold: boolean, align: string, kind: string}} PaperLine
 * @typedef {{no: number, text: string, hex: string, qr: string | null, cut_at: string, bytes: number, ms: number, lines: PaperLine[]}} Ticket
 * @typedef {{id: string, width_dots: number, state: string, paper: string, cover: string, silent: boolean, waiting_bytes: number,
 *   tickets: number, garbage: number, last: Ticket[], open_lines: PaperLine[]}} PrinterState
 */

const FEED_MM_PER_S = 150;
const PX_PER_MM = 5; // 8 dots to the millimetre, 0.625 px to the dot
const NUMBER = /^[A-Z][0-9]{3,}$/;

/** The largest line of a slip is its number. @param {Ticket} ticket */
function numberOf(ticket) {
  const large = [...ticket.lines].sort((one, other) => other.height * other.width - one.height * one.width)[0];
  const word = large ? large.text.trim() : "";
  return NUMBER.test(word) ? word : `#${ticket.no}`;
}

export class Printer {
  /** @param {string} id @param {(path: string, body: object) => void} act */
  constructor(id, act) {
    this.id = id;
    this.act = act;
    /** @type {PrinterState | null} */
    this.state = null;
    /** @type {number | null} the ticket on show; null follows the newest */
    this.chosen = null;
    this.onShow = "";
    this.list = "";
    this.newest = -1;
    this.element = this._build();
  }

  _build() {
    return make("section", { class: "printer", "data-printer": this.id, "aria-label": `${t("bench.printer")} ${this.id}` },
      make("h2", {}, t("bench.printer"), make("small", { class: "facts" })),
      make("div", { class: "case" }, make("span", { class: "make" }, "ESC/POS"), make("p", { class: "lights" }), make("div", { class: "faults" }), make("div", { class: "slot" })),
      make("div", { class: "feed" }, make("div", { class: "sheet" })),
      make("p", { class: "hint" }),
      make("div", { class: "slips", role: "group", "aria-label": t("bench.slips") }),
      make("div", { class: "wire" }));
  }

  /** @param {PrinterState} state */
  show(state) {
    this.state = state;
    find(".facts", this.element).textContent = t("bench.printer_facts", { id: state.id, dots: state.width_dots, n: state.tickets });
    this._lights(state);
    this._faults(state);
    this._slips(state);
    this._paper(state);
  }

  /** @param {PrinterState} state */
  _lights(state) {
    const low = state.paper === "low";
    const bad = state.paper === "out" || state.cover === "open" || state.silent;
    const light = (/** @type {string} */ kind, /** @type {boolean} */ on, /** @type {string} */ word) => make("span", { class: on ? `on ${kind}` : false }, make("i"), word);
    const word = state.silent ? "bench.silent" : state.cover === "open" ? "bench.cover_open" : state.paper === "out" ? "bench.paper_out" : "bench.error";
    fill(find(".lights", this.element), light("green", !state.silent, t("bench.power")), light("amber", low, t("bench.paper_low")), light("red", bad, t(word)));
  }

  /** @param {PrinterState} state */
  _faults(state) {
    /** @type {[string, string, (string | boolean)[], (string | boolean)][]} name, group, values, present value */
    const groups = [["paper", "bench.paper", ["ok", "low", "out"], state.paper], ["cover", "bench.cover", ["closed", "open"], state.cover], ["silent", "bench.line", [false, true], state.silent]];
    const place = find(".faults", this.element);
    const now = JSON.stringify(groups);
    if (place.getAttribute("data-now") === now) return;
    place.setAttribute("data-now", now);
    fill(place, groups.map(([name, title, values, present]) => make("div", { class: "switch", role: "group", "aria-label": t(title) }, make("span", {}, t(title)),
      values.map((value) => make("button", { type: "button", "data-fault": `${name}:${value}`, "aria-pressed": String(value === present), onclick: () => this.act(`/printers/${this.id}/fault`, { [name]: value }) }, t(`bench.${name}_is.${value}`))))));
  }

  /** The last tickets as plates. @param {PrinterState} state */
  _slips(state) {
    const place = find(".slips", this.element);
    const shown = this._ticket(state);
    const now = `${state.last.map((ticket) => ticket.no).join()}|${shown && shown.no}`;
    if (now === this.list) return;
    this.list = now;
    fill(place, state.last.length > 1 ? [make("span", {}, t("bench.slips")), state.last.map((ticket, order) => {
      const number = numberOf(ticket);
      return make("button", { type: "button", "aria-pressed": String(ticket === shown), onclick: () => { this.chosen = order === 0 ? null : ticket.no; if (this.state) this.show(this.state); } }, NUMBER.test(number) ? plate(number) : number);
    })] : null);
  }

  /** @param {PrinterState} state @returns {Ticket | undefined} */
  _ticket(state) {
    return state.last.find((ticket) => ticket.no === this.chosen) || state.last[0];
  }

  /** @param {PrinterState} state */
  _paper(state) {
    const ticket = this._ticket(state);
    const open = state.open_lines.filter((line) => line.text.trim());
    const now = open.length ? `open ${open.map((line) => line.text).join("|")}` : ticket ? `${ticket.no}` : "";
    const hint = find(".hint", this.element);
    hint.textContent = open.length ? t("bench.uncut") : ticket ? "" : t("bench.no_paper_yet");
    if (now === this.onShow) return;
    this.onShow = now;
    const sheet = find(".sheet", this.element);
    sheet.setAttribute("data-text", ticket ? ticket.text : "");
    if (open.length) fill(sheet, this._plain(open, "slip plain open"));
    else if (ticket) this._slip(sheet, ticket);
    else fill(sheet);
    this._wire(ticket);
  }

  /** The picture of the printer's own dots; without a Chinese font on the server, text. @param {HTMLElement} sheet @param {Ticket} ticket */
  _slip(sheet, ticket) {
    const fresh = this.newest >= 0 && ticket.no > this.newest;
    this.newest = Math.max(this.newest, ticket.no);
    const picture = make("img", { class: "slip", src: `/api/v1/sim/printers/${this.id}/tickets/${ticket.no}.png`, alt: ticket.text });
    picture.addEventListener("load", () => {
      picture.style.width = `${picture.naturalWidth * 0.625}px`;
      if (fresh) this._feed(sheet, picture.naturalHeight * 0.625);
    });
    picture.addEventListener("error", () => fill(sheet, this._plain(ticket.lines, "slip plain")));
    fill(sheet, picture, make("p", { class: "sr" }, ticket.text));
  }

  /** Paper comes out at 150 mm/s. @param {HTMLElement} sheet @param {number} height */
  _feed(sheet, height) {
    sheet.style.transition = "none";
    sheet.style.transform = `translateY(-${height}px)`;
    sheet.getBoundingClientRect();
    sheet.style.transition = `transform ${height / PX_PER_MM / FEED_MM_PER_S}s linear`;
    sheet.style.transform = "none";
  }

  /** @param {PaperLine[]} lines @param {string} className */
  _plain(lines, className) {
    return make("div", { class: className }, lines.filter((line) => line.kind === "text").map((line) => {
      const node = make("p", {}, line.text || " ");
      node.style.fontSize = `${15 * Math.min(line.width, line.height)}px`;
      node.style.fontWeight = line.bold ? "700" : "400";
      return node;
    }));
  }

  /** @param {Ticket | undefined} ticket */
  _wire(ticket) {
    const place = find(".wire", this.element);
    if (!ticket) return fill(place);
    const bytes = ticket.hex.match(/../g) || [];
    const short = bytes.length > 44 ? [...bytes.slice(0, 32), "…", ...bytes.slice(-10)] : bytes;
    const path = ticket.qr && ticket.qr.replace(/^https?:\/\/[^/]+(?=\/t\/)/, "");
    const link = path && path.startsWith("/t/") ? make("a", { href: path, target: "_blank", rel: "noopener" }, ticket.qr) : ticket.qr;
    fill(place, ticket.qr ? make("p", { class: "qr" }, make("b", {}, t("bench.qr")), " ", link) : null, make("p", { class: "hex" }, short.join(" ")),
      make("p", {}, t("bench.wire", { n: ticket.bytes, ms: ticket.ms, at: ticket.cut_at.slice(11, 19) })));
  }
}
