import { get } from "./api.js";
import { fill, find, make } from "./dom.js";
import { d } from "./desk_parts.js";

/**
 * The one-time notice at the desk: first the item, then what is missing.
 * @typedef {import("./desk_parts.js").Desk} Desk
 * @typedef {{code: string, name: string, owner: string, service: string, kind: string, materials: string[]}} Item
 */

const SHOWN = 8;

/** @param {Desk} desk @param {{id: string, number: string, service: string, items: string[]} | null} ticket null: somebody without a number */
export async function noticeDialog(desk, ticket) {
  const items = /** @type {Item[]} */ ((await get("/api/v1/items?limit=500")).items).filter((item) => item.kind !== "stopped");
  const dialog = /** @type {HTMLDialogElement} */ (find("#sure"));
  const chosen = ticket && items.find((item) => ticket.items.includes(item.code));
  if (chosen) materials(desk, dialog, chosen, ticket);
  else choose(desk, dialog, items, ticket);
  dialog.showModal();
}

/** @param {Desk} desk @param {HTMLDialogElement} dialog @param {Item[]} items @param {{id: string, number: string, service: string} | null} ticket */
function choose(desk, dialog, items, ticket) {
  const rows = make("div", { class: "choices" });
  const field = make("input", { class: "search", type: "text", autocomplete: "off", placeholder: d("notice_find"), "aria-label": d("notice_find") });
  const draw = () => {
    const words = field.value.trim().toLowerCase();
    const fitting = items.filter((item) => (words ? `${item.code} ${item.name} ${item.owner}`.toLowerCase().includes(words) : !ticket || item.service === ticket.service));
    fill(rows, fitting.length ? fitting.slice(0, SHOWN).map((item) => make("button", { class: "btn", type: "button", onclick: () => materials(desk, dialog, item, ticket) }, item.name)) : make("p", {}, d("notice_none")));
  };
  field.addEventListener("input", draw);
  draw();
  fill(dialog, make("h2", { id: "sure-title" }, d("notice_title")), make("p", {}, d("notice_item")), field, rows,
    make("div", { class: "buttons" }, leave(dialog)));
  field.focus();
}

/** @param {Desk} desk @param {HTMLDialogElement} dialog @param {Item} item @param {{id: string} | null} ticket */
function materials(desk, dialog, item, ticket) {
  const boxes = item.materials.map((name) => make("input", { type: "checkbox", value: name }));
  const print = async () => {
    dialog.close();
    const missing = boxes.filter((box) => box.checked).map((box) => box.value);
    const answer = await desk.wish("/api/v1/notices", { body: { item: item.code, missing, ...(ticket && { ticket: ticket.id }) } });
    if (answer) desk.done(d("notice_done", { name: item.name }));
  };
  fill(dialog, make("h2", { id: "sure-title" }, item.name), make("p", {}, d(item.materials.length ? "notice_missing" : "notice_nothing")),
    make("div", { class: "choices missing" }, boxes.map((box) => make("label", { class: "btn" }, box, box.value))),
    make("div", { class: "buttons" }, make("button", { class: "btn primary", type: "button", autofocus: true, onclick: () => void print() }, d("notice_print")), leave(dialog)));
}

/** @param {HTMLDialogElement} dialog */
const leave = (dialog) => make("button", { class: "btn", type: "button", onclick: () => dialog.close() }, d("notice_leave"));
