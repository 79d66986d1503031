import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distance, latitudeOf, longitudeOf, mercatorX, mercatorY, metresPerUnit } from '../../../assets/wall/map/geo.mjs';

test('Mercator maps the equator and Greenwich to the middle and grows south and east', () => {
  assert.equal(mercatorX(0), 0.5);
  assert.ok(Math.abs(mercatorY(0) - 0.5) < 1e-12);
  assert.ok(mercatorX(120) > mercatorX(119) && mercatorY(31) > mercatorY(32));
});

test('a degree of latitude is 111.2 km, a degree of longitude shrinks with it', () => {
  assert.ok(Math.abs(distance(31, 120, 32, 120) - 111_195) < 5);
  assert.ok(Math.abs(distance(60, 10, 60, 11) - 55_597) < 30);
  assert.equal(distance(31.8, 119.9, 31.8, 119.9), 0);
});

test('metres per unit agrees with the distance between two near points', () => {
  const units = mercatorX(119.91) - mercatorX(119.9);
  const metres = units * metresPerUnit(mercatorY(31.8));
  assert.ok(Math.abs(metres / distance(31.8, 119.9, 31.8, 119.91) - 1) < 0.002);
});

test('Mercator and back', () => {
  assert.ok(Math.abs(longitudeOf(mercatorX(119.95)) - 119.95) < 1e-9);
  for (const lat of [-60, 0, 31.8]) assert.ok(Math.abs(latitudeOf(mercatorY(lat)) - lat) < 1e-9);
});
