/** Local times of a hall whose zone need not be that of this PC. */

/**
 * A local time of the hall with the offset that its zone has then.
 * @param {string} local "2026-11-23T09:05" or with seconds
 * @param {string} zone "Asia/Shanghai"
 */
export function inZone(local, zone) {
  const asUtc = Date.parse(`${local}Z`);
  if (Number.isNaN(asUtc)) return local;
  let offset = offsetOf(asUtc, zone);
  offset = offsetOf(asUtc - offset * 60000, zone); // near a change of the clocks the first guess may be off
  const sign = offset < 0 ? "-" : "+";
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((part) => String(part).padStart(2, "0"));
  return `${local.length === 16 ? `${local}:00` : local}${sign}${hours}:${minutes}`;
}

/** Minutes that the hall's zone is ahead of UTC at an instant. @param {number} at @param {string} zone */
function offsetOf(at, zone) {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" }).formatToParts(new Date(at));
  const part = (/** @type {string} */ type) => Number((parts.find((one) => one.type === type) || { value: "0" }).value);
  return Math.round((Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute")) - Math.floor(at / 60000) * 60000) / 60000);
}
