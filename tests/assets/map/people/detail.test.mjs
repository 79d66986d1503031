/** How closely a map looks at a crowd. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FEW_ENOUGH, countIn, densityLevel, detailOf, tilesIn } from '../../../../assets/wall/map/people/detail.mjs';
import { mercatorX, mercatorY } from '../../../../assets/wall/map/geo.mjs';
import { view } from '../../fixtures-map.mjs';

/** @param {number[]} counts all in the middle of the view */
const crowd = (...counts) => ({
  x: Float64Array.from(counts, () => mercatorX(119.9)), y: Float64Array.from(counts, () => mercatorY(31.8)),
  count: Uint32Array.from(counts), n: counts.length, radius: 1e-4, asOf: 0,
});

test('hexagons keep about their size on the glass', () => {
  for (const mpp of [10, 60, 300, 1000]) {
    const vp = view(mpp);
    const radius = (10 / (256 * 2 ** densityLevel(vp))) * vp.scale;
    assert.ok(radius > 3 && radius < 6.3, `${radius} px at ${mpp} m per px`);
  }
});

test('a screen is a handful of tiles, and they cover it', () => {
  const vp = view(20);
  const tiles = tilesIn(vp).map((name) => name.split('/').map(Number));
  assert.ok(tiles.length >= 1 && tiles.length <= 6);
  const [zoom] = tiles[0];
  for (const [px, py] of [[0, 0], [800, 0], [0, 400], [800, 400]]) {
    const at = [((vp.left + px) / vp.scale) * 2 ** zoom, ((vp.top + py) / vp.scale) * 2 ** zoom].map(Math.floor);
    assert.ok(tiles.some(([, x, y]) => x === at[0] && y === at[1]));
  }
});

test('few enough are shown one by one, and it does not flap', () => {
  const vp = view(20);
  assert.equal(detailOf(vp, null, false).close, false);
  assert.deepEqual(detailOf(vp, crowd(FEW_ENOUGH - 1, 1), false).tiles, tilesIn(vp));
  const more = crowd(FEW_ENOUGH, 1);
  assert.deepEqual([detailOf(vp, more, false).close, detailOf(vp, more, true).close], [false, true]);
  assert.deepEqual(detailOf(vp, crowd(2 * FEW_ENOUGH), true).tiles, []);
});

test('only who stands in the tiles of the view is counted', () => {
  const cells = crowd(5, 7);
  cells.x[1] = mercatorX(100);
  assert.equal(countIn(cells, view(20)), 5);
});
