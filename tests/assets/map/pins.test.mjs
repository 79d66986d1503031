import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pins, pinOf } from '../../../assets/wall/map/pins.mjs';
import { event } from '../fixtures.mjs';

/** A small generator, so that the walk is the same every time. @param {number} seed */
const dice = (seed) => () => (seed = (seed * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;

test('single changes lead to the order a fresh start has', () => {
  const pins = new Pins();
  const events = new Map();
  const roll = dice(7);
  for (let k = 0; k < 2000; k++) {
    const id = `E${Math.floor(roll() * 60)}`;
    if (roll() < 0.3) {
      events.delete(id);
      pins.del(id);
    } else {
      events.set(id, event({ id, sev: /** @type {1|2|3|4} */ (1 + Math.floor(roll() * 4)), step: roll() < 0.5 ? 'reported' : 'handling' }));
      pins.put(events.get(id));
    }
  }
  const fresh = new Pins();
  fresh.reset(events.values());
  assert.deepEqual(pins.list, fresh.list);
  assert.deepEqual([...pins.byId.keys()].sort(), [...events.keys()].sort());
  assert.ok(pins.list.every((pin, k) => k === 0 || pins.list[k - 1].sev <= pin.sev));
});

test('a pin is waiting while a 紧急 is not accepted', () => {
  const pins = new Pins();
  pins.reset([event({ id: 'A', sev: 4, step: 'handling' }), event({ id: 'B', sev: 3, step: 'reported' })]);
  assert.equal(pins.waiting, false);
  pins.put(event({ id: 'C', sev: 4, step: 'reported' }));
  assert.equal(pins.waiting, true);
  pins.del('C');
  pins.del('C');
  assert.equal(pins.waiting, false);
});

test('a title is shortened for the map', () => assert.ok(pinOf(event({ title: '电动车棚起火冒浓烟，楼上疑有人员被困' })).label.length <= 10));
