import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace, stillFor } from '../../../../assets/wall/map/people/pace.mjs';

/** @param {number} ms @param {number} [times] */
function after(ms, times = 100) {
  const pace = new Pace();
  for (let k = 0; k < times; k++) pace.took(ms);
  return { news: pace.gap(true), between: pace.gap(false) };
}

test('a quick machine draws news at once, and movement between frames twenty times a second', () => {
  assert.deepEqual(after(3), { news: 12, between: 50 });
});

test('a slow one draws as often as a third of its time allows, but at least four times a second', () => {
  const slow = after(35);
  assert.ok(Math.abs(slow.news - 100) < 1);
  assert.equal(slow.news, slow.between);
  assert.equal(after(5000).news, 250);
});

test('one slow drawing changes little', () => assert.ok(after(5000, 1).news < 120));

test('who crosses no pixel need not be moved', () => {
  assert.deepEqual([0.5, 4, 20, 80].map(stillFor), [50, 100, 500, 1000]);
  assert.equal(new Pace().gap(false, 100), 100);
  assert.equal(new Pace().gap(true, 100), new Pace().gap(true));
});
