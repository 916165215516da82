import assert from "node:assert/strict";
import test from "node:test";

import { inZone } from "../../../web/static/zone.js";

test("a local time carries the offset of the hall's zone", () => {
  assert.equal(inZone("2026-11-23T09:05", "Asia/Shanghai"), "2026-11-23T09:05:00+08:00");
  assert.equal(inZone("2026-11-23T09:05:30", "Asia/Kolkata"), "2026-11-23T09:05:30+05:30");
  assert.equal(inZone("2026-01-10T09:05:30", "America/New_York"), "2026-01-10T09:05:30-05:00");
});

test("the offset is that of the day, also close to a change of the clocks", () => {
  assert.equal(inZone("2026-03-29T01:59", "Europe/Berlin"), "2026-03-29T01:59:00+01:00");
  assert.equal(inZone("2026-03-29T03:01", "Europe/Berlin"), "2026-03-29T03:01:00+02:00");
  assert.equal(inZone("2026-10-25T03:30", "Europe/Berlin"), "2026-10-25T03:30:00+01:00");
});
