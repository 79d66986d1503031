import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actOf, nextZoom } from '../../../assets/wall/map/keys.mjs';

/** @param {string} key @param {Partial<import('../../../assets/wall/map/keys.mjs').Pressed>} [held] */
const press = (key, held = {}) => actOf({ key, ctrlKey: false, altKey: false, metaKey: false, shiftKey: false, ...held });

test('arrows pan, with Shift further', () => {
  assert.deepEqual(press('ArrowLeft'), { do: 'pan', by: [-1, 0] });
  assert.deepEqual(press('ArrowDown', { shiftKey: true }), { do: 'pan', by: [0, 3] });
});

test('plus and minus zoom, on every keyboard', () => {
  for (const key of ['+', '=']) assert.deepEqual(press(key), { do: 'zoom', by: 1 });
  for (const key of ['-', '_']) assert.deepEqual(press(key), { do: 'zoom', by: -1 });
});

test('zooming by key lands on even steps', () => {
  assert.deepEqual([nextZoom(10.22, 0.5, 1), nextZoom(10.5, 0.5, 1), nextZoom(10.22, 0.5, -1), nextZoom(10, 0.5, -1)], [10.5, 11, 10, 9.5]);
});

test('a question mark is one in Chinese, too', () => assert.deepEqual(press('？'), press('?')));

test("the browser's own combinations stay the browser's", () => {
  assert.equal(press('+', { ctrlKey: true }), null);
  assert.equal(press('ArrowLeft', { altKey: true }), null);
  assert.equal(press('c', { metaKey: true }), null);
});

test('other keys mean nothing here', () => assert.deepEqual(['a', 'Tab', 'Enter', 'constructor'].map((key) => press(key)), [null, null, null, null]));
