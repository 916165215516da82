/**
 * First letters of Pinyin, from the order in which Chinese is sorted: the browser knows each
 * Hanzi's place, and the first Hanzi of each letter marks where the letter begins. No letter
 * of Pinyin is missing but I, U and V, with which no syllable begins. A Hanzi with several
 * readings counts under the usual one.
 */
const FIRST = "阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥仨他屲夕丫帀";
const LETTERS = "ABCDEFGHJKLMNOPQRSTWXYZ";
const order = new Intl.Collator("zh-Hans-CN-u-co-pinyin");

/**
 * "高龄老人生活补贴" -> "GLLRSHBT"; other characters stay, in capitals.
 * @param {string} text
 */
export function initials(text) {
  return [...text].map((c) => (/[\u4e00-\u9fff]/.test(c) ? letter(c) : c.toUpperCase())).join("");
}

/** @param {string} hanzi */
function letter(hanzi) {
  let at = FIRST.length - 1;
  while (at > 0 && order.compare(hanzi, FIRST[at]) < 0) at -= 1;
  return LETTERS[at];
}
