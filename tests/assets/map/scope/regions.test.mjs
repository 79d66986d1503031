import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decodeGrids } from '../../../../assets/wall/map/ground/basemap.mjs';
import { mercatorX, mercatorY } from '../../../../assets/wall/map/geo.mjs';
import { Land, edgesOf } from '../../../../assets/wall/map/scope/regions.mjs';
import { RegionTree } from '../../../../assets/wall/scope.mjs';
import { land } from '../../fixtures-land.mjs';

const [CITY, A, A_COMMUNITY, A1, B] = [0, 1, 3, 4, 7];
const round = (/** @type {number} */ value) => Math.round(value * 1e9) / 1e9;

/** Area by the shoelace rule; a hole runs the other way and counts against it. @param {ArrayLike<number>} loop */
function area(loop) {
  let sum = 0;
  for (let k = 0; k < loop.length; k += 2) {
    const [x, y] = [loop[(k + 2) % loop.length], loop[(k + 3) % loop.length]];
    sum += loop[k] * y - x * loop[k + 1];
  }
  return sum / 2;
}

test('a place lies in the grid around it, and outside all of them in none', () => {
  const l = land();
  const at = (/** @type {number} */ lon, /** @type {number} */ lat) => l.nodeAt(mercatorX(lon), mercatorY(lat));
  assert.deepEqual([at(119.05, 31.95), at(119.05, 31.85), at(119.25, 31.95), at(119.15, 31.85), at(100, 0)], [4, 6, 10, -1, -1]);
});

test('an outline has no edge that two grids of the region share', () => {
  const l = land();
  const points = (/** @type {number} */ node) => l.outline(node).map((loop) => loop.length / 2);
  assert.deepEqual([points(A1), points(A), points(B)], [[4], [8], [4]]); // an L of three squares has eight edges on its rim
  assert.deepEqual(points(CITY), [10]);
  assert.equal(l.outline(A), l.outline(A), 'computed once');
});

test('the area within an outline is that of its grids', () => {
  const l = land();
  const of = (/** @type {number} */ node) => l.outline(node).reduce((sum, loop) => sum + area(loop), 0);
  assert.ok(Math.abs(of(CITY) - (of(A) + of(B))) < 1e-12);
});

test('the box of a region, and of one without grids none', () => {
  const l = land();
  assert.deepEqual(l.bounds(A)?.map(round), [mercatorX(119), mercatorY(32), mercatorX(119.2), mercatorY(31.8)].map(round));
  const bare = new Land(decodeGrids({ codes: [], rings: [], scale: 1 }), [], l.tree);
  assert.deepEqual([bare.bounds(A), bare.outline(A), bare.nodeAt(0.8, 0.4)], [null, [], -1]);
});

test('a name stands inside its region, on the grid nearest to the middle', () => {
  const l = land();
  assert.deepEqual([...l.spots(1).keys()], [A, B]);
  for (const level of [1, 2, 3, 4])
    for (const [node, { x, y }] of l.spots(level)) assert.ok(l.tree.holds(node, l.nodeAt(x, y)));
  assert.deepEqual([...l.at(3)], [A_COMMUNITY, A_COMMUNITY, A_COMMUNITY, 9]);
});

test('a grid the tree does not know belongs nowhere', () => {
  const l = land();
  const other = new Land(l.grids, ['x', 'y', 'z', 'w'], l.tree);
  assert.deepEqual([[...other.nodes], [...other.at(1)], other.spots(1).size], [[-1, -1, -1, -1], [-1, -1, -1, -1], 0]);
});

test('the demo city is one coverage: every edge has a twin but the rim, and the outlines of districts add up to the city', () => {
  const folder = new URL('../../../../dashboard/cities/changzhou/', import.meta.url);
  const file = JSON.parse(readFileSync(new URL('grids.json', folder), 'utf8'));
  const rows = readFileSync(new URL('regions.csv', folder), 'utf8').trim().split('\n').slice(1).map((line) => line.split(','));
  rows.sort((a, b) => (a[0] < b[0] ? -1 : 1));
  const codes = rows.map(([code]) => code);
  const ends = codes.map((code, at) => {
    let end = at + 1;
    while (end < codes.length && codes[end].startsWith(code)) end++;
    return end;
  });
  const grids = decodeGrids(file);
  const { twin } = edgesOf(grids);
  assert.equal(twin.filter((edge) => edge < 0).length, 735);
  const l = new Land(grids, file.codes, new RegionTree({ codes, names: codes, ends }));
  const of = (/** @type {number} */ node) => l.outline(node).reduce((sum, loop) => sum + area(loop), 0);
  const districts = l.tree.children(0).reduce((sum, node) => sum + of(node), 0);
  assert.ok(Math.abs(of(0) / districts - 1) < 1e-6);
});
