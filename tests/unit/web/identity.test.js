import assert from "node:assert/strict";
import test from "node:test";

import { faultOf } from "../../../web/static/identity.js";

const TODAY = new Date(Date.UTC(2026, 10, 23));

test("a number with its right check digit has no fault", () => {
  assert.equal(faultOf("11010519491231002X", TODAY), "");
});

test("one wrong digit, or two that changed places, are found", () => {
  const good = "11010519491231002X";
  for (let place = 0; place < 17; place += 1) {
    const wrong = good.slice(0, place) + ((Number(good[place]) + 1) % 10) + good.slice(place + 1);
    assert.equal(faultOf(wrong, TODAY), "check", wrong);
    const [one, two] = [good[place], good[place + 1]];
    if (one !== two && place < 16) assert.equal(faultOf(good.slice(0, place) + two + one + good.slice(place + 2), TODAY), "check");
  }
});

test("a date of birth that does not exist or has not come is told apart", () => {
  const signs = "0123456789X";
  for (const date of ["19490230", "20261124", "18491231"]) {
    const faults = Array.from(signs, (sign) => faultOf(`110105${date}002${sign}`, TODAY));
    assert.deepEqual(faults.filter((fault) => fault !== "check"), ["date"]);
  }
});
