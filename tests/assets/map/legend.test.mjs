import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countBySeverity, located, scaleLength } from '../../../assets/wall/map/legend.mjs';
import { NOW } from '../fixtures.mjs';
import { crowd } from '../fixtures-map.mjs';

test('the scale bar is the longest round length that fits', () => {
  assert.deepEqual([0.5, 2, 11, 110, 270, 5000].map(scaleLength), [50, 50, 500, 5000, 10_000, 50_000]);
});

test('counts by severity', () => assert.deepEqual(countBySeverity([{ sev: 4 }, { sev: 1 }, { sev: 1 }]), [0, 2, 0, 0, 1]));

test('located: a fix within the limit; never reported is not located', () => {
  const at = { lat: 31.8, lon: 119.9 };
  const workers = crowd([{ ...at, fixTime: NOW - 1000 }, { ...at, fixTime: NOW - 600_000 }, { ...at, fixTime: NOW - 600_001 }, { ...at, fixTime: NaN }]);
  assert.equal(located(workers, NOW, 600_000), 2);
});
