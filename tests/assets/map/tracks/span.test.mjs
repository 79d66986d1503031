import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moving, momentIn, spanOf, spanText, wrong } from '../../../../assets/wall/map/tracks/span.mjs';
import { HOUR, MINUTE, NOW, english, t } from '../../fixtures.mjs';

const MIDNIGHT = Date.UTC(2026, 2, 11, 16); // of 12 March in Changzhou
const CUSTOM = { from: 1, to: 2 };

test('the quick windows are the city’s', () => {
  assert.equal(spanOf('now', NOW, CUSTOM), null);
  assert.deepEqual(spanOf('hour', NOW, CUSTOM), { from: NOW - HOUR, to: NOW });
  assert.deepEqual(spanOf('today', NOW, CUSTOM), { from: MIDNIGHT, to: NOW });
  assert.deepEqual(spanOf('yesterday', NOW, CUSTOM), { from: MIDNIGHT - 24 * HOUR, to: MIDNIGHT });
  assert.deepEqual(spanOf('week', NOW, CUSTOM), { from: NOW - 7 * 24 * HOUR, to: NOW });
  assert.deepEqual(spanOf('custom', NOW, CUSTOM), CUSTOM);
  assert.deepEqual(['hour', 'today', 'yesterday', 'custom', 'now'].map((key) => moving(/** @type {any} */ (key))), [true, true, false, false, false]);
});

test('a span in words names the days it must', () => {
  assert.equal(spanText({ from: NOW - HOUR, to: NOW }, NOW, t), '13:32 — 14:32');
  assert.equal(spanText({ from: MIDNIGHT - 24 * HOUR, to: MIDNIGHT }, NOW, t), '3月11日');
  assert.equal(spanText({ from: MIDNIGHT - HOUR, to: NOW }, NOW, t), '3月11日 23:00 — 3月12日 14:32');
  assert.equal(spanText({ from: MIDNIGHT - 2 * HOUR, to: MIDNIGHT - HOUR }, NOW, t), '3月11日 22:00 — 23:00');
  assert.equal(spanText({ from: MIDNIGHT - HOUR, to: NOW }, NOW, english), '11 Mar 23:00 — 12 Mar 14:32');
});

test('a moment within a span has its day only where there are several', () => {
  assert.equal(momentIn(NOW, { from: MIDNIGHT, to: MIDNIGHT + 24 * HOUR }, t), '14:32:08');
  assert.equal(momentIn(NOW, { from: MIDNIGHT - 1, to: NOW }, t), '3月12日 14:32:08');
});

test('what cannot be asked for says why', () => {
  assert.equal(wrong({ from: NaN, to: NOW }, HOUR), 'span.empty');
  assert.equal(wrong({ from: NOW, to: NOW }, HOUR), 'span.order');
  assert.equal(wrong({ from: NOW - HOUR - MINUTE, to: NOW }, HOUR), 'span.long');
  assert.equal(wrong({ from: NOW - HOUR, to: NOW }, HOUR), null);
});
