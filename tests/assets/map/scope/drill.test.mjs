import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf, degrees, meaning } from '../../../../assets/wall/map/scope/drill.mjs';
import { mercatorX, mercatorY } from '../../../../assets/wall/map/geo.mjs';

const press = (/** @type {string} */ key, more = {}) => meaning({ key, altKey: false, ctrlKey: false, metaKey: false, ...more });

test('keys: Backspace and Alt+↑ go up, Alt+←/→ sideways, / searches, Enter and Alt+↓ open the list below', () => {
  assert.deepEqual(['Backspace', '/', 'Enter', 'a', 'ArrowUp'].map((key) => press(key)), ['up', 'search', 'menu', null, null]);
  assert.deepEqual(['ArrowUp', 'ArrowRight', 'ArrowLeft', 'ArrowDown', '/'].map((key) => press(key, { altKey: true })), ['up', 'next', 'previous', 'menu', null]);
  assert.deepEqual([press('/', { ctrlKey: true }), press('Backspace', { metaKey: true })], [null, null]);
});

test('the address carries the scope beside whatever else it says', () => {
  assert.equal(addressOf('http://wall/map?theme=day', '320401'), 'http://wall/map?theme=day&scope=320401');
  assert.equal(addressOf('http://wall/?scope=320401&lang=en', '320402'), 'http://wall/?scope=320402&lang=en');
  assert.equal(addressOf('http://wall/?scope=320401', ''), 'http://wall/');
});

test('a box in Mercator is a box in degrees, south-west first', () => {
  const [[south, west], [north, east]] = degrees([mercatorX(119), mercatorY(32), mercatorX(120), mercatorY(31)]) ?? [[0, 0], [0, 0]];
  for (const [found, wanted] of [[south, 31], [west, 119], [north, 32], [east, 120]]) assert.ok(Math.abs(found - wanted) < 1e-9);
  assert.equal(degrees(null), null);
});
