/**
 * Pinyin initials of Chinese names: 许文娟 → "xwj", for searching with a Latin keyboard. It asks the collation that every
 * browser has: a character's initial is that of the last syllable boundary it does not come before. Readings that only a
 * surname has are not known (单 is "d", not "s").
 */

/** The first character of each initial in pinyin order; there are no syllables on i, u and v. */
const FIRST = [...'阿八嚓咑妸发旮哈丌咔垃妈拏噢妑七呥仨他屲夕丫帀'];
const LETTERS = 'abcdefghjklmnopqrstwxyz';
const PINYIN = new Intl.Collator('zh-u-co-pinyin');
/** Where the collation is missing the boundaries do not stand in order, and nothing is made of names. */
const KNOWN = FIRST.every((first, at) => at === 0 || PINYIN.compare(FIRST[at - 1], first) < 0);

/** @type {Map<string, string>} */
const cache = new Map();

/** @param {string} text @returns {string} one letter for each Chinese character; everything else is left out */
export function initials(text) {
  return KNOWN ? Array.from(text, letter).join('') : '';
}

/** @param {string} character */
function letter(character) {
  let found = cache.get(character);
  if (found === undefined) cache.set(character, (found = find(character)));
  return found;
}

/** @param {string} character */
function find(character) {
  if (!/\p{Script=Han}/u.test(character)) return '';
  let at = -1;
  while (at + 1 < FIRST.length && PINYIN.compare(FIRST[at + 1], character) <= 0) at += 1;
  return at < 0 ? '' : LETTERS[at];
}
