import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beside, nudged, overlaps, place, shortTitle } from '../../../assets/wall/map/labels.mjs';

/** @type {import('../../../assets/wall/map/labels.mjs').Box} */
const VIEW = [0, 0, 400, 200];
/** @param {Partial<import('../../../assets/wall/map/labels.mjs').Wish>} changes */
const wish = (changes) => ({ x: 200, y: 100, radius: 10, width: 80, height: 20, ...changes });

/** @param {import('../../../assets/wall/map/labels.mjs').Spot} spot @returns {import('../../../assets/wall/map/labels.mjs').Box} */
const box = ({ left, top }) => [left, top, left + 80, top + 20];

test('a short first clause is the label', () => assert.equal(shortTitle('货车侧翻，占用两条车道'), '货车侧翻'));

test('a long clause is cut to eight characters, ellipsis and all', () => {
  assert.equal(shortTitle('电动车棚起火冒浓烟，楼上疑有人员被困'), '电动车棚起火冒…');
  assert.equal(shortTitle('独居老人26小时无用水记录'), '独居老人26小时…', 'digits are half as wide');
});

test('line breaks and tabs of real titles do not show', () => assert.equal(shortTitle('\n\t外墙砖\t脱落\n'), '外墙砖 脱落'));

test('a title of punctuation only is still a label', () => assert.equal(shortTitle('？？？'), '？？？'));

test('the first label stands to the right of its mark', () => {
  const [spot] = place([wish({})], VIEW, []);
  assert.ok(spot && spot.left > 210 && spot.top === 90);
});

test('at the right edge it goes to the left', () => {
  const [spot] = place([wish({ x: 380 })], VIEW, []);
  assert.ok(spot && spot.left + 80 < 370);
});

test('labels never cover each other nor what is taken', () => {
  const marks = Array.from({ length: 12 }, (_, k) => wish({ x: 150 + 9 * k, y: 60 + 7 * k }));
  const taken = /** @type {import('../../../assets/wall/map/labels.mjs').Box[]} */ ([[0, 150, 400, 200]]);
  const placed = place(marks, VIEW, taken).flatMap((spot) => (spot ? [box(spot)] : []));
  assert.ok(placed.length > 2 && placed.length < 12);
  placed.forEach((a, i) => [...placed.slice(i + 1), ...taken].forEach((b) => assert.ok(!overlaps(a, b))));
});

test('without room a label is left out, unless it must be there', () => {
  const full = /** @type {import('../../../assets/wall/map/labels.mjs').Box[]} */ ([VIEW]);
  assert.deepEqual(place([wish({})], VIEW, full), [null]);
  assert.ok(place([wish({ must: true })], VIEW, full)[0]);
});

test('a centred label stands on its point or nowhere', () => {
  assert.deepEqual(place([wish({ centred: true })], VIEW, []), [{ left: 160, top: 90 }]);
  assert.deepEqual(place([wish({ centred: true, x: 10 })], VIEW, []), [null]);
});

test('a name in the middle of its region moves up or down by a line at most', () => {
  const spots = nudged(200, 100, 80, 20);
  assert.deepEqual(spots[0], { left: 160, top: 90 });
  assert.ok(spots.every(({ left, top }) => left === 160 && Math.abs(top - 90) <= 22));
  const [moved] = place([wish({ spots })], VIEW, [[150, 95, 250, 96]]);
  assert.ok(moved && !overlaps([moved.left, moved.top, moved.left + 80, moved.top + 20], [150, 95, 250, 96]));
  assert.deepEqual(place([wish({ spots })], VIEW, [[0, 0, 400, 200]]), [null]);
});

test('a value stands below its name, else above, right or left of it', () => {
  const name = /** @type {import('../../../assets/wall/map/labels.mjs').Box} */ ([100, 50, 160, 70]);
  const spots = beside(name, 40, 16);
  assert.deepEqual(spots.slice(0, 2), [{ left: 110, top: 70 }, { left: 110, top: 34 }]);
  for (const { left, top } of spots) assert.ok(!overlaps([left, top, left + 40, top + 16], name));
});
