import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { boxInGcj, moved, tileEdges, toGcj, toWgs } from '../../../../assets/wall/map/ground/datum.mjs';
import { distance, latitudeOf, longitudeOf, mercatorX, mercatorY } from '../../../../assets/wall/map/geo.mjs';

/** The server's conversions of the same places (tests/dashboard/test_geodesy.py). @type {{gcj02: [number, number], wgs84: [number, number]}[]} */
const PAIRS = JSON.parse(readFileSync(new URL('../../../golden/datums.json', import.meta.url), 'utf8'));

/** @param {import('../../../../assets/wall/map/ground/datum.mjs').Place} a @param {[number, number]} b */
const metres = (a, b) => distance(a.lat, a.lon, ...b);

for (const { gcj02, wgs84 } of PAIRS)
  test(`browser and server agree within a decimetre at ${wgs84}`, () => {
    assert.ok(metres(toWgs({ lat: gcj02[0], lon: gcj02[1] }), wgs84) < 0.1);
    assert.ok(metres(toGcj({ lat: wgs84[0], lon: wgs84[1] }), gcj02) < 0.1);
  });

test('a place comes back from the other datum', () => {
  const at = { lat: 31.7812345, lon: 119.9654321 };
  assert.ok(metres(toWgs(toGcj(at)), [at.lat, at.lon]) < 0.01);
  assert.ok(metres(toGcj(at), [at.lat, at.lon]) > 300);
});

test('neighbouring tiles share their edge', () => {
  for (const z of [10, 15, 17]) {
    const [x, y] = [Math.floor(mercatorX(119.95) * 2 ** z), Math.floor(mercatorY(31.78) * 2 ** z)];
    const [, , right, bottom] = tileEdges(z, x, y);
    assert.equal(tileEdges(z, x + 1, y)[0], right);
    assert.equal(tileEdges(z, x, y + 1)[1], bottom);
  }
});

test('no place in a tile at zoom 17 is shown more than a metre away', () => {
  const z = 17;
  const side = 1 / 2 ** z;
  const [x, y] = [Math.floor(mercatorX(119.95) * 2 ** z), Math.floor(mercatorY(31.78) * 2 ** z)];
  const [left, top, right, bottom] = tileEdges(z, x, y);
  for (const [u, v] of [[0, 0], [1, 0], [0, 1], [1, 1], [0.5, 0.5], [0.3, 0.9]]) {
    const is = moved(toWgs, (x + u) * side, (y + v) * side);
    const shown = { lat: latitudeOf(top + v * (bottom - top)), lon: longitudeOf(left + u * (right - left)) };
    assert.ok(metres(shown, [latitudeOf(is.y), longitudeOf(is.x)]) < 1);
  }
});

test('the box of a view in GCJ-02 holds all four corners', () => {
  const [west, north, east, south] = [mercatorX(119.9), mercatorY(31.8), mercatorX(120), mercatorY(31.7)];
  const box = boxInGcj([west, north, east, south]);
  for (const [x, y] of [[west, north], [east, north], [east, south], [west, south]]) {
    const at = moved(toGcj, x, y);
    assert.ok(at.x >= box[0] && at.x <= box[2] && at.y >= box[1] && at.y <= box[3]);
  }
});
