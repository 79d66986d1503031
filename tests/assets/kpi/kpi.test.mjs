import assert from 'node:assert/strict';
import { test } from 'node:test';
import { baseOf, cards, fitting, flow, misses, ranking, windowText } from '../../../assets/wall/kpi/indicators.mjs';
import { found, percentText, ratedText } from '../../../assets/wall/kpi/extras.mjs';
import { hourlyFigure, sparkFigure } from '../../../assets/wall/kpi/figures.mjs';
import { HOUR, NOW, config, t } from '../fixtures.mjs';

/** @param {number} num @param {number} den */
const rate = (num, den) => ({ num, den });
const row = { closure: rate(36_675, 37_264), ontime: rate(34_719, 37_264), satisfaction: rate(0, 0), open: 1, overdue: 0, reported: 2, closed: 3 };
/** @param {object} changes @returns {import('../../../assets/wall/types.mjs').Kpi} */
const kpi = (changes = {}) => ({
  from: NOW - 24 * HOUR, to: NOW, city: row, districts: [], spark: { closure: [], ontime: [], satisfaction: [] }, steps: [], hourly: [], last_closed: null, ...changes,
});
const targets = { closure: 98, ontime: 95, satisfaction: 90 };

test('a card shows the rate, its parts, its target missed or not', () => {
  const [closure, ontime, satisfaction] = cards(kpi(), targets, t);
  assert.deepEqual([closure.value, closure.num, closure.den, closure.miss], ['98.41', '36,675', '37,264', false]);
  assert.deepEqual([ontime.value, ontime.miss], ['93.17', true]);
  assert.deepEqual([satisfaction.value, satisfaction.miss, satisfaction.changes[0].change], ['—', false, '']);
  assert.equal(closure.hover, '36,675 / 37,264 结案/应结案 近 24 小时');
});

test('a rate exactly on its target does not miss it', () => {
  assert.equal(misses(rate(95, 100), 95), false);
  assert.equal(misses(rate(94_999, 100_000), 95), true);
  assert.equal(misses(rate(0, 10), undefined), false);
});

test('change is against this time yesterday, else against the first point there is', () => {
  const now = { t: NOW, num: 98, den: 100 };
  const yesterday = [{ t: NOW - 26 * HOUR, num: 1, den: 1 }, { t: NOW - 24 * HOUR, num: 97, den: 100 }, now];
  assert.deepEqual([baseOf(yesterday, NOW)?.yesterday, baseOf(yesterday, NOW)?.point.num], [true, 97]);
  const morning = [{ t: NOW - 5 * HOUR, num: 0, den: 0 }, { t: NOW - 4 * HOUR, num: 99, den: 100 }, now];
  const [card] = cards(kpi({ city: { ...row, closure: rate(98, 100) }, spark: { ...kpi().spark, closure: morning } }), targets, t);
  assert.deepEqual([card.changes[0].change, card.changes[0].base], ['▼ 1.00', '较 10:32']);
  assert.equal(baseOf([now], NOW), null);
});

test('the window in words', () => {
  assert.equal(windowText({ from: NOW - 24 * HOUR, to: NOW }, t), '近 24 小时');
  assert.equal(windowText({ from: NOW - 7 * 24 * HOUR, to: NOW }, t), '近 7 天');
});

test('districts are ranked by rate; too few cases are not ranked; colour begins five points below the target', () => {
  const district = (/** @type {string} */ code, /** @type {number} */ num, /** @type {number} */ den) => ({ ...row, code, ontime: rate(num, den) });
  const shown = ranking(kpi({ districts: [district('a', 92, 100), district('b', 29, 29), district('c', 96, 100), district('d', 89, 100)] }), 95);
  assert.deepEqual(shown.ranked.map((one) => [one.code, one.value, one.miss]), [['c', '96.00', false], ['a', '92.00', false], ['d', '89.00', true]]);
  assert.deepEqual(shown.few, [{ code: 'b', den: '29' }]);
  assert.deepEqual([shown.floor, shown.tick], [80, 75]);
  assert.equal(shown.ranked[0].fill, 80);
});

test('the axis of the ranking reaches down to the worst district', () => {
  const shown = ranking(kpi({ districts: [{ ...row, code: 'a', ontime: rate(3, 100) }] }), 95);
  assert.equal(shown.floor, 0);
  assert.ok(Math.abs(shown.ranked[0].fill - 3) < 1e-9);
});

test('the flow marks where most stand, and nobody when nothing stands', () => {
  const steps = [{ step: 'reported', arrived: 10, held: 1 }, { step: 'accepted', arrived: 5, held: 4 }];
  assert.deepEqual(flow(kpi({ steps }), steps).map(({ height, most }) => [height, most]), [[100, false], [50, true]]);
  assert.deepEqual(flow(kpi({ steps: [{ step: 'reported', arrived: 0, held: 0 }] }), [{ step: 'reported' }])[0], { step: 'reported', arrived: 0, held: 0, height: 0, most: false });
  assert.deepEqual(flow(kpi(), []), []);
});

test('the flow has the steps of the process, in its order, be they counted or not', () => {
  const steps = [{ step: 'reported', arrived: 10, held: 1 }, { step: 'tracked', arrived: 90, held: 9 }, { step: 'handling', arrived: 5, held: 4 }];
  const shown = flow(kpi({ steps }), [{ step: 'handling' }, { step: 'reported' }, { step: 'feedback' }]);
  assert.deepEqual(shown.map(({ step, arrived, height }) => [step, arrived, height]), [['handling', 5, 50], ['reported', 10, 100], ['feedback', 0, 0]]);
});

const style = { u: 1, font: 'x', colours: { line: '#1', bar: '#2', ink: '#3', note: '#4', grid: '#5', target: '#6', miss: '#7' } };

test('a spark line has holes, not zeros, and ends in a mark', () => {
  const points = [{ t: 1, num: 1, den: 2 }, { t: 2, num: 0, den: 0 }, { t: 3, num: 1, den: 1 }];
  const { data } = /** @type {{data: any[]}} */ (sparkFigure(points, 95, false, style));
  assert.deepEqual(data[0].y, [50, null, 100]);
  assert.deepEqual([data[1].x, data[1].y], [[3], [100]]);
});

test('no points make an empty chart, not an infinite one', () => {
  const { data, layout } = /** @type {{data: any[], layout: any}} */ (sparkFigure([], undefined, false, style));
  assert.equal(data.length, 1);
  assert.deepEqual(layout.yaxis.range, [0, 1]);
});

test('the day by hours is in the city’s hours', () => {
  const midnight = Date.UTC(2026, 2, 11, 16);
  const figure = hourlyFigure([{ t: midnight, reported: 3, closed: 1 }, { t: midnight + HOUR, reported: 4, closed: 2 }], NOW, '此刻', style);
  const { data, layout } = /** @type {{data: any[], layout: any}} */ (figure);
  assert.deepEqual([data[0].x, data[0].y, data[1].y], [[0, 1], [3, 4], [1, 2]]);
  assert.ok(layout.shapes[0].x0 > 13.5 && layout.shapes[0].x0 < 14.5);
});

test('of too many regions in a ranking the lowest are listed, then those with too few cases', () => {
  assert.deepEqual(fitting(['a', 'b', 'c', 'x', 'y'], 3, 5), { rows: ['a', 'b', 'c', 'x', 'y'], left: 0 });
  assert.deepEqual(fitting(['a', 'b', 'c', 'x', 'y'], 3, 2), { rows: ['b', 'c'], left: 3 });
  assert.deepEqual(fitting(['a', 'b', 'x', 'y', 'z'], 2, 3), { rows: ['a', 'b', 'x'], left: 2 });
  assert.deepEqual(fitting([], 0, 3), { rows: [], left: 0 });
});

test('regions with too few cases come with the most cases first', () => {
  const districts = [3, 9, 5].map((den, k) => ({ ...row, code: `c${k}`, ontime: rate(den, den) }));
  assert.deepEqual(ranking(kpi({ districts }), 95).few.map(({ den }) => den), ['9', '5', '3']);
});

test('what a survey found in a district is not said of the city', () => {
  const of = (/** @type {string} */ region) => ({ region, value: 98, as_of: NOW, met: null });
  const { districts } = config();
  const said = (/** @type {string} */ scope) => found({ safety: [of('320402'), of('320404')], home: [of('3204'), of('320404')] }, scope, districts).map(({ code, region }) => `${code} ${region}`);
  assert.deepEqual(said(''), ['home 3204']);
  assert.deepEqual(said('320404'), ['safety 320404', 'home 320404']);
});

test('the rated share and what a survey found are cut, never rounded up', () => {
  const board = (/** @type {object} */ compared) => /** @type {import('../../../assets/wall/kpi/boards.mjs').Board} */ ({ compared });
  assert.equal(ratedText(board({ rated_share: { row: rate(99_996, 100_000) } })), '99.99');
  assert.deepEqual([ratedText(board({ rated_share: { row: rate(0, 0) } })), ratedText(board({})), ratedText(null)], ['—', '—', '—']);
  assert.deepEqual([99.996, 98.35, 0.57, 1.15, 100].map(percentText), ['99.99', '98.35', '0.57', '1.15', '100.00']);
});
