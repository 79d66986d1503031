import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mercatorX } from '../../../../assets/wall/map/geo.mjs';
import { edgeText } from '../../../../assets/wall/map/heat/heat.mjs';
import { cellOf, cellPoints, countedPoints, eventPoints, reachOf, workerPoints } from '../../../../assets/wall/map/heat/heatdata.mjs';
import { MINUTE, NOW, config, event } from '../../fixtures.mjs';
import { crowd } from '../../fixtures-map.mjs';

test('events of one category, or all', () => {
  const events = [event({ cat: 'a', lon: 119.9 }), event({ cat: 'b' }), event({ cat: 'a' })];
  assert.equal(eventPoints(events, 3, '').n, 3);
  const some = eventPoints(events, 3, 'a');
  assert.deepEqual([some.n, some.total, some.x[0]], [2, 2, mercatorX(119.9)]);
});

test('workers count when they are on duty and their place is known', () => {
  const workers = crowd([
    { lat: 31.8, lon: 119.9 }, { lat: 31.8, lon: 119.9, duty: 5 }, { lat: 31.8, lon: 119.9, fixTime: NOW - 60 * MINUTE },
    { lat: -2147.483648, lon: -2147.483648, fixTime: NaN },
  ]);
  assert.equal(workerPoints(workers, NOW, config().fix).total, 1);
});

test('counted workers weigh what was counted', () => {
  const cells = /** @type {any} */ ({ x: new Float64Array(3), y: new Float64Array(3), count: Uint32Array.of(5, 7, 99), n: 2 });
  assert.deepEqual([countedPoints(cells).n, countedPoints(cells).total], [2, 12]);
});

test('worker-minutes are told in hours, events as they are', () => {
  const answer = { cell: 200, lat: [31_800_000, 31_900_000], lon: [119_900_000, 119_900_000], weight: [90, 30] };
  assert.equal(cellPoints(answer, 'workers').total, 2);
  assert.equal(cellPoints(answer, 'events').total, 120);
  assert.equal(cellPoints(answer, 'events').x[0], mercatorX(119.9));
});

test('warmth shrinks on the ground as one comes near, and grows on the glass', () => {
  assert.equal(reachOf({ mpu: 150, u: 2 }), 80);
  assert.ok(reachOf({ mpu: 10, u: 1 }) > reachOf({ mpu: 75, u: 1 }));
  assert.ok(reachOf({ mpu: 10, u: 1 }) * 10 < reachOf({ mpu: 75, u: 1 }) * 75);
  assert.equal(reachOf({ mpu: 0.5, u: 1 }), 160);
  assert.deepEqual([150, 75, 10, 2, 0.5].map((mpu) => cellOf({ mpu })), [1000, 500, 200, 50, 50]);
});

test('edges are short numbers', () => {
  assert.deepEqual([0.075, 0.35, 2.5, 4, 20, 1200].map(edgeText), ['0.075', '0.35', '2.5', '4', '20', '1,200']);
});
