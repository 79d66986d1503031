import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Crowds, MANY } from '../../../../assets/wall/map/people/crowds.mjs';
import { Motion } from '../../../../assets/wall/map/people/motion.mjs';
import { crowd, view } from '../../fixtures-map.mjs';

const vp = view(1);

/** @param {number} count @param {number[]} [looks] */
function station(count, looks = []) {
  const motion = new Motion();
  motion.update(crowd(Array.from({ length: count }, () => ({ lat: 31.8, lon: 119.9 }))), null, 0);
  const look = Uint8Array.from({ length: count }, (_, k) => looks[k] ?? 1);
  return { motion, look };
}

test('seven on one spot are a crowd, six are not', () => {
  const crowds = new Crowds();
  const six = station(MANY - 1);
  assert.equal(crowds.find(six.motion, six.look, vp), false);
  assert.equal(crowds.list.length, 0);
  const seven = station(MANY);
  assert.equal(crowds.find(seven.motion, seven.look, vp), true);
  assert.equal(crowds.list[0].count, MANY);
  assert.ok(Math.hypot(crowds.list[0].x - 400, crowds.list[0].y - 200) < 1);
  assert.equal(crowds.find(seven.motion, seven.look, vp), false, 'nothing changed');
});

test('who is off duty makes no crowd', () => {
  const crowds = new Crowds();
  const { motion, look } = station(MANY, [5]);
  crowds.find(motion, look, vp);
  assert.deepEqual(crowds.list, []);
});

test('a plate is hit within its radius, and its people are counted by duty', () => {
  const crowds = new Crowds();
  const { motion, look } = station(9, [1, 1, 2, 3, 4, 5]);
  crowds.find(motion, look, vp);
  assert.equal(crowds.at(vp, 405, 205)?.count, 8);
  assert.equal(crowds.at(vp, 420, 200), null);
  assert.deepEqual(crowds.duties(crowds.list[0], motion, look, vp).slice(1, 6), [5, 1, 1, 1, 0]);
});

test('a crowd is counted whole wherever the squares lie', () => {
  const motion = new Motion();
  for (let east = 0; east < 10; east++) {
    const place = (/** @type {number} */ k) => ({ lat: 31.8 + (k % 2) * 2e-5, lon: 119.9 + (east + (k % 3) * 1.5) * 1.06e-5 });
    motion.update(crowd(Array.from({ length: 12 }, (_, k) => place(k))), null, 0);
    const crowds = new Crowds();
    crowds.find(motion, new Uint8Array(12).fill(1), vp);
    assert.deepEqual(crowds.list.map(({ count }) => count), [12]);
    assert.equal(crowds.duties(crowds.list[0], motion, new Uint8Array(12).fill(1), vp)[1], 12);
  }
});
