import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeGrids } from '../../../../assets/wall/map/ground/basemap.mjs';
import { fill, runsOf } from '../../../../assets/wall/map/scope/cellraster.mjs';
import { GRIDS } from '../../fixtures-land.mjs';
import { view } from '../../fixtures-map.mjs';

const ink = (/** @type {number} */ colour) => ({ colour, stripe: 0, period: 0, lean: /** @type {const} */ (1) });
/** A view in which the squares of the fixture (0.1° are 9.4 × 11.1 km) are some 47 × 56 pixels. */
const vp = () => view(200, 31.9, 119.15);

test('every pixel of a coverage belongs to exactly one ring, and none to two', () => {
  const runs = runsOf(decodeGrids(GRIDS), vp());
  const seen = new Uint8Array(runs.width * runs.height);
  for (let k = 0; k < 3 * runs.n; k += 3) for (let at = runs.runs[k + 1]; at < runs.runs[k + 2]; at++) seen[at] += 1;
  assert.ok(seen.every((times) => times <= 1));
  const across = (0.3 / 360) * vp().scale; // three squares side by side
  const rows = new Map();
  for (let k = 0; k < 3 * runs.n; k += 3) rows.set(Math.floor(runs.runs[k + 1] / runs.width), (rows.get(Math.floor(runs.runs[k + 1] / runs.width)) ?? 0) + runs.runs[k + 2] - runs.runs[k + 1]);
  assert.ok(Math.abs(Math.max(...rows.values()) - across) <= 1, `${Math.max(...rows.values())} of ${across}`);
});

test('rings beyond the edge are cut off there', () => {
  const away = vp();
  away.left += 400;
  const { width, height, n, runs } = runsOf(decodeGrids(GRIDS), away);
  for (let k = 0; k < 3 * n; k += 3) assert.ok(runs[k + 1] >= 0 && runs[k + 2] <= width * height && Math.floor(runs[k + 1] / width) === Math.floor((runs[k + 2] - 1) / width));
});

test('colours change without new geometry: only rings of another class are filled', () => {
  const runs = runsOf(decodeGrids(GRIDS), vp());
  const pixels = new Uint32Array(runs.width * runs.height);
  const count = (/** @type {number} */ colour) => pixels.reduce((sum, pixel) => sum + Number(pixel === colour), 0);
  fill(pixels, runs, Uint8Array.of(1, 1, 1, 1), [null, ink(7)]);
  const whole = count(7);
  assert.ok(whole > 4000);
  fill(pixels, runs, Uint8Array.of(1, 2, 1, 0), [null, ink(9), ink(8)], Uint8Array.of(1, 1, 1, 1));
  assert.equal(count(9), 0, 'what stayed keeps its pixels');
  assert.ok(Math.abs(count(8) - whole / 4) < whole / 40);
  assert.ok(Math.abs(count(7) - whole / 2) < whole / 40, 'one ring lost its colour');
});

test('a hatch is a third stripe, and goes on over the edges of cells', () => {
  const runs = runsOf(decodeGrids(GRIDS), vp());
  const pixels = new Uint32Array(runs.width * runs.height);
  fill(pixels, runs, Uint8Array.of(1, 1, 1, 1), [null, { colour: 5, stripe: 6, period: 6, lean: 1 }]);
  for (let at = 0; at < pixels.length; at++) {
    if (!pixels[at]) continue;
    const [x, y] = [at % runs.width, Math.floor(at / runs.width)];
    assert.equal(pixels[at], (x + y) % 6 < 2 ? 6 : 5, `${x}, ${y}`);
  }
});

test('a view of very many pixels is found at half the size', () => {
  const large = vp();
  [large.width, large.height] = [3840, 1900];
  const { width, height, step } = runsOf(decodeGrids(GRIDS), large);
  assert.deepEqual([width, height, step], [1920, 950, 2]);
});
