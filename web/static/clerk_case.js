/**
 * The case panel: the item that the citizen chose at the kiosk is proposed, the clerk accepts it
 * with one key or chooses another one; a visit without a case ends as advice.
 */
import { get } from "./api.js";
import { exactTime } from "./clerk_view.js";
import { fill, icon, make } from "./dom.js";
import { lamp } from "./plate.js";
import { t } from "./words.js";

/**
 * @typedef {import("./clerk_view.js").CounterView} CounterView
 * @typedef {import("./clerk_view.js").Ticket} Ticket
 * @typedef {object} Item
 * @property {string} code
 * @property {string} name
 * @property {string} owner
 * @property {string} service
 * @property {"immediate" | "promised" | "advice" | "theme" | "stopped"} kind
 * @property {number | null} legal_days
 * @property {number | null} promised_days
 * @property {string[]} materials
 * @property {number | null} minutes
 * @typedef {object} Case
 * @property {string} no
 * @property {string} item
 * @property {string} item_name
 * @property {"ACCEPTED" | "FINISHED" | "HANDED_ON"} state
 * @property {string} accepted_at
 * @property {string | null} finished_at
 */

export class CasePanel {
  /**
   * @param {HTMLElement} place
   * @param {{onAccept: () => void, onChange: () => void}} wishes
   */
  constructor(place, wishes) {
    this.place = place;
    this.wishes = wishes;
    /** @type {Item[]} */
    this.items = [];
    /** @type {CounterView | null} */
    this.view = null;
    /** @type {Map<string, Case>} */
    this.cases = new Map();
    /** @type {string | null} */
    this.ticket = null;
    /** @type {string | null} the code of the chosen item */
    this.chosen = null;
    this.choosing = false;
    this.lost = false;
    this.query = "";
    this.at = 0;
  }

  /** @param {CounterView} view @param {boolean} lost */
  async show(view, lost) {
    const ticket = view.ticket;
    this.view = view;
    this.lost = lost;
    if ((ticket && ticket.id) !== this.ticket) this._begin(ticket);
    if (ticket) await this._load(ticket);
    if (this.view === view) this._draw();
  }

  /** @param {Ticket | null} ticket */
  _begin(ticket) {
    this.ticket = ticket && ticket.id;
    this.cases.clear();
    this.query = "";
    this.at = 0;
    this.chosen = ticket && ticket.items.length ? ticket.items[0] : null;
    this.choosing = Boolean(ticket) && !this.chosen;
  }

  /** @param {Ticket} ticket */
  async _load(ticket) {
    if (!this.items.length) this.items = (await get("/api/v1/items?limit=500")).items;
    const unknown = ticket.cases.filter((no) => !this.cases.has(no));
    for (const found of await Promise.all(unknown.map((no) => get(`/api/v1/cases/${encodeURIComponent(no)}`)))) {
      this.cases.set(found.no, found);
      // A key box or another page may have accepted it: show what there is.
      if (!this.chosen) this.chosen = found.item;
      if (found.item === this.chosen) this.choosing = false;
    }
  }

  /** The chosen item. @returns {Item | null} */
  item() {
    return this.items.find((item) => item.code === this.chosen) || null;
  }

  /** The case of the chosen item, when it is accepted. */
  accepted() {
    return [...this.cases.values()].find((found) => found.item === this.chosen) || null;
  }

  /** Why 受理 cannot be pressed; "" when it can. @returns {string} */
  obstacle() {
    const item = this.item();
    if (this.lost) return t("clerk.off.lost");
    if (!this.ticket) return t("clerk.off.nothing_called");
    if (!item || this.choosing) return t("clerk.off.choose_item");
    if (this.accepted()) return t("clerk.off.accepted");
    if (item.kind === "stopped") return t("clerk.off.stopped");
    if (item.kind === "advice") return t("clerk.off.advice");
    return "";
  }

  /** Open the list of items and go to its search field (F10). */
  choose() {
    if (!this.ticket) return;
    this.choosing = true;
    this.query = "";
    this.at = 0;
    this._draw();
    const field = this.place.querySelector("input");
    if (field) field.focus();
  }

  _draw() {
    const view = this.view;
    const typing = this.place.contains(document.activeElement) && document.activeElement instanceof HTMLInputElement;
    if (!view || !view.ticket) return fill(this.place, this._heading(), empty());
    if (this.choosing) {
      if (typing && this.place.querySelector(".choose")) return; // do not take the field away from under the fingers
      return fill(this.place, this._heading(), this._others(null), this._chooser());
    }
    const item = this.item();
    const found = this.accepted();
    fill(this.place, this._heading(), this._others(found), item ? this._card(item) : null, stages(view, found, item),
      item ? materials(item) : null, this._acts(), item ? terms(item) : null);
  }

  _heading() {
    const found = this.choosing ? null : this.accepted();
    const state = found ? lamp(found.state === "ACCEPTED" ? "info" : "ok", t(`case_states.${found.state}`)) : this.ticket && !this.cases.size ? lamp("off", t("clerk.not_accepted")) : null;
    return make("div", { class: "heading" }, make("h2", {}, t("clerk.case")), state, found ? make("span", { class: "end" }, spaced(found.no)) : null);
  }

  /** Cases of this visit beside the shown one. @param {Case | null} shown */
  _others(shown) {
    const others = [...this.cases.values()].filter((found) => found !== shown);
    if (!others.length) return null;
    return make("ul", { class: "cases" }, others.map((found) => make("li", {}, make("span", { class: "code" }, found.item), make("b", {}, found.item_name),
      lamp("info", t(`case_states.${found.state}`)), make("span", { class: "end" }, spaced(found.no)))));
  }

  /** @param {Item} item */
  _card(item) {
    const proposed = this.view && this.view.ticket && this.view.ticket.items.includes(item.code);
    const change = make("button", { class: "small", type: "button", onclick: () => this.choose() },
      t(this.accepted() ? "clerk.one_more" : "clerk.change_item"), make("kbd", {}, "F10"));
    return make("div", { class: proposed ? "item proposed" : "item" }, make("span", { class: "code" }, item.code),
      make("div", {}, make("p", { class: "name" }, item.name),
        make("small", {}, [proposed ? t("clerk.proposed") : t("clerk.chosen"), t(`kinds.${item.kind}`)].join(t("clerk.comma")))), change);
  }

  _acts() {
    const found = this.accepted();
    if (found) return make("p", { class: "acts" }, make("span", { class: "soft" }, t("clerk.accepted_hint")));
    const obstacle = this.obstacle();
    return make("div", { class: "acts" },
      make("button", { class: "accept", id: "accept", type: "button", "aria-disabled": obstacle ? "true" : null, onclick: () => this.wishes.onAccept() },
        icon("file-text"), make("span", {}, t("clerk.key.accept")), obstacle ? make("em", {}, obstacle) : null, make("kbd", {}, "A")),
      make("span", { class: "soft" }, t("clerk.advice_hint")));
  }

  /** Items that fit the query; those of the ticket's service first. */
  _found() {
    const words = this.query.trim().toLowerCase();
    const service = this.view && this.view.ticket ? this.view.ticket.service : "";
    const fitting = this.items.filter((item) => (words ? `${item.code} ${item.name} ${item.owner}`.toLowerCase().includes(words) : item.service === service));
    return fitting.sort((one, other) => Number(other.service === service) - Number(one.service === service));
  }

  _chooser() {
    const ticket = this.view && this.view.ticket;
    const list = make("ul", { id: "items", role: "listbox", tabindex: 0, "aria-label": t("clerk.choose.title") });
    const field = make("input", { class: "search", type: "search", autocomplete: "off", placeholder: t("clerk.choose.find"), "aria-label": t("clerk.choose.find"), "aria-controls": "items" });
    field.value = this.query;
    const refresh = () => fill(list, this._rows());
    field.addEventListener("input", () => {
      this.query = field.value;
      this.at = 0;
      refresh();
    });
    field.addEventListener("keydown", (event) => this._move(event, refresh));
    list.addEventListener("keydown", (event) => this._move(event, refresh));
    refresh();
    const hint = this.cases.size || (ticket && ticket.items.length) ? null : make("p", { class: "soft" }, t("clerk.choose.none_chosen"));
    return make("div", { class: "choose" }, hint, field, list, make("p", { class: "keys" }, make("span", {}, make("kbd", {}, "F10"), ` ${t("clerk.choose.key_find")}`),
      make("span", {}, make("kbd", {}, "↑"), make("kbd", {}, "↓"), ` ${t("clerk.choose.key_move")}`), make("span", {}, make("kbd", {}, "Enter"), ` ${t("clerk.choose.key_take")}`), make("span", {}, make("kbd", {}, "Esc"), ` ${t("clerk.choose.key_leave")}`)));
  }

  _rows() {
    const found = this._found();
    if (!found.length) return [make("li", { class: "none" }, t("clerk.choose.nothing"))];
    return found.map((item, order) => {
      const stopped = item.kind === "stopped";
      const end = [t(`kinds.${item.kind}`), item.minutes ? t("clerk.minutes", { n: item.minutes }) : ""].filter(Boolean).join(t("clerk.list_comma"));
      return make("li", { class: order === this.at ? "at" : false, role: "option", "aria-selected": order === this.at ? "true" : "false", "aria-disabled": stopped ? "true" : null, onclick: () => this._take(item) },
        make("span", { class: "code" }, item.code), make("b", {}, item.name), make("span", { class: "end" }, end));
    });
  }

  /** @param {KeyboardEvent} event @param {() => void} refresh */
  _move(event, refresh) {
    if (event.isComposing) return;
    const found = this._found();
    if (event.key === "Escape") return this._leave();
    if (event.key === "Enter" && found[this.at]) this._take(found[this.at]);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.at = Math.max(0, Math.min(found.length - 1, this.at + (event.key === "ArrowDown" ? 1 : -1)));
      refresh();
      const row = this.place.querySelector("li.at");
      if (row) row.scrollIntoView({ block: "nearest" });
    } else return;
    event.preventDefault();
  }

  /** @param {Item} item */
  _take(item) {
    if (item.kind === "stopped") return;
    this.chosen = item.code;
    this.choosing = false;
    this._draw();
    this.wishes.onChange();
  }

  _leave() {
    const field = this.place.querySelector("input");
    if (field) field.blur();
    if (!this.chosen) return;
    this.choosing = false;
    this._draw();
  }
}

/** "431302 017 20261123 00017": a case number is read in groups. @param {string} no */
export function spaced(no) {
  const match = /^(\d{6})(\d{3})(\d{8})(\d+)$/.exec(no);
  return match ? match.slice(1).join(" ") : no;
}

function empty() {
  return make("div", { class: "empty" }, icon("file-text"), make("b", {}, t("clerk.no_case")), t("clerk.no_case_hint"));
}

/** @param {CounterView} view @param {Case | null} found @param {Item | null} item */
function stages(view, found, item) {
  const ticket = view.ticket;
  const start = ticket && (ticket.started_at || ticket.last_called_at);
  const end = item && item.kind === "immediate" ? "clerk.stage.finished" : "clerk.stage.handed_on";
  const closed = Boolean(found && found.state !== "ACCEPTED");
  /** @type {[string, string, string][]} */
  const steps = [
    ["past", t("clerk.stage.visit"), start ? exactTime(start) : ""],
    [closed ? "past" : "here", t("clerk.stage.accept"), found ? exactTime(found.accepted_at) : t("clerk.stage.waiting")],
    [closed ? "here" : "", t(end), found && found.finished_at ? exactTime(found.finished_at) : t(item && item.kind === "immediate" ? "clerk.stage.at_finish" : "clerk.stage.at_hand_on")],
  ];
  if (found && !closed) steps[1][0] = "here past";
  return make("ol", { class: "stages" }, steps.map(([state, name, at]) => make("li", { class: state || false }, make("i"), name, make("br"), at)));
}

/** @param {Item} item */
function materials(item) {
  const count = item.materials.length;
  const list = count ? make("ol", {}, item.materials.map((name, order) => make("li", {}, make("i", {}, order + 1), name))) : null;
  return make("div", { class: "materials" }, make("h3", {}, count ? t("clerk.materials", { n: count }) : t("clerk.materials_none")), list);
}

/** @param {Item} item */
function terms(item) {
  const days = (/** @type {number | null} */ n) => (n === null ? t("common.none") : n === 0 ? t("clerk.term.at_once") : t("clerk.term.days", { n }));
  /** @type {[string, string][]} */
  const rows = [
    [t("clerk.term.promised"), days(item.promised_days)], [t("clerk.term.legal"), days(item.legal_days)],
    [t("clerk.term.usual"), item.minutes ? t("clerk.minutes_long", { n: item.minutes }) : t("common.none")], [t("clerk.term.owner"), item.owner],
  ];
  return make("dl", { class: "terms" }, rows.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));
}
