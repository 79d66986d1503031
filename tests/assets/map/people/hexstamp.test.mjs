import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HexStamp } from '../../../../assets/wall/map/people/hexstamp.mjs';

const RGB = 0x102030;

/** Opacity of every pixel after one hexagon. @param {number} radius @param {number} x @param {number} y */
function stamped(radius, x, y) {
  const image = { pixels: new Uint32Array(40 * 30), width: 40, height: 30 };
  new HexStamp(radius).write(image, x, y, RGB);
  return image;
}

/** @param {{pixels: Uint32Array}} image @returns {number} in whole pixels */
const area = ({ pixels }) => pixels.reduce((sum, value) => sum + (value >>> 24), 0) / 255;

test('it covers what a hexagon covers, wherever in a pixel its middle lies', () => {
  for (const [x, y] of [[20, 15], [20.3, 15.6], [19.99, 14.01]])
    assert.ok(Math.abs(area(stamped(8, x, y)) - (3 * Math.sqrt(3) * 64) / 2) < 2, `at ${x}, ${y}`);
});

test('its corners are above and below, its flat sides to the left and right', () => {
  const { pixels, width } = stamped(8, 20.1, 15.1);
  const at = (/** @type {number} */ x, /** @type {number} */ y) => pixels[y * width + x] >>> 24;
  assert.equal(at(20, 15), 255);
  assert.ok(at(20, 8) > 0 && at(27, 15) === 0 && at(26, 15) > 0 && at(14, 8) === 0);
  assert.equal(pixels[15 * width + 20], (0xff000000 | RGB) >>> 0);
});

test('what lies beyond the edge is left out and nothing runs into the next row', () => {
  const { pixels, width } = stamped(8, 0.1, 15.1);
  for (let y = 0; y < 30; y++) assert.equal(pixels[y * width + 39], 0);
  assert.ok(Math.abs(area(stamped(8, 0.1, 15.1)) - (3 * Math.sqrt(3) * 64) / 4) < 8);
  assert.equal(area(stamped(8, -20, 15)), 0);
});

test('where two meet, the one that covers more of a pixel shows', () => {
  const image = { pixels: new Uint32Array(40 * 30), width: 40, height: 30 };
  const stamp = new HexStamp(5);
  stamp.write(image, 15, 15, 1);
  stamp.write(image, 15 + 5 * Math.sqrt(3), 15, 2);
  assert.deepEqual([image.pixels[15 * 40 + 12] & 0xff, image.pixels[15 * 40 + 26] & 0xff], [1, 2]);
});

test('one far larger than the view takes no mask and fills what it covers of it', () => {
  const stamp = new HexStamp(5000);
  assert.equal(stamp.masks.length, 0);
  const image = { pixels: new Uint32Array(40 * 30), width: 40, height: 30 };
  stamp.write(image, 20, 15, RGB);
  assert.equal(area(image), 40 * 30);
  assert.ok(Math.abs(area(stamped(30, 20, 0)) - area(stamped(30, 20, 29))) <= 80 && area(stamped(30, 60, 15)) > 0);
  assert.equal(area(stamped(30, 80, 15)), 0);
});
