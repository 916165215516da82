import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

class FakeElement {
  constructor(tagName, inControl = false) {
    this.tagName = tagName;
    this.inControl = inControl;
  }

  closest() {
    return this.inControl ? this : null;
  }
}
/** @type {(event: object) => void} */
let press = () => {};
let dialog = null;
globalThis.HTMLElement = FakeElement;
globalThis.document = {
  addEventListener: (_type, listener) => { press = listener; },
  querySelector: () => dialog,
};
let now = 0;
globalThis.performance = { now: () => now };
const { Keyboard, circumstances, obstacle, padState } = await import("../../../web/static/clerk_keys.js");

const NORMAL = { lost: false, finishOnNext: false };
/** @type {string[]} */
let meant = [];

function down(code, more = {}) {
  let prevented = false;
  press({ code, target: new FakeElement("BODY"), preventDefault: () => { prevented = true; }, ...more });
  return prevented;
}

beforeEach(() => {
  meant = [];
  dialog = null;
  now += 10000;
  new Keyboard((name) => meant.push(name));
});

const filled = (states) => Object.entries(states).filter(([, state]) => state.filled).map(([name]) => name);

test("exactly one key is filled, and it is the next step", () => {
  assert.deepEqual(filled(padState("idle", NORMAL)), ["next"]);
  assert.deepEqual(filled(padState("called", NORMAL)), ["start"]);
  assert.deepEqual(filled(padState("serving", NORMAL)), ["finish"]);
});

test("a key that may not be pressed says why", () => {
  assert.equal(padState("serving", NORMAL).next.reason, "clerk.off.finish_first");
  assert.equal(padState("serving", NORMAL).recall.reason, "clerk.off.there");
  assert.equal(padState("idle", NORMAL)["no-show"].reason, "clerk.off.nothing_called");
  assert.equal(padState("called", NORMAL).finish.reason, "");
  assert.equal(padState("serving", { ...NORMAL, finishOnNext: true }).next.reason, "");
});

test("with a lost link no key is filled and none may be pressed", () => {
  const states = padState("called", { ...NORMAL, lost: true });
  assert.deepEqual(filled(states), []);
  assert.ok(Object.values(states).every((state) => state.reason === "clerk.off.lost"));
});

test("keys are read by their place, whatever NumLock says", () => {
  for (const code of ["NumpadEnter", "NumpadAdd", "NumpadSubtract", "NumpadDecimal", "Numpad0"]) assert.ok(down(code, { key: "Insert" }));
  assert.deepEqual(meant, ["next", "recall", "no-show", "start", "finish"]);
});

test("a held key and a second press within 600 ms count once", () => {
  down("NumpadEnter");
  down("NumpadEnter", { repeat: true });
  now += 300;
  down("NumpadEnter");
  assert.deepEqual(meant, ["next"]);
  now += 601;
  down("NumpadEnter");
  assert.deepEqual(meant, ["next", "next"]);
});

test("another key in between makes it a second press", () => {
  for (const code of ["NumpadEnter", "NumpadSubtract", "F2"]) down(code);
  assert.deepEqual(meant, ["next", "no-show", "next"]);
});

test("digits typed into a field are only digits; function keys still work", () => {
  const target = new FakeElement("INPUT");
  assert.equal(down("Numpad0", { target }), false);
  assert.equal(down("KeyA", { target }), false);
  down("F4", { target });
  assert.deepEqual(meant, ["finish"]);
});

test("a focused button keeps its own Enter, the pad's Enter calls the next", () => {
  const target = new FakeElement("BUTTON", true);
  assert.equal(down("Enter", { target }), false);
  assert.equal(down("NumpadEnter", { target }), true);
  assert.deepEqual(meant, ["next"]);
});

test("combinations, unfinished Chinese input and an open dialog mean nothing", () => {
  down("KeyA", { ctrlKey: true });
  down("Enter", { isComposing: true });
  down("Enter", { defaultPrevented: true });
  dialog = {};
  down("NumpadEnter");
  assert.deepEqual(meant, []);
});

test("a closed counter fills no key, a paused one the key that ends the pause", () => {
  assert.deepEqual(filled(padState("closed", NORMAL)), []);
  assert.deepEqual(filled(padState("paused", { ...NORMAL, resumes: true })), ["pause"]);
  assert.equal(padState("paused", NORMAL).next.reason, "");
  assert.equal(padState("closed", NORMAL).next.reason, "clerk.off.closed");
  const unsigned = padState("idle", { ...NORMAL, unsigned: true });
  assert.deepEqual([unsigned.next.reason, unsigned.pause.reason, filled(unsigned).length], ["clerk.off.not_signed_in", "clerk.off.not_signed_in", 0]);
});

test("recall and no-show say how long or how often until they may be pressed", () => {
  const off = (more) => { const { recall, "no-show": missed } = padState("called", { ...NORMAL, ...more }); return [recall.reason, recall.n, missed.reason, missed.n]; };
  assert.deepEqual(off({ recallInS: 12, noShowInS: 40 }), ["clerk.off.seconds", 12, "clerk.off.seconds", 40]);
  assert.deepEqual(off({ recalledOut: true, callsNeeded: 2, noShowInS: 40 }), ["clerk.off.recall_limit", 0, "clerk.off.more_calls", 2]);
});

test("while the lead is asked nobody is called, but what is here is finished", () => {
  assert.equal(padState("idle", { ...NORMAL, outage: true }).next.reason, "clerk.off.outage");
  assert.equal(padState("serving", { ...NORMAL, outage: true }).finish.reason, "");
});

const RULES = { sign_in: false, call_rights: ["s1"], recall_spacing_s: 20, recall_limit: 2, no_show_calls: 2 };
const at = (seconds) => new Date(1795393800000 + seconds * 1000).toISOString();
const VIEW = { state: "called", clerk: "s1", pause: null, parked: [], waiting: 0, undo: null, no_show_at: at(60), ticket: { last_called_at: at(10), calls: 1, clients: 1 } };

test("the rules of the hall file decide from when a key may be pressed", () => {
  const found = circumstances({ ...VIEW, undo: { step: "call", until: at(40) } }, RULES, Date.parse(at(15.5)));
  assert.deepEqual(found, { unsigned: false, recallInS: 15, recalledOut: false, callsNeeded: 1, noShowInS: 45, parked: 0, undoInS: 25, resumes: false });
  const later = circumstances({ ...VIEW, ticket: { ...VIEW.ticket, calls: 3 } }, { ...RULES, sign_in: true }, Date.parse(at(90)));
  assert.deepEqual([later.recallInS, later.recalledOut, later.callsNeeded, later.noShowInS, later.unsigned], [0, true, 0, 0, false]);
  assert.equal(circumstances({ ...VIEW, clerk: null }, { ...RULES, sign_in: true }, 0).unsigned, true);
  assert.equal(circumstances({ ...VIEW, state: "serving" }, RULES, Date.parse(at(12))).recallInS, 0);
});

test("the steps beside the pad say why they cannot be taken", () => {
  const idle = { ...VIEW, state: "idle", ticket: null };
  const why = (name, view, more = {}) => obstacle(name, view, { ...NORMAL, ...more }, RULES.call_rights);
  assert.equal(why("direct", idle), "");
  assert.equal(why("direct", { ...idle, waiting: 1 }), "clerk.off.people_waiting");
  assert.equal(why("direct", idle, { outage: true }), "");
  assert.equal(why("direct", { ...VIEW, state: "serving" }, { finishOnNext: true }), "clerk.off.finish_first");
  assert.equal(why("choose", idle), "");
  assert.equal(why("choose", { ...idle, clerk: "s2" }), "clerk.off.no_right");
  assert.equal(why("choose", idle, { outage: true }), "clerk.off.outage");
  assert.equal(why("split", idle), "clerk.off.nothing_called");
  assert.equal(why("split", VIEW), "clerk.off.no_batch");
  assert.equal(why("split", { ...VIEW, ticket: { ...VIEW.ticket, clients: 3 } }), "");
  assert.equal(why("back", { ...idle, recent: [{ state: "DONE" }] }), "clerk.off.none_missed");
  assert.equal(why("back", { ...idle, recent: [{ state: "DONE" }, { state: "NO_SHOW" }] }), "");
  assert.equal(why("seat", idle, { lost: true }), "clerk.off.lost");
});

test("the rest of the number pad and the letters have their meaning", () => {
  for (const code of ["NumpadDivide", "NumpadMultiply", "Numpad9", "Numpad4", "Numpad5", "Numpad8", "KeyD", "KeyC", "KeyS", "KeyB", "KeyL", "F8", "F9"]) down(code);
  assert.deepEqual(meant, ["undo", "pause", "unpark", "transfer", "park", "notice", "direct", "choose", "split", "back", "seat", "pause", "close"]);
  for (const code of ["Numpad1", "Numpad2", "Numpad3", "Numpad6", "Numpad7", "F5", "F11", "F12"]) assert.equal(down(code), false);
});

test("a notice needs somebody at the counter and an item", () => {
  assert.equal(padState("idle", NORMAL).notice.reason, "clerk.off.nothing_called");
  assert.equal(padState("serving", { ...NORMAL, itemless: true }).notice.reason, "clerk.off.choose_item");
  assert.equal(padState("serving", NORMAL).notice.reason, "");
});

test("with single keys off only the F keys act", () => {
  const board = new Keyboard((name) => meant.push(name));
  board.single = false;
  for (const code of ["KeyD", "Numpad0", "NumpadEnter"]) assert.equal(down(code), false);
  down("F2");
  assert.deepEqual(meant, ["next"]);
});

test("the Enter that confirmed a sheet calls nobody when it bounces", () => {
  const board = new Keyboard((name) => meant.push(name));
  meant.length = 0;
  board.take("park");
  board.settle();
  now += 300;
  board.take("next");
  assert.deepEqual(meant, ["park"]);
  board.take("park");
  now += 601;
  board.take("next");
  assert.deepEqual(meant, ["park", "park", "next"]);
});
