import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countBySeverity, scaleLength } from '../../../assets/wall/map/legend.mjs';

test('the scale bar is the longest round length that fits', () => {
  assert.deepEqual([0.5, 2, 11, 110, 270, 5000].map(scaleLength), [20, 50, 500, 5000, 10_000, 50_000]);
});

test('counts by severity', () => assert.deepEqual(countBySeverity([{ sev: 4 }, { sev: 1 }, { sev: 1 }]), [0, 2, 0, 0, 1]));
