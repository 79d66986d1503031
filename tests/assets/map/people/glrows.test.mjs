import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mercatorX, mercatorY } from '../../../../assets/wall/map/geo.mjs';
import { BLOCK, GpuRows, STRIDE } from '../../../../assets/wall/map/people/glrows.mjs';
import { FRESH, WITH } from '../../../../assets/wall/map/people/looks.mjs';
import { Motion } from '../../../../assets/wall/map/people/motion.mjs';
import { crowd } from '../../fixtures-map.mjs';

const f = Math.fround;
const Z18 = 256 * 2 ** 18;

/** @param {{lat: number, lon: number}[]} list */
function standing(list) {
  const motion = new Motion();
  motion.update(crowd(list), null, 0);
  return motion;
}

/** Where the vertex shader puts a row, in float32 as it does. @param {GpuRows} rows @param {number} row @param {number} cx Mercator
 * @param {number} scale device pixels @param {number} t @param {0|1} axis */
function shaded(rows, row, cx, scale, t, axis) {
  const at = (row * STRIDE) / 4;
  const centre = cx - (axis ? rows.anchorY : rows.anchorX);
  const [high, s] = [f(centre), f(scale)];
  const low = f(centre - high);
  const place = (/** @type {number} */ value) => f(f(f(value - high) - low) * s);
  const share = f(Math.min(1, Math.max(0, f(f(f(t - rows.epoch) - rows.words[at + 4]) / rows.words[at + 5]))));
  const [from, to] = [place(rows.words[at + axis]), place(rows.words[at + 2 + axis])];
  return f(f(from * f(1 - share)) + f(to * share));
}

test('at zoom 18 on a double-density screen a place is off by less than a quarter of a pixel, across a province', () => {
  const list = Array.from({ length: 400 }, (_, k) => ({ lat: 30.8 + (k % 20) * 0.2, lon: 116.3 + Math.floor(k / 20) * 0.28 }));
  const motion = standing(list);
  const rows = new GpuRows();
  const scale = Z18 * 2;
  let [worst, refills] = [0, 0];
  list.forEach(({ lat, lon }, row) => {
    const [cx, cy] = [mercatorX(lon) + 700 / scale, mercatorY(lat) - 900 / scale]; // the worker is 700, 900 px from the middle
    if (rows.strained(cx, cy, scale, 0)) {
      rows.fill(motion, new Uint8Array(motion.n), cx, cy, 0);
      refills++;
    }
    const dx = shaded(rows, row, cx, scale, 0, 0) - (motion.x[row] - cx) * scale;
    const dy = shaded(rows, row, cy, scale, 0, 1) - (motion.y[row] - cy) * scale;
    worst = Math.max(worst, Math.hypot(dx, dy));
  });
  assert.ok(worst < 0.25, `${worst} px`);
  assert.ok(refills > 1, 'a province is too wide for one anchor');
});

test('within a city one anchor does for every zoom', () => {
  const rows = new GpuRows();
  const [x, y] = [mercatorX(119.6), mercatorY(31.6)];
  rows.fill(standing([{ lat: 31.6, lon: 119.6 }]), new Uint8Array(1), x, y, 0);
  assert.equal(rows.strained(mercatorX(119.9), mercatorY(31.8), Z18, 0), false);
  assert.equal(rows.strained(x, y, Z18, 2 ** 22 + 1), true, 'times too long ago are held anew');
});

test('a row under way is interpolated between its two fixes as the columns are', () => {
  const workers = crowd([{ lat: 31.8, lon: 119.9, fixTime: 1000 }]);
  const motion = new Motion();
  motion.update(workers, null, 0);
  const rows = new GpuRows();
  const [x, y] = [motion.x[0], motion.y[0]];
  rows.fill(motion, Uint8Array.of(1), x, y, 0);
  [workers.lat[0], workers.lon[0], workers.fixTime[0]] = [31_801_000, 119_901_000, 9000];
  motion.update(workers, Uint32Array.of(0), 5000);
  rows.take(motion, Uint8Array.of(1), Uint32Array.of(0), 1);
  for (const t of [4000, 5000, 5250, 5999, 6000, 9000]) {
    motion.settle(0, t);
    assert.ok(Math.abs(shaded(rows, 0, x, Z18, t, 0) - (motion.x[0] - x) * Z18) < 0.05 || t < 5000);
    assert.ok(Math.abs(shaded(rows, 0, y, Z18, t, 1) - (motion.y[0] - y) * Z18) < 0.05 || t < 5000);
  }
});

test('only blocks with changes are sent, neighbours together, and once', () => {
  const n = BLOCK * 6;
  const motion = standing(Array.from({ length: n }, () => ({ lat: 31.8, lon: 119.9 })));
  const rows = new GpuRows();
  rows.fill(motion, new Uint8Array(n), motion.x[0], motion.y[0], 0);
  const sent = () => {
    const out = [];
    for (let from = rows.next(0); from >= 0; from = rows.next(rows.end)) out.push([from / BLOCK, rows.end / BLOCK]);
    return out;
  };
  assert.deepEqual(sent(), [[0, 6]]);
  assert.deepEqual(sent(), []);
  rows.take(motion, new Uint8Array(n), Uint32Array.of(3 * BLOCK, 4 * BLOCK - 1, 5), 3);
  rows.relook(motion, 1, 4 * BLOCK + 9);
  assert.deepEqual(sent(), [[0, 1], [3, 5]]);
});

test('300,000 rows take 8.4 MB and nothing is made when they move', () => {
  const motion = new Motion();
  const n = 300_000;
  motion.update({ ...crowd([]), n, lon: new Int32Array(n).fill(119_900_000), lat: new Int32Array(n).fill(31_800_000), fixTime: new Float64Array(n), flag: new Uint8Array(n) }, null, 0);
  const rows = new GpuRows();
  rows.fill(motion, new Uint8Array(n), 0.8, 0.4, 0);
  assert.ok(rows.bytes.length >= n * STRIDE && rows.bytes.length < n * STRIDE + BLOCK * STRIDE);
  const { bytes } = rows;
  rows.fill(motion, new Uint8Array(n), 0.81, 0.41, 0);
  assert.equal(rows.bytes, bytes);
});

test('the last bytes of a row say how it looks', () => {
  const motion = standing([{ lat: 31.8, lon: 119.9 }]);
  const rows = new GpuRows();
  const look = new Uint8Array(1);
  rows.fill(motion, look, motion.x[0], motion.y[0], 0);
  const bytes = (/** @type {number} */ value, walks = 0, heading = NaN) => {
    [motion.walks[0], motion.heading[0]] = [walks, heading];
    rows.relook(motion, value, 0);
    return [...rows.bytes.subarray(24, 28)];
  };
  assert.deepEqual(bytes(1), [1 | (1 << 2), 1, 0, 0]);
  assert.deepEqual(bytes(1, 1, Math.PI / 2), [1 | (1 << 2), 1, WITH.nose, 64]);
  assert.deepEqual(bytes(3, 1, -Math.PI / 2), [1 | (2 << 2), 7, 0, 192], 'who is under way is an arrow');
  assert.deepEqual(bytes(4 | FRESH.stale, 1, 0), [1 | (2 << 2), 4, WITH.ring, 0]);
  assert.deepEqual(bytes(4 | FRESH.lost, 1, 0), [2 | (2 << 2), 6, 0, 0]);
  assert.deepEqual(bytes(5), [3, 5, 0, 0]);
});

test('who has no fix is nowhere', () => {
  const motion = new Motion();
  motion.update({ ...crowd([{ lat: 0, lon: 0 }]), lon: Int32Array.of(-2147483648) }, null, 0);
  const rows = new GpuRows();
  rows.fill(motion, new Uint8Array(1), 0.8, 0.4, 0);
  assert.ok(rows.words.subarray(0, 4).every((value) => value > 1000));
});
