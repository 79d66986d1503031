import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace } from '../../assets/wall/pace.mjs';

/** @param {number} ms @param {number} [times] */
function after(ms, times = 100) {
  const pace = new Pace();
  for (let k = 0; k < times; k++) pace.took(ms);
  return pace.gap;
}

test('a quick machine draws thirty times a second', () => assert.equal(after(5), 33));

test('a slow one draws as often as a third of its time allows, but at least four times a second', () => {
  assert.ok(Math.abs(after(35) - 100) < 1);
  assert.equal(after(5000), 250);
});

test('one slow drawing changes little', () => assert.ok(after(5000, 1) < 120));
