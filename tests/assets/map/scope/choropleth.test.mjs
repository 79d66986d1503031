import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inksOf, rampSteps } from '../../../../assets/wall/map/scope/choropleth.mjs';
import { SAMPLE, scaleOf } from '../../../../assets/wall/map/scope/choroscale.mjs';
import { pixel } from '../../../../assets/wall/map/palette.mjs';

const palette = /** @type {import('../../../../assets/wall/map/palette.mjs').Palette} */ (
  Object.fromEntries(['ramp1', 'ramp2', 'ramp3', 'ramp4', 'ramp5', 'sev2', 'line2'].map((key, k) => [key, `#00000${k + 1}`])));

test('fewer steps are spread over the ramp', () => {
  assert.deepEqual([1, 2, 3, 4, 5].map(rampSteps), [[3], [1, 5], [1, 3, 5], [1, 2, 4, 5], [1, 2, 3, 4, 5]]);
});

test('counts take the ramp and never a warning colour; nothing is not coloured', () => {
  const inks = inksOf(scaleOf('open', Array.from({ length: 100 }, (_, k) => k), undefined), palette, 1);
  assert.equal(inks[0], null);
  assert.ok(inks.slice(1, 6).every((ink) => ink && ink.period === 0));
});

test('rates are hatched in yellow only below the action line, the worse the denser', () => {
  const inks = inksOf(scaleOf('ontime', [], 95), palette, 1);
  const [worst, low, below, well] = [1, 2, 3, 4].map((k) => /** @type {NonNullable<(typeof inks)[0]>} */ (inks[k]));
  assert.deepEqual([worst.stripe, low.stripe], [pixel(palette.sev2, 1), pixel(palette.sev2, 1)]);
  assert.ok(worst.period < low.period);
  assert.deepEqual([below.period, well.period], [0, 0]);
});

test('too few cases: a hatch on the bare ground, leaning the other way', () => {
  for (const key of ['ontime', 'open']) {
    const few = inksOf(scaleOf(key, [1, 2, 3], 95), palette, 1)[SAMPLE];
    assert.ok(few && few.colour === 0 && few.period > 0 && few.lean === -1);
  }
});
