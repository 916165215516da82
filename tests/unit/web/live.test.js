import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

/** The browser's EventSource, driven by hand. */
class FakeEventSource extends EventTarget {
  static CLOSED = 2;
  static made = [];

  constructor(url) {
    super();
    this.url = url;
    this.readyState = 0;
    FakeEventSource.made.push(this);
  }

  close() {
    this.readyState = 2;
  }

  /** @param {string} type @param {unknown} data @param {number} [id] */
  tell(type, data, id) {
    this.dispatchEvent(Object.assign(new Event(type), { data: JSON.stringify(data), lastEventId: id ? String(id) : "" }));
  }
}

/** Timers that run when told; Node 20's own mock loses a timer when a spent one is cleared. */
const time = {
  now: 0,
  timers: new Map(),
  count: 0,
  tick(ms) {
    const end = this.now + ms;
    for (;;) {
      const due = [...this.timers].filter(([, timer]) => timer.at <= end).sort((one, two) => one[1].at - two[1].at)[0];
      if (!due) break;
      this.timers.delete(due[0]);
      this.now = due[1].at;
      due[1].run();
    }
    this.now = end;
  },
};
globalThis.setTimeout = (run, ms = 0) => {
  time.count += 1;
  time.timers.set(time.count, { at: time.now + ms, run });
  return time.count;
};
globalThis.clearTimeout = (timer) => time.timers.delete(timer);
globalThis.EventSource = FakeEventSource;
globalThis.document = Object.assign(new EventTarget(), { hidden: false });
globalThis.window = new EventTarget();
const { live } = await import("../../../web/static/live.js");

let heard, states, stream;
const newest = () => FakeEventSource.made[FakeEventSource.made.length - 1];

beforeEach(() => {
  time.timers.clear();
  FakeEventSource.made = [];
  document.hidden = false;
  if (stream) stream.stop();
  [heard, states] = [[], []];
  stream = live({ after: 7, onEvent: (type, data) => heard.push([type, data.n]), onState: (state) => states.push(state), onReset: async () => 100 });
});

test("each event counts once, also when a replay overlaps", () => {
  newest().tell("TicketIssued", { n: 7 }, 7);
  newest().tell("TicketIssued", { n: 8 }, 8);
  newest().tell("hidden", { seq: 9 }, 9);
  newest().tell("TicketIssued", { n: 8 }, 8);
  newest().tell("TicketCalled", { n: 10 }, 10);
  assert.deepEqual(heard, [["TicketIssued", 8], ["TicketCalled", 10]]);
  assert.equal(stream.after, 10);
});

test("a stream that has given up is made again after the last event, within 1 to 10 s", () => {
  newest().tell("TicketIssued", { n: 8 }, 8);
  newest().readyState = FakeEventSource.CLOSED;
  newest().dispatchEvent(new Event("error"));
  assert.equal(states[states.length - 1], "lost");
  time.tick(999);
  assert.equal(FakeEventSource.made.length, 1);
  time.tick(9001);
  assert.equal(FakeEventSource.made.length, 2);
  assert.match(newest().url, /after=8$/);
});

test("a stream that reconnects by itself is left alone", () => {
  newest().dispatchEvent(new Event("error"));
  time.tick(10000);
  assert.equal(FakeEventSource.made.length, 1);
  newest().dispatchEvent(new Event("open"));
  assert.equal(states[states.length - 1], "live");
});

test("silence of 25 s is a lost link; a ping is a sign of life", () => {
  time.tick(20000);
  newest().tell("ping", {});
  time.tick(20000);
  assert.equal(FakeEventSource.made.length, 1);
  time.tick(5000);
  assert.equal(states[states.length - 1], "lost");
  time.tick(1);
  assert.equal(FakeEventSource.made.length, 2);
});

test("reset loads all again and goes on after what was loaded", async () => {
  newest().tell("reset", {});
  await new Promise((resolve) => setImmediate(resolve));
  time.tick(1);
  assert.match(newest().url, /after=100$/);
});

test("a hidden tab gives its stream back and takes it again", () => {
  document.hidden = true;
  document.dispatchEvent(new Event("visibilitychange"));
  assert.equal(newest().readyState, FakeEventSource.CLOSED);
  document.hidden = false;
  document.dispatchEvent(new Event("visibilitychange"));
  time.tick(1);
  assert.equal(FakeEventSource.made.length, 2);
});
