import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mercatorX } from '../../../../assets/wall/map/geo.mjs';
import { GAP_MS, extend, pathOf, pieces } from '../../../../assets/wall/map/tracks/track.mjs';
import { MINUTE, NOW } from '../../fixtures.mjs';

/** @param {number[]} minutes before NOW @returns {import('../../../../assets/wall/types.mjs').Track} */
const track = (minutes) => ({
  worker: 'W1', since: NOW - 600 * MINUTE,
  lon: Int32Array.from(minutes, (m) => 119_900_000 + m),
  lat: Int32Array.from(minutes, () => 31_800_000),
  time: Float64Array.from(minutes, (m) => NOW - m * MINUTE),
});

test('a path holds the last hour only', () => {
  const path = pathOf(track([90, 61, 60, 10, 0]), NOW - 60 * MINUTE);
  assert.deepEqual(path.time, [NOW - 60 * MINUTE, NOW - 10 * MINUTE, NOW]);
  assert.equal(path.x[2], mercatorX(119.9));
});

test('a fix that is not newer than the last does not extend a path', () => {
  const path = pathOf(track([1]), 0);
  assert.equal(extend(path, 119_900_000, 31_800_000, NOW - MINUTE), false);
  assert.equal(extend(path, 119_900_000, 31_800_000, NOW), true);
  assert.equal(extend(path, 119_900_000, 31_800_000, NaN), false);
  assert.equal(path.time.length, 2);
});

test('a path breaks where nobody reported for more than three minutes', () => {
  const times = [0, 1, 2, 2 + GAP_MS, 3 + 2 * GAP_MS, 4 + 2 * GAP_MS];
  assert.deepEqual(pieces(times), [[0, 4], [4, 6]]);
});

test('a lone fix between two gaps is a piece of one, and nothing is lost', () => {
  const times = [0, 10 * GAP_MS, 20 * GAP_MS];
  assert.deepEqual(pieces(times), [[0, 1], [1, 2], [2, 3]]);
  assert.deepEqual(pieces([]), []);
});
