/**
 * Letters of the LED strip, 8 × 16 dots, drawn for this product: strokes two dots wide, and
 * B and 8, D and 0 unlike each other. One hex pair is a row from the left, rows 2 to 13; the
 * two rows above and below stay dark.
 * @type {Record<string, string>}
 */
export const GLYPHS = {
  0: "3c666e6e76767666667e3c00", 1: "1838781818181818187e7e00", 2: "3c666606060c1830607e7e00",
  3: "7e7e0c183c06060666663c00", 4: "0c1c1c3c2c6c4c7e7e0c0c00", 5: "7e7e60607c66060606663c00",
  6: "1c3060607c66666666663c00", 7: "7e7e06060c0c181818181800", 8: "3c6666663c183c6666663c00",
  9: "3c66666666663e06060c3800",
  A: "183c3c666666667e7e666600", B: "7c6666667c7c666666667c00", C: "3c6660606060606060663c00",
  D: "786c666666666666666c7800", E: "7e7e60607c7c6060607e7e00", F: "7e7e60607c7c606060606000",
  G: "3c666060606e666666663e00", H: "66666666667e7e6666666600", I: "3c3c181818181818183c3c00",
  J: "1e1e0c0c0c0c0c0c6c6c3800", K: "66666c6c7878786c6c666600", L: "6060606060606060607e7e00",
  M: "c6c6eefefed6d6c6c6c6c600", N: "66667676767e6e6e66666600", O: "3c6666666666666666663c00",
  P: "7c666666667c606060606000", Q: "3c666666666666666e3c0600", R: "7c666666667c786c6c666600",
  S: "3c66606030180c0606663c00", T: "7e7e18181818181818181800", U: "666666666666666666663c00",
  V: "666666666666663c3c181800", W: "c6c6c6c6c6d6d6fefe6c4400", X: "6666663c3c183c3c66666600",
  Y: "6666663c3c18181818181800", Z: "7e7e06060c183060607e7e00",
  "-": "00000000007e7e0000000000", ":": "000018180000001818000000", ".": "000000000000000000181800",
  "/": "0606060c0c18183030606000", "+": "00000018187e7e1818000000", "(": "0c1830303030303030180c00",
  ")": "30180c0c0c0c0c0c0c183000", ",": "000000000000000018181030",
};

const ROWS = 12;
export const TOP = 2;

/**
 * Rows of a letter, the leftmost dot is bit 7; null for what the table does not hold.
 * @param {string} letter
 * @returns {number[] | null}
 */
export function glyph(letter) {
  const hex = GLYPHS[letter.toUpperCase()];
  if (!hex) return null;
  return Array.from({ length: ROWS }, (_, row) => parseInt(hex.slice(2 * row, 2 * row + 2), 16));
}
