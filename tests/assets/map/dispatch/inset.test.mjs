import assert from 'node:assert/strict';
import { test } from 'node:test';
import { insetView } from '../../../../assets/wall/map/dispatch/inset.mjs';
import { mercatorX, mercatorY, metresPerUnit } from '../../../../assets/wall/map/geo.mjs';

test('the inset shows its middle in the middle and its reach at the upper edge', () => {
  const [x, y] = [mercatorX(119.9), mercatorY(31.8)];
  const vp = insetView(x, y, 500, 300, 120, 1);
  assert.ok(Math.abs(vp.x(x) - 150) < 1e-6 && Math.abs(vp.y(y) - 60) < 1e-6);
  assert.ok(Math.abs(vp.y(y - 500 / metresPerUnit(y))) < 1e-6);
});
