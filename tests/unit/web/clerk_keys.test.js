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
const { Keyboard, padState } = await import("../../../web/static/clerk_keys.js");

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
  dialog = {};
  down("NumpadEnter");
  assert.deepEqual(meant, []);
});
