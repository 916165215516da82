import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const texts = JSON.stringify({ zh: {}, en: {} });
globalThis.document = {
  documentElement: { lang: "zh-CN" },
  getElementById: () => ({ textContent: texts }),
  createElement: () => ({ setAttribute() {}, appendChild() {} }),
  createTextNode: (text) => text,
};
globalThis.Node = class {};
const { numbered, unanswered } = await import("../../../web/static/clerk_sheet.js");
const sheets = await import("../../../web/static/clerk_sheets.js");
const { said } = await import("../../../web/static/clerk_said.js");
const { whySentences } = await import("../../../web/static/clerk_why.js");

const TICKET = { id: "t1", number: "A012", service: "A", clients: 1 };
const KNOWN = {
  no: 3, services: { A: "社保", B: "民政" }, counters: [1, 2, 3, 12].map((no) => ({ no, name: "" })),
  staff: [{ id: "s1", name: "王", counter: 3 }, { id: "s2", name: "李", counter: 1 }, { id: "s3", name: "张", counter: null }],
};
const values = (part) => part.choices.map((choice) => choice.value);
const sentOf = (plan, picked) => {
  plan.onDone({ ...plan.picked, ...picked });
};

test("the first nine choices have a digit", () => {
  const keys = numbered(Array.from({ length: 11 }, (_, n) => ({ value: String(n), label: "" }))).map((choice) => choice.key);
  assert.deepEqual(keys, ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", ""]);
});

test("a part is unanswered until something that is offered is chosen", () => {
  const parts = [{ name: "a", label: "", choices: [{ value: "x", label: "" }, { value: "y", label: "", off: true }] }, { name: "b", label: "", field: { placeholder: "" } }];
  assert.equal(unanswered(parts, {}).name, "a");
  assert.equal(unanswered(parts, { a: "y", b: "1" }).name, "a");
  assert.equal(unanswered(parts, { a: "gone", b: "1" }).name, "a");
  assert.equal(unanswered(parts, { a: "x", b: " " }).name, "b");
  assert.equal(unanswered(parts, { a: "x", b: "1" }), null);
  assert.equal(unanswered([{ ...parts[0], free: true }], {}), null);
});

test("a transfer names one line: a service, another counter by its own digit, another clerk", () => {
  const bodies = [];
  const plan = sheets.transferSheet(TICKET, KNOWN, (body) => bodies.push(body));
  const which = (kind) => plan.parts({ ...plan.picked, kind })[1];
  assert.deepEqual(values(which("service")), ["B"]);
  assert.deepEqual(which("counter").choices.map((choice) => [choice.value, choice.key]), [["1", "1"], ["2", "2"], ["12", ""]]);
  assert.deepEqual(values(which("clerk")), ["s2", "s3"]);
  sentOf(plan, { kind: "counter", counter: "12" });
  sentOf(plan, { kind: "clerk", clerk: "s2", counter: "1", reason: "colleague" });
  sentOf(plan, { service: "B" });
  assert.deepEqual(bodies, [{ counter: 12, reason: "next_step" }, { clerk: "s2", reason: "colleague" }, { service: "B", reason: "next_step" }]);
});

test("a pause without a return time says null", () => {
  const bodies = [];
  const plan = sheets.pauseSheet((minutes) => String(minutes), false, (body) => bodies.push(body));
  sentOf(plan, { reason: "meal" });
  sentOf(plan, { reason: "rest", minutes: "unknown" });
  assert.deepEqual(bodies, [{ reason: "meal", minutes: 10 }, { reason: "rest", minutes: null }]);
});

test("a typed number is completed when one ticket fits", () => {
  const queue = ["A007", "B007", "B012", "A1000"].map((number) => ({ number }));
  assert.equal(sheets.wholeNumber("b7", queue), "B007");
  assert.equal(sheets.wholeNumber(" 12 ", queue), "B012");
  assert.equal(sheets.wholeNumber("7", queue), "7");
  assert.equal(sheets.wholeNumber("c9", queue), "C9");
  assert.equal(sheets.wholeNumber("1000", queue), "A1000");
});

test("a chosen call takes the typed number before the one from the list, and needs one of them", () => {
  const bodies = [];
  const view = { queue: [{ number: "A007", service_name: "" }, { number: "B012", service_name: "" }] };
  const plan = sheets.chooseSheet(view, "", (body) => bodies.push(body));
  assert.equal(unanswered(plan.parts({ reason: "urgent" }), { reason: "urgent" }).name, "typed");
  const listed = { listed: "A007", reason: "urgent" };
  assert.equal(unanswered(plan.parts(listed), listed), null);
  sentOf(plan, listed);
  sentOf(plan, { ...listed, typed: "12" });
  sentOf(sheets.chooseSheet(view, "A007", (body) => bodies.push(body)), { reason: "other" });
  assert.deepEqual(bodies.map((body) => body.number), ["A007", "B012", "A007"]);
});

test("a batch is split after one to all but one; a big one by a typed number", () => {
  const bodies = [];
  const small = sheets.splitSheet({ ...TICKET, clients: 4 }, (body) => bodies.push(body));
  assert.deepEqual(small.parts({}).map((part) => part.name), ["after"]);
  assert.deepEqual(values(small.parts({})[0]), ["1", "2", "3"]);
  const big = sheets.splitSheet({ ...TICKET, clients: 40 }, (body) => bodies.push(body));
  sentOf(big, { after: "1", typed: "25" });
  assert.deepEqual(bodies, [{ after: 25 }]);
});

test("who sits elsewhere cannot be chosen; a counter closes where somebody could work", () => {
  const ways = { remembered: "s3", sign() {}, close() {}, reopen() {}, must: false };
  const plan = sheets.seatSheet({ state: "idle", clerk: null }, KNOWN, ways);
  assert.deepEqual(plan.parts({})[0].choices.map((choice) => choice.off), [false, true, false]);
  assert.equal(plan.picked.clerk, "s3");
  assert.equal(plan.other.run, ways.close);
  assert.equal(sheets.seatSheet({ state: "closed", clerk: null }, KNOWN, ways).other.run, ways.reopen);
  assert.equal(sheets.seatSheet({ state: "closed", clerk: null }, KNOWN, { ...ways, must: true }).other, undefined);
  assert.equal(sheets.seatSheet({ state: "idle", clerk: null }, { ...KNOWN, staff: [] }, ways).onDone, ways.close);
});

test("a missed ticket goes back by mistake always, by the rule where the hall has one", () => {
  const causes = (policy) => values(sheets.backSheet(TICKET, policy, () => {}).parts({})[0]);
  assert.deepEqual(["void", "requeue", "within", "keep"].map(causes), [["mistake"], ["mistake"], ["mistake", "within"], ["mistake", "keep"]]);
});

test("a step is told by what became of the ticket", () => {
  const names = { services: KNOWN.services, clerk: (id) => id };
  const tell = (name, answer, body = {}) => said({ name, number: "A012", body, answer }, names);
  assert.equal(tell("next", null).sentence, "clerk.nobody_now");
  assert.equal(tell("next", {}), null);
  assert.equal(tell("finish", { ticket: { state: "WAITING", service: "B" } }).sentence, "clerk.said.further");
  assert.deepEqual(tell("finish", { ticket: { state: "DONE" } }), { kind: "done", sentence: "clerk.said.finish" });
  assert.equal(tell("recall", {}), null);
  assert.equal(tell("undo", { ticket: { number: "A012" } }).kind, "note");
});

test("every rule of a call has its words, and what came with it is said after it", () => {
  const rules = ["only", "first", "credit", "cap", "transfer", "ageing", "condition", "ratio", "chosen"];
  for (const lang of ["zh", "en"]) {
    const file = readFileSync(new URL(`../../../config/texts/${lang}.toml`, import.meta.url), "utf8");
    const table = file.slice(file.indexOf("\n[clerk.why]\n"), file.indexOf("\n[", file.indexOf("\n[clerk.why]\n") + 2));
    for (const rule of [...rules, "handed", "covers", "auto", "overtook"]) assert.match(table, new RegExp(`^${rule} = "`, "m"));
  }
  const reason = { rule: "ratio", waited_s: 90, credit_s: 0, waiting: 3, compared: [{ number: "B001", waited_s: 5 }], overtook: "B001", auto: true };
  assert.deepEqual(whySentences(reason, { services: {}, covers: "s1" }), ["clerk.why.ratio", "clerk.why.overtook", "clerk.why.covers", "clerk.why.auto"]);
  assert.deepEqual(whySentences({ ...reason, rule: "transfer", compared: [], overtook: null, auto: null }, { services: {}, covers: null }), ["clerk.why.handed"]);
});
