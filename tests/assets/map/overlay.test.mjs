import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aside, districtCounts } from '../../../assets/wall/map/overlay.mjs';
import { event } from '../fixtures.mjs';
import { pinOf } from '../../../assets/wall/map/pins.mjs';
import { litAt } from '../../../assets/wall/map/stage.mjs';

test('一般 are counted per district, others are not', () => {
  const pins = [event({ region: '320402001001' }), event({ region: '320402' }), event({ region: '320404001' }), event({ region: '320404', sev: 3 })].map(pinOf);
  assert.deepEqual([...districtCounts(pins)], [['320402', 2], ['320404', 1]]);
});

test('only a 紧急 nobody accepted waits', () => {
  assert.equal(pinOf(event({ sev: 4, step: 'reported' })).waiting, true);
  assert.equal(pinOf(event({ sev: 4, step: 'accepted' })).waiting, false);
  assert.equal(pinOf(event({ sev: 3, step: 'reported' })).waiting, false);
});

test('what lies outside the scope is shown faintly, unless it waits or is looked at', () => {
  const [inside, outside, waits] = [event({ region: '320402001' }), event({ region: '320404' }), event({ region: '320404', sev: 4, step: 'reported' })].map(pinOf);
  const scene = /** @type {any} */ ({ scope: '320402', focus: null });
  assert.deepEqual([inside, outside, waits].map((pin) => aside(scene, pin)), [false, true, false]);
  assert.equal(aside({ ...scene, focus: outside }, outside), false);
  assert.equal(aside({ ...scene, scope: '' }, outside), false);
});

test('the flash is half a second on, half off, in one phase for everybody', () => {
  assert.deepEqual([0, 499, 500, 999, 1000, 60_250].map(litAt), [true, true, false, false, true, true]);
});
