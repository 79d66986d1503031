import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toldRow } from '../../../../assets/wall/map/dispatch/nearlist.mjs';

/** @param {...(''|'go'|'no')} tones @returns {import('../../../../assets/wall/map/dispatch/push.mjs').Row[]} */
const rows = (...tones) => tones.map((tone, k) => ({ id: `W${k}`, name: '', role: '', duty: '', metres: '', eta: '', why: [], tone, mark: '', can: true, lat: 0, lon: 0 }));

test('the reasons shown are those of the row with news, else pointed at, else picked, else the first', () => {
  assert.equal(toldRow(rows('', '', ''), -1, -1), 0);
  assert.equal(toldRow(rows('', '', ''), -1, 2), 2);
  assert.equal(toldRow(rows('', '', ''), 1, 2), 1);
  assert.equal(toldRow(rows('', 'no', ''), 2, -1), 1);
  assert.equal(toldRow(rows(''), 4, 3), 0);
});
