import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decodeGrids, isShape, rankOf, ringsIn, styleOf } from '../../../../assets/wall/map/ground/basemap.mjs';
import { mercatorX, mercatorY } from '../../../../assets/wall/map/geo.mjs';
import { view } from '../../fixtures-map.mjs';

const PACK = new URL('../../../../dashboard/cities/changzhou/', import.meta.url);
const read = (/** @type {string} */ name) => JSON.parse(readFileSync(new URL(name, PACK), 'utf8'));
const palette = /** @type {import('../../../../assets/wall/map/palette.mjs').Palette} */ (
  /** @type {unknown} */ ({ land: '#111111', border: '#222222', city: '#333333', water: '#444444', metro: '#a9c3d866' })
);

test('rings are unpacked from first point and steps', () => {
  const grids = decodeGrids({ codes: ['g'], scale: 100, rings: [[11990, 3180, 10, 0, 0, 10]] });
  assert.deepEqual([...grids.from], [0, 3]);
  assert.deepEqual([...grids.x], [119.9, 120, 120].map(mercatorX));
  assert.deepEqual([...grids.y], [31.8, 31.8, 31.9].map(mercatorY));
  assert.deepEqual([...grids.box], [mercatorX(119.9), mercatorY(31.9), mercatorX(120), mercatorY(31.8)]);
});

test('the whole city has 6,257 cells, a street few', () => {
  const grids = decodeGrids(read('grids.json'));
  assert.equal(ringsIn(grids, view(300, 31.62, 119.68)).length, 6257);
  const few = ringsIn(grids, view(2, 31.772, 119.95)).length;
  assert.ok(few > 0 && few < 200, String(few));
  assert.equal(ringsIn(grids, view(2, 39.9, 116.4)).length, 0);
});

test('points are names, not shapes', () => {
  const features = read('basemap.geojson').features;
  const shapes = features.filter(isShape);
  assert.ok(shapes.length > 10 && shapes.every((/** @type {any} */ f) => f.geometry.type !== 'Point'));
  assert.ok(!isShape({ geometry: { type: 'Polygon' }, properties: { kind: 'no such kind' } }));
});

test('land lies below water, water below lines', () => {
  const ranks = ['district', 'water', 'river', 'metro'].map(rankOf);
  assert.deepEqual(ranks, [...ranks].sort((a, b) => a - b));
});

test('styles come from the tokens; an opacity in a token survives', () => {
  assert.equal(styleOf('district', 'MultiPolygon', palette, 2).fillColor, '#111111');
  assert.equal(styleOf('water', 'Polygon', palette, 2).stroke, false);
  assert.deepEqual([styleOf('river', 'LineString', palette, 2).fill, styleOf('river', 'Polygon', palette, 2).fill], [false, true]);
  const metro = styleOf('metro', 'LineString', palette, 2);
  assert.deepEqual([metro.color, metro.opacity, metro.weight], ['#a9c3d8', 0.4, 3]);
});
