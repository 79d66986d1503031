import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundsOf, indexAt, legAt, legsOf, paceOf, placeAt, routeOf } from '../../../../assets/wall/map/tracks/route.mjs';
import { hit, stateText, stopRadius } from '../../../../assets/wall/map/tracks/trackdraw.mjs';
import { cells, kilometres, kmh, remarks } from '../../../../assets/wall/map/tracks/tracktable.mjs';
import { mercatorX, mercatorY } from '../../../../assets/wall/map/geo.mjs';
import { MINUTE, NOW, t } from '../../fixtures.mjs';
import { view } from '../../fixtures-map.mjs';

/** Fixes at minutes after NOW, each `step` 1e-6 degrees further north. @param {number[]} minutes
 * @param {Partial<import('../../../../assets/wall/map/tracks/route.mjs').TrackAnswer>} [changes] */
const answer = (minutes, changes = {}) => ({
  worker: 'W1', name: '周建平', role: 'full_time', region: '', t: minutes.map((m) => NOW + m * MINUTE),
  lat: minutes.map((_, k) => 31_800_000 + k * 500), lon: minutes.map(() => 119_900_000), thinned: null, stops: [], gaps: [],
  distance_m: 1234, moving_ms: 36 * MINUTE, top_mps: 12.1, jumps: 0, ...changes,
});
const gap = (/** @type {number} */ from, /** @type {number} */ to) => ({ from: NOW + from * MINUTE, to: NOW + to * MINUTE });

test('a track breaks at the server’s gaps and nowhere else, however far apart thinned fixes are', () => {
  assert.deepEqual(legsOf(answer([0, 1, 30, 31, 60], { gaps: [gap(31, 60)] })), [[0, 4], [4, 5]]);
  assert.deepEqual(legsOf(answer([0, 1, 2], { gaps: [gap(0, 1), gap(1, 2)] })), [[0, 1], [1, 2], [2, 3]]);
  assert.deepEqual(legsOf(answer([])), []);
});

test('nobody moves ten kilometres in a minute: the line breaks', () => {
  assert.deepEqual(legsOf(answer([0, 1, 2, 3], { lat: [31_800_000, 31_800_100, 31_900_000, 31_900_100] })), [[0, 2], [2, 4]]);
});

test('between two fixes a worker is on the straight line', () => {
  const route = routeOf(answer([0, 2]), 0);
  const at = placeAt(route, NOW + MINUTE);
  assert.equal(at?.state, 'moving');
  assert.ok(Math.abs((at?.y ?? 0) - (route.y[0] + route.y[1]) / 2) < 1e-12);
  assert.equal(placeAt(route, NOW - 1), null);
  assert.equal(placeAt(routeOf(answer([]), 0), NOW), null);
});

test('in a gap a worker is where they were last seen, and that is said', () => {
  const route = routeOf(answer([0, 1, 13, 14], { gaps: [gap(1, 13)] }), 0);
  const at = placeAt(route, NOW + 5 * MINUTE);
  assert.deepEqual([at?.y, at?.state, at?.since, at?.until], [route.y[1], 'silent', NOW + MINUTE, NOW + 13 * MINUTE]);
  assert.equal(at && stateText(at, NOW + 5 * MINUTE, t), '无定位 12 分');
  assert.equal(placeAt(route, NOW + MINUTE)?.state, 'moving');
  assert.equal(placeAt(route, NOW + 13 * MINUTE)?.state, 'moving');
});

test('after the last fix silence counts from the third minute on', () => {
  const route = routeOf(answer([0, 1]), 0);
  assert.equal(placeAt(route, NOW + 3 * MINUTE)?.state, 'moving');
  const late = placeAt(route, NOW + 21 * MINUTE);
  assert.equal(late?.state, 'silent');
  assert.equal(late && stateText(late, NOW + 21 * MINUTE, t), '无定位 20 分');
});

test('a stop says how long it lasts', () => {
  const route = routeOf(answer([0, 1, 2, 3], { stops: [{ ...gap(0, 14), lat: 31_800_000, lon: 119_900_000 }] }), 0);
  const at = placeAt(route, NOW + 90_000);
  assert.equal(at?.state, 'stopped');
  assert.equal(at && stateText(at, NOW, t), '停留 14 分');
  assert.ok(stopRadius(14 * MINUTE) < stopRadius(60 * MINUTE));
  assert.equal(stopRadius(1e9), 15);
});

test('indices by bisection', () => {
  const times = Float64Array.of(10, 20, 20, 30);
  assert.deepEqual([5, 10, 20, 25, 99].map((ms) => indexAt(times, ms)), [-1, 0, 2, 2, 3]);
  assert.deepEqual([0, 3, 4, 6].map((k) => legAt([[0, 4], [4, 6], [6, 7]], k)), [0, 0, 1, 2]);
});

test('pace has three classes, and one odd fix does not change it', () => {
  assert.deepEqual([1, 2, 2.1, 7.1].map(paceOf), [0, 0, 1, 2]);
  const walk = Array.from({ length: 20 }, (_, k) => 31_800_000 + k * 500); // 0.9 m/s
  walk[10] += 900; // 100 m aside, once
  assert.ok([...routeOf(answer(walk.map((_, k) => k), { lat: walk }), 0).pace].every((pace) => pace === 0));
});

test('bounds hold every fix with air around', () => {
  const box = boundsOf([routeOf(answer([0, 1]), 0)]);
  assert.ok(box && box[0][0] < 31.8 && box[1][0] > 31.8005 && box[0][1] < 119.9 && box[1][1] > 119.9);
  assert.equal(boundsOf([routeOf(answer([]), 0)]), null);
});

test('under the pointer: a stop before a fix, nothing beyond reach', () => {
  const vp = view(1);
  const route = routeOf(answer([0, 1], { lat: [31_800_000, 31_800_500], stops: [{ ...gap(0, 9), lat: 31_800_000, lon: 119_900_000 }] }), 0);
  const [x, y] = [vp.x(mercatorX(119.9)), vp.y(mercatorY(31.8))];
  assert.ok(hit([route], vp, x, y, 7)?.stop);
  assert.equal(hit([route], vp, x, vp.y(mercatorY(31.8005)) + 3, 7)?.k, 1);
  assert.equal(hit([route], vp, x + 300, y, 7), null);
});

test('the table says figures as people read them', () => {
  assert.deepEqual(cells(routeOf(answer([0, 1]), 0), t), ['1.23', '36 分', '0', '0', '44']);
  assert.deepEqual(cells(routeOf(answer([]), 0), t), ['该时段无定位']);
  assert.deepEqual([1234, 14_700, 123_456].map(kilometres), ['1.23', '14.7', '123']);
  assert.equal(kmh(10), 36);
  assert.deepEqual(remarks([routeOf(answer([0], { thinned: 30_000, jumps: 2 }), 0)], t), ['已抽稀显示，导出为全部', '跳点 2 处，不计里程']);
  assert.deepEqual(remarks([routeOf(answer([0]), 0)], t), []);
});
