import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mercatorX, mercatorY } from '../../../../assets/wall/map/geo.mjs';
import { bandEdges, fieldOf, paintBands, peak, scaleTop } from '../../../../assets/wall/map/heat/kernel.mjs';
import { view } from '../../fixtures-map.mjs';

/** @param {[number, number][]} places lat, lon @param {number[]} [weight] @returns {import('../../../../assets/wall/map/heat/kernel.mjs').Points} */
const points = (places, weight) => ({
  x: Float64Array.from(places, ([, lon]) => mercatorX(lon)), y: Float64Array.from(places, ([lat]) => mercatorY(lat)),
  weight: weight ? Float32Array.from(weight) : null, n: places.length, total: places.length,
});

/** What a field holds altogether: its integral over the ground. @param {import('../../../../assets/wall/map/heat/kernel.mjs').Field} field @param {number} metresPerPixel */
const mass = (field, metresPerPixel) => field.value.reduce((sum, one) => sum + one, 0) * ((field.cell * metresPerPixel) / 1000) ** 2;

test('the density integrates to what there is', () => {
  const vp = view(20);
  assert.ok(Math.abs(mass(fieldOf(points([[31.8, 119.9], [31.801, 119.91]]), vp, 40), 20) - 2) < 1e-3);
  assert.ok(Math.abs(mass(fieldOf(points([[31.8, 119.9]], [7.5]), vp, 80), 20) - 7.5) < 1e-3);
});

test('a lone point is a hill where it stands, somewhat flatter than a Gaussian', () => {
  const field = fieldOf(points([[31.8, 119.9]]), view(10), 60);
  const sigma = (30 * 10) / 1000; // half the reach, km
  const share = peak(field) * 2 * Math.PI * sigma * sigma;
  assert.ok(share > 0.75 && share < 0.9, String(share));
});

test('nothing is below nothing, and nowhere is nothing', () => {
  const field = fieldOf(points([[31.8, 119.9]]), view(10), 40);
  assert.ok(field.value.every((one) => one >= 0));
  assert.equal(peak(fieldOf(points([]), view(10), 40)), 0);
  assert.equal(peak(fieldOf(points([[0, 0], [80, -100]]), view(10), 40)), 0);
});

test('panning does not change what stands at a place', () => {
  const [here, aside] = [view(10), view(10)];
  aside.left += 37;
  aside.top -= 11;
  const found = points([[31.8, 119.9], [31.802, 119.905]]);
  assert.ok(Math.abs(peak(fieldOf(found, here, 50)) - peak(fieldOf(found, aside, 50))) < 1e-4);
});

test('the scale is round and does not jump while it fits', () => {
  assert.equal(scaleTop(0, 0), 0);
  assert.equal(scaleTop(0.83, 0), 1);
  assert.equal(scaleTop(47, 0), 50);
  assert.equal(scaleTop(10, 0), 10);
  assert.equal(scaleTop(30, 50), 50);
  assert.equal(scaleTop(51, 50), 70);
  assert.equal(scaleTop(3, 50), 3);
  assert.deepEqual(bandEdges(50), [2.5, 5, 10, 20, 30]);
});

test('a pixel has the colour of the highest edge its density reaches', () => {
  const vp = view(10);
  const field = fieldOf(points([[31.8, 119.9]]), vp, 60);
  const out = new Uint32Array(400 * 200);
  paintBands(out, 400, 200, field, vp, 2, bandEdges(peak(field)), Uint32Array.from([0, 11, 22, 33, 44, 55]));
  assert.equal(out[100 * 400 + 200], 55);
  assert.equal(out[0], 0);
  const row = [...out.subarray(100 * 400, 100 * 400 + 200)];
  assert.deepEqual(row, [...row].sort((a, b) => a - b), 'it rises towards the middle');
});
