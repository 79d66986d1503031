import assert from 'node:assert/strict';
import { test } from 'node:test';
import { carrier } from '../../../assets/wall/map/livelayer.mjs';

test('the carrier tells when its map comes and goes, and is itself the layer Leaflet chains on', () => {
  /** @type {string[]} */
  const seen = [];
  const L = /** @type {any} */ ({ Layer: class {} });
  const map = /** @type {any} */ ({ name: 'm' });
  const layer = /** @type {any} */ (carrier(L, (m) => seen.push(`+${/** @type {any} */ (m).name}`), () => seen.push('-')));
  assert.ok(layer instanceof L.Layer);
  assert.equal(layer.onAdd(map), layer);
  assert.equal(layer.onRemove(map), layer);
  assert.deepEqual(seen, ['+m', '-']);
});
