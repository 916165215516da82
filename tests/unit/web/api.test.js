import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { LostError, newKey, post, ProblemError } from "../../../web/static/api.js";

let sent, replies;

beforeEach(() => {
  [sent, replies] = [[], []];
  globalThis.fetch = async (path, init) => {
    sent.push(init.headers["Idempotency-Key"]);
    const next = replies.shift();
    if (next instanceof Error) throw next;
    return new Response(next.body === null ? null : JSON.stringify(next.body), { status: next.status, headers: { "Content-Type": "application/problem+json" } });
  };
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

/** Let every pause between tries pass at once. @param {Promise<any>} promise */
async function hurried(promise) {
  const ticking = { on: true };
  promise.catch(() => undefined).finally(() => { ticking.on = false; });
  while (ticking.on) {
    mock.timers.tick(6000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return promise;
}

test("an intention keeps its key while the service is away or says 503", async () => {
  replies = [{ status: 503, body: { code: "outcome_unknown", detail: "不能确定有没有保存" } }, { status: 201, body: { number: "A001" } }];
  assert.deepEqual(await hurried(post("/api/v1/tickets", { service: "A" })), { number: "A001" });
  assert.equal(sent.length, 2);
  assert.equal(new Set(sent).size, 1);
});

test("a refusal is not repeated and speaks both languages", async () => {
  replies = [{ status: 409, body: { code: "closed", detail: "现在不是取号时间", action: "请在开放时间再来", detail_en: "Closed now.", action_en: "Please come back." } }];
  const error = await post("/api/v1/tickets", {}).catch((reason) => reason);
  assert.ok(error instanceof ProblemError);
  assert.equal(sent.length, 1);
  assert.equal(error.code, "closed");
  assert.equal(error.sentence("zh"), "现在不是取号时间。请在开放时间再来");
  assert.equal(error.sentence("en"), "Closed now. Please come back.");
});

test("a lost link ends in LostError after the last try", async () => {
  replies = [new TypeError("down"), new TypeError("down"), new TypeError("down")];
  await assert.rejects(hurried(post("/api/v1/tickets", {}, { tries: 3 })), LostError);
  assert.equal(sent.length, 3);
});

test("204 is nobody, not an error", async () => {
  replies = [{ status: 204, body: null }];
  assert.equal(await post("/api/v1/counters/1/next"), null);
});

test("keys are 128 random bits", () => {
  assert.match(newKey(), /^[0-9a-f]{32}$/);
  assert.notEqual(newKey(), newKey());
});
