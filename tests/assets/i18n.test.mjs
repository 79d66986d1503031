import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as i18n from '../../assets/wall/i18n.mjs';
import { HOUR, MINUTE, NOW, english, t } from './fixtures.mjs';

test('a missing word shows as its key; arguments fill their places', () => {
  assert.equal(t('no.such.key'), 'no.such.key');
  assert.equal(i18n.translator({ k: '{1}{0}{2}' })('k', 'a', 'b'), 'ba');
});

test('a rate is cut, never rounded up, and needs a denominator', () => {
  assert.equal(i18n.rateText({ num: 911, den: 972 }), '93.72');
  assert.equal(i18n.rateText({ num: 737, den: 972 }), '75.82');
  assert.equal(i18n.rateText({ num: 99_996, den: 100_000 }), '99.99');
  assert.equal(i18n.rateText({ num: 5, den: 5 }), '100.00');
  assert.equal(i18n.rateText({ num: 0, den: 0 }), '—');
});

test('every hundredth of a percent is shown as itself', () => {
  for (let n = 0; n <= 10_000; n += 1) assert.equal(i18n.rateText({ num: n, den: 10_000 }), (n / 100).toFixed(2));
});

test('time is the city’s, whatever the zone of the machine', () => {
  assert.equal(i18n.clockText(NOW), '14:32:08');
  assert.equal(i18n.minuteText(NOW), '14:32');
  assert.equal(i18n.clockText(Date.UTC(2026, 2, 11, 16)), '00:00:00');
  assert.equal(i18n.dateText(Date.UTC(2026, 2, 11, 16), t), '2026年3月12日');
  assert.equal(i18n.dateText(NOW, english), '12 Mar 2026');
  assert.equal(i18n.weekdayText(NOW, t), '星期四');
  assert.equal(i18n.hourOf(NOW), 14);
});

test('the day shift is from eight to twenty', () => {
  const at = (/** @type {number} */ hour) => i18n.shiftText(Date.UTC(2026, 2, 12, hour - 8), t);
  assert.deepEqual([8, 19, 20, 23].map(at), ['白班', '白班', '夜班', '夜班']);
  assert.equal(i18n.shiftText(Date.UTC(2026, 2, 11, 23, 59), t), '夜班');
});

test('ages', () => {
  const ages = [-5, 2000, 102_000, 4 * MINUTE, 14 * MINUTE + 9000, 2 * HOUR + 14 * MINUTE, 76 * HOUR, 300 * HOUR];
  assert.deepEqual(ages.map((age) => i18n.ageText(age, t)), ['0 秒', '2 秒', '1 分 42 秒', '4 分', '14 分', '2 时 14 分', '3 天 4 时', '12 天']);
});

test('what is left of a time limit', () => {
  const cases = /** @type {const} */ ([
    [42 * MINUTE, '剩 42 分'], [-(2 * HOUR + 14 * MINUTE), '超期 2 时 14 分'], [30_000, '剩 30 秒'], [65 * MINUTE, '剩 1 时 05 分'],
    [13 * HOUR + 20 * MINUTE, '剩 13 时'], [27 * HOUR + 20 * MINUTE, '剩 1 天 3 时'], [48 * HOUR, '剩 2 天'], [0, '剩 0 秒'],
  ]);
  for (const [ms, words] of cases) assert.equal(i18n.leftText(ms, t), words);
  assert.equal(i18n.leftText(null, t), '无时限');
  assert.equal(i18n.leftText(-38 * MINUTE, english), '38 min over');
});

test('a moment of another day names the day', () => {
  assert.equal(i18n.momentText(NOW - 14 * MINUTE, NOW, t), '14:18');
  assert.equal(i18n.momentText(NOW - 15 * HOUR, NOW, t), '3月11日 23:32');
});

test('a typed time is the city’s, there and back', () => {
  assert.equal(i18n.inputText(NOW), '2026-03-12T14:32');
  assert.equal(i18n.inputTime('2026-03-12T14:32'), NOW - 8000);
  assert.ok(Number.isNaN(i18n.inputTime('')));
  assert.equal(i18n.clockText(i18n.dayStart(NOW)), '00:00:00');
  assert.equal(i18n.dayStart(i18n.dayStart(NOW)), i18n.dayStart(NOW));
});
