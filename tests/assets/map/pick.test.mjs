import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mercatorX, mercatorY } from '../../../assets/wall/map/geo.mjs';
import { pickPin, pickWorker } from '../../../assets/wall/map/pick.mjs';
import { view } from '../fixtures-map.mjs';

const vp = view(100);
/** A pin `east` px and `south` px from the middle of the view. @param {string} id @param {number} sev @param {number} east
 * @param {number} [south] */
const pin = (id, sev, east, south = 0) => ({
  id, sev, x: mercatorX(119.9) + east / vp.scale, y: mercatorY(31.8) + south / vp.scale, label: '', waiting: false, region: '',
});

test('the nearest event within eight units, none beyond', () => {
  const pins = [pin('A', 1, 0), pin('B', 1, 10)];
  assert.equal(pickPin(pins, vp, 404, 200)?.id, 'A');
  assert.equal(pickPin(pins, vp, 407, 200)?.id, 'B');
  assert.equal(pickPin(pins, vp, 400, 209), null);
});

test('a severe glyph is hit over its whole size, before a lesser one beneath it', () => {
  const pins = [pin('small', 1, 9), pin('large', 4, 0)];
  assert.equal(pickPin(pins, vp, 409, 200)?.id, 'large');
  assert.equal(pickPin(pins, vp, 412, 200)?.id, 'large');
});

test('what is not shown cannot be picked', () => assert.equal(pickPin([pin('A', 1, 0)], vp, 400, 200, 2), null));

test('the nearest shown worker within reach', () => {
  const marks = { px: Int32Array.of(10, 14, 13), py: Int32Array.of(10, 10, 10), n: 3 };
  const look = Uint8Array.of(1, 1, 5);
  const shown = (/** @type {number} */ value) => value === 1;
  assert.equal(pickWorker(marks, look, shown, 13, 10, 8), 1);
  assert.equal(pickWorker(marks, look, shown, 10, 11, 8), 0);
  assert.equal(pickWorker(marks, look, shown, 30, 10, 8), -1);
});
