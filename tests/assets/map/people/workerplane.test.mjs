import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FRESH, KINDS, lookOf, onDuty } from '../../../../assets/wall/map/people/workerplane.mjs';

const LIMITS = { stale_s: 60, lost_s: 600 };

test('a look is the duty with the freshness of the fix', () => {
  assert.equal(lookOf(3 | (2 << 3), 60_000, LIMITS), 3 | FRESH.live);
  assert.equal(lookOf(3 | (2 << 3), 60_001, LIMITS), 3 | FRESH.stale);
  assert.equal(lookOf(3 | (2 << 3), 600_001, LIMITS), 3 | FRESH.lost);
});

test('a dot tells on duty, lost and off duty apart', () => {
  assert.deepEqual([1, 2, 3, 4].map((duty) => KINDS[duty]), [1, 1, 1, 1]);
  assert.equal(KINDS[1 | FRESH.stale], 1);
  assert.equal(KINDS[1 | FRESH.lost], 2);
  assert.deepEqual([0, 5, 6, 5 | FRESH.lost].map((look) => KINDS[look]), [3, 3, 3, 3]);
  assert.deepEqual([0, 1, 4, 5, 6].map(onDuty), [false, true, true, false, false]);
});
