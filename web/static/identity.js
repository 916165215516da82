/** The 18-digit number of an ID card (GB 11643), checked before it is sent. */

const CHECK = "10X98765432"; // ISO 7064 MOD 11-2

/** What is wrong with a whole number: "", "check" or "date". @param {string} number @param {Date} today the hall's calendar in its UTC fields */
export function faultOf(number, today) {
  let sum = 0;
  for (let place = 0; place < 17; place += 1) sum += Number(number[place]) * (2 ** (17 - place) % 11);
  if (!(CHECK[sum % 11] === number[17])) return "check";
  const [year, month, day] = [number.slice(6, 10), number.slice(10, 12), number.slice(12, 14)].map(Number);
  const born = new Date(Date.UTC(year, month - 1, day));
  const real = born.getUTCFullYear() === year && born.getUTCMonth() === month - 1 && born.getUTCDate() === day;
  return real && year >= 1850 && born.getTime() <= today.getTime() ? "" : "date";
}
