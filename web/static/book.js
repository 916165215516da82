import { get, LostError, newKey, post, ProblemError } from "./api.js";
import { carried, fill, find, icon, make } from "./dom.js";
import { chosenWords, slotPicker, startOf } from "./slots.js";
import { lang, speak, t } from "./words.js";

/**
 * Booking for citizens: choose, confirm, then the booking's own page.
 * @typedef {import("./slots.js").Choice} Choice
 */

/** @type {import("./slots.js").Booking} */
const page = carried("page");
const names = carried("names");
/** @type {Choice | null} */
let choice = null;
let typed = "";
let busy = false;
/** @type {{wish: string, key: string} | null} */
let intention = null;
/** @type {{date: string, at: string} | null} */
let now = null;

/** @param {string} key @param {Record<string, string | number>} [values] */
const w = (key, values) => t(`book.${key}`, values);

function draw() {
  find("#hall").textContent = lang() === "en" ? names.en : names.zh;
  const main = find("#main");
  main.removeAttribute("aria-busy");
  fill(main, page.services.length ? form() : make("section", { class: "say" }, icon("calendar"), make("h1", {}, w("nothing")), make("p", {}, w("nothing_hint"))));
  fill(find("#end"), make("div", { class: "tools" },
    make("button", { type: "button", lang: lang() === "en" ? "zh-CN" : "en", onclick: () => { speak(lang() === "en" ? "zh" : "en"); choice = null; draw(); } }, w("language")),
    make("a", { href: `tel:${names.phone}` }, names.phone)));
}

function form() {
  if (!now) return make("p", { class: "bar warn" }, make("span", { class: "spinner" }), w("lost"));
  const trouble = make("div", { role: "alert" });
  const send = make("button", { class: "btn primary stay", type: "submit" });
  const said = make("p", { class: "sr picked", role: "status" });
  const picker = slotPicker(page, now, (picked, touched) => {
    choice = picked;
    if (touched) fill(trouble);
    ready(send, said);
  });
  ready(send, said);
  return make("form", { class: "choose", novalidate: true, onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); void book(send, trouble, picker.reload, () => ready(send, said)); } },
    make("h1", {}, w("title")), make("p", { class: "soft" }, w("lead")), picker.element,
    page.identity !== "off" && make("label", { class: "field" }, make("span", {}, w(page.identity === "optional" ? "identity_optional" : "identity")),
      make("input", { type: "text", name: "identity", autocomplete: "off", spellcheck: "false", maxlength: 22, value: typed, oninput: (/** @type {Event} */ event) => { typed = /** @type {HTMLInputElement} */ (event.target).value; } }),
      make("small", { class: "soft" }, w("identity_hint"))),
    said, trouble, send);
}

/** @param {HTMLButtonElement} send @param {HTMLElement} said */
function ready(send, said) {
  send.disabled = !choice;
  said.textContent = choice ? chosenWords(choice) : "";
  fill(send, icon("calendar"), choice ? make("span", {}, w("confirm"), make("small", {}, chosenWords(choice))) : w("choose"));
}

/** @param {HTMLButtonElement} send @param {HTMLElement} trouble @param {() => Promise<void>} reload @param {() => void} settle */
async function book(send, trouble, reload, settle) {
  if (busy || !choice) return;
  busy = true;
  const wish = { service: choice.service.code, date: choice.date, start: startOf(choice.slot), ...(typed.trim() && { identity: typed.trim() }) };
  const text = JSON.stringify(wish);
  if (!intention || intention.wish !== text) intention = { wish: text, key: newKey() };
  fill(send, make("span", { class: "spinner" }), w("booking"));
  try {
    const booked = await post("/api/v1/appointments", wish, { key: intention.key, tries: 3 });
    location.replace(`/t/${booked.id}/${booked.token}`);
    return;
  } catch (error) {
    if (!(error instanceof ProblemError || error instanceof LostError)) throw error;
    const unsure = error instanceof LostError || error.status === 503;
    if (!unsure) intention = null;
    fill(trouble, make("p", { class: "bar warn round" }, icon("warn"), unsure ? w("unsure") : error.sentence(lang())));
    if (!unsure) void reload();
  }
  busy = false;
  settle();
}

async function start() {
  for (;;) {
    try {
      const state = await get("/api/v1/state");
      now = { date: state.date, at: state.at };
      draw();
      return;
    } catch (error) {
      draw();
      await new Promise((resolve) => setTimeout(resolve, 3000));
    }
  }
}
void start();
