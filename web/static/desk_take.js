import { newKey } from "./api.js";
import { fill, find, icon, make } from "./dom.js";
import { d } from "./desk_parts.js";
import { block } from "./plate.js";
import { shutWords } from "./shut.js";
import { minutes, t } from "./words.js";

/**
 * A ticket for the person at the desk: service, then take. All else is offered, not asked.
 * @typedef {import("./desk_parts.js").Desk} Desk
 * @typedef {import("./desk_parts.js").Offered} Offered
 */

/** What was chosen; it begins anew after each ticket. */
const fresh = () => ({ services: /** @type {string[]} */ ([]), several: false, together: false, priority: "", clients: 1, escort: false, test: false, identity: "" });

/** @param {Desk} desk */
export function taking(desk) {
  let wish = fresh();
  let busy = false;
  /** @type {{text: string, key: string} | null} the last intention and its key, kept for repeats */
  let intention = null;
  const take = make("button", { class: "btn primary take", type: "submit" });
  const options = make("div", { class: "options" });
  const form = /** @type {HTMLFormElement} */ (find("#wish"));
  fill(form, options, take);
  form.addEventListener("submit", (event) => { event.preventDefault(); void send(); });

  /** @param {boolean} [anew] whatever is being typed belongs to the ticket before */
  function draw(anew = false) {
    drawServices();
    drawOptions(anew);
    drawTake();
  }

  function drawServices() {
    const held = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.code : undefined;
    const list = find("#services");
    const top = list.scrollTop;
    fill(list, desk.services.map(row));
    list.scrollTop = top;
    if (held) find(`#services [data-code="${held}"]`).focus({ preventScroll: true });
  }

  /** @param {Offered} service */
  function row(service) {
    const place = wish.services.indexOf(service.code);
    const range = minutes(service.wait);
    const outlook = service.shut ? shutWords(service.shut, desk.now.at)
      : service.ahead ? `${d("people", { n: service.ahead })}${range ? ` ${d("minutes", { range })}` : ""}` : d("nobody");
    return make("button", { class: place < 0 ? "service" : "service on", type: "button", "data-line": service.code, "data-code": service.code, disabled: Boolean(service.shut), "aria-pressed": place < 0 ? "false" : "true", onclick: () => pick(service.code) },
      block(service.code), make("strong", {}, service.name), make("span", { class: "outlook" }, outlook),
      place >= 0 && make("span", { class: "place" }, wish.several ? place + 1 : icon("check")));
  }

  /** @param {string} code */
  function pick(code) {
    const chosen = wish.services.includes(code);
    if (!wish.several) wish.services = chosen ? [] : [code];
    else wish.services = chosen ? wish.services.filter((one) => one !== code) : [...wish.services, code];
    drawServices();
    drawOptions();
    drawTake();
  }

  /** @param {string} words @param {boolean} on @param {() => void} turn @param {string} [hint] */
  function toggle(words, on, turn, hint) {
    return make("button", { class: on ? "toggle on" : "toggle", type: "button", "aria-pressed": on ? "true" : "false", "data-key": words, onclick: () => { turn(); draw(); refocus(words); } }, make("span", {}, words), hint && make("small", {}, hint));
  }

  /** Drawn anew, the key that was pressed keeps the focus. @param {string} words */
  function refocus(words) {
    const key = Array.from(options.querySelectorAll("[data-key]")).find((one) => one instanceof HTMLElement && one.dataset.key === words);
    if (key instanceof HTMLElement) key.focus({ preventScroll: true });
  }

  /** @param {boolean} [anew] */
  function drawOptions(anew = false) {
    if (!anew && options.contains(document.activeElement) && document.activeElement instanceof HTMLInputElement) return; // somebody types
    const order = wish.several && wish.services.length > 1;
    fill(options,
      make("div", { class: "line", role: "group", "aria-label": d("priority") }, make("span", { class: "label" }, d("priority")),
        toggle(d("priority_none"), !wish.priority, () => { wish.priority = ""; }),
        desk.page.priorities.map((code) => toggle(t(`priorities.${code}`), wish.priority === code, () => { wish.priority = code; }))),
      make("div", { class: "line" }, toggle(d("several"), wish.several, () => { wish.several = !wish.several; wish.services = wish.services.slice(0, 1); }, d("several_hint")),
        make("span", { class: "label" }, d("clients")), step(-1), make("output", { class: "clients" }, wish.clients), step(1)),
      order && make("div", { class: "line" }, toggle(d("in_order"), !wish.together, () => { wish.together = false; }),
        toggle(d("together"), wish.together, () => { wish.together = true; })),
      make("div", { class: "line" }, toggle(d("escort"), wish.escort, () => { wish.escort = !wish.escort; }, d("escort_hint")),
        toggle(d("test"), wish.test, () => { wish.test = !wish.test; }, d("test_hint"))),
      desk.page.identity !== "off" && identity());
  }

  /** @param {number} by */
  function step(by) {
    const to = wish.clients + by;
    const words = d(by < 0 ? "fewer" : "more");
    return make("button", { class: "toggle step", type: "button", "aria-label": words, "data-key": words, disabled: to < 1 || to > desk.page.clients_most, onclick: () => { wish.clients = to; drawOptions(); refocus(words); } }, by < 0 ? "−" : "＋");
  }

  function identity() {
    return make("label", { class: "line" }, make("span", { class: "label" }, d(desk.page.identity === "optional" ? "identity_optional" : "identity")),
      make("input", { class: "search", type: "text", autocomplete: "off", spellcheck: "false", maxlength: 22, value: wish.identity, oninput: (/** @type {Event} */ event) => { wish.identity = /** @type {HTMLInputElement} */ (event.target).value; } }));
  }

  function drawTake() {
    if (busy) return;
    take.disabled = !wish.services.length || desk.lost;
    fill(take, icon("ticket"), d(wish.services.length ? "take" : "take_first"), wish.services.length > 0 && make("kbd", {}, "F4"));
  }

  async function send() {
    if (busy || take.disabled) return;
    busy = true;
    const [service, ...further] = wish.services;
    const body = {
      service, source: "desk", ...(further.length && { further, together: wish.together }), ...(wish.priority && { priority: wish.priority }),
      ...(wish.clients > 1 && { clients: wish.clients }), ...(wish.escort && { escort: true }), ...(wish.test && { test: true }), ...(wish.identity.trim() && { identity: wish.identity.trim() }),
    };
    const text = JSON.stringify(body);
    if (!intention || intention.text !== text) intention = { text, key: newKey() };
    fill(take, make("span", { class: "spinner" }), d("taking"));
    const ticket = await desk.wish("/api/v1/tickets", { body, key: intention.key });
    busy = false;
    if (ticket) {
      intention = null;
      wish = fresh();
      desk.done(d("taken", { number: ticket.number }));
      desk.show(ticket.id, ticket.token);
    }
    draw(Boolean(ticket));
  }

  return { draw: () => draw(), send: () => void send(), /** The keyboard's way in. */ focus: () => { const first = document.querySelector("#services button:not(:disabled)"); if (first instanceof HTMLElement) first.focus(); } };
}
