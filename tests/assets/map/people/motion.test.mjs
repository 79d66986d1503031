import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mercatorX, mercatorY } from '../../../../assets/wall/map/geo.mjs';
import { Motion } from '../../../../assets/wall/map/people/motion.mjs';
import { NO_FIX } from '../../../../assets/wall/types.mjs';
import { crowd } from '../../fixtures-map.mjs';

const ROW = Uint32Array.of(0);

/** One worker who stood at 31.8, 119.9 and reports `lat` `later` ms afterwards. @param {number} lat @param {number} later
 * @param {boolean} [still] */
function walk(lat, later, still = false) {
  const motion = new Motion(still);
  const workers = crowd([{ lat: 31.8, lon: 119.9, fixTime: 1000 }]);
  motion.update(workers, null, 0);
  workers.lat[0] = Math.round(lat * 1e6);
  workers.fixTime[0] = 1000 + later;
  motion.update(workers, ROW, 0);
  return motion;
}

test('a snapshot is shown at once', () => {
  const motion = new Motion();
  motion.update(crowd([{ lat: 31.8, lon: 119.9 }]), null, 0);
  assert.equal(motion.x[0], mercatorX(119.9));
  assert.equal(motion.moving, 0);
});

test('between two fixes a worker moves linearly for a second and never beyond the last', () => {
  const motion = walk(31.801, 10_000);
  const [from, to] = [mercatorY(31.8), mercatorY(31.801)];
  motion.step(500);
  assert.ok(Math.abs(motion.y[0] - (from + to) / 2) < 1e-15);
  motion.step(1000);
  assert.equal(motion.y[0], to);
  assert.equal(motion.moving, 1, 'the arriving step still lists the row, so that it is drawn');
  motion.step(5000);
  assert.equal(motion.y[0], to);
  assert.equal(motion.moving, 0);
});

test('fixes closer than a second are drawn out over their own interval only', () => {
  const motion = walk(31.801, 200);
  motion.step(200);
  assert.equal(motion.y[0], mercatorY(31.801));
});

test('a new fix under way starts from the place shown', () => {
  const motion = walk(31.801, 10_000);
  motion.step(500);
  const shown = motion.y[0];
  const workers = crowd([{ lat: 31.802, lon: 119.9, fixTime: 30_000 }]);
  motion.update(workers, ROW, 500);
  motion.step(500);
  assert.equal(motion.y[0], shown);
  assert.equal(motion.moving, 1);
});

test('a hop of more than two kilometres is shown at once', () => {
  const motion = walk(31.82, 10_000);
  assert.equal(motion.y[0], mercatorY(31.82));
  assert.equal(motion.moving, 0);
});

test('reduced motion shows every fix at once', () => assert.equal(walk(31.801, 10_000, true).y[0], mercatorY(31.801)));

test('an older fix than the last is not drawn as a walk', () => assert.equal(walk(31.801, -5000).moving, 0));

test('who has no fix is nowhere, and the first fix is shown at once', () => {
  const motion = new Motion();
  const workers = crowd([{ lat: 0, lon: 0 }]);
  workers.lat[0] = workers.lon[0] = NO_FIX;
  workers.fixTime[0] = NaN;
  motion.update(workers, null, 0);
  assert.ok(Number.isNaN(motion.x[0]));
  motion.update(crowd([{ lat: 31.8, lon: 119.9 }]), ROW, 0);
  assert.equal(motion.x[0], mercatorX(119.9));
});

test('the heading is clockwise from north', () => {
  assert.ok(Math.abs(walk(31.801, 10_000).heading[0]) < 1e-9);
  assert.ok(Math.abs(Math.abs(walk(31.799, 10_000).heading[0]) - Math.PI) < 1e-9);
});

test('the roster may outgrow the columns', () => {
  const motion = new Motion();
  motion.update(crowd([{ lat: 31.8, lon: 119.9 }]), null, 0);
  const many = crowd(Array.from({ length: 5000 }, (_, k) => ({ lat: 31 + k / 1e4, lon: 119.9 })));
  motion.update(many, Uint32Array.of(4999), 0);
  assert.equal(motion.x[0], mercatorX(119.9));
  assert.equal(motion.y[4999], mercatorY(31.4999));
});

test('without steps a row is where it should be as soon as it is asked for, and a new fix starts from there', () => {
  const motion = walk(31.801, 10_000);
  motion.settle(0, 500);
  const half = motion.y[0];
  assert.ok(Math.abs(half - (mercatorY(31.8) + mercatorY(31.801)) / 2) < 1e-15);
  motion.update(crowd([{ lat: 31.802, lon: 119.9, fixTime: 30_000 }]), ROW, 750);
  assert.ok(motion.fromY[0] < half, 'it had gone on north until the news came');
  assert.equal(motion.until, 1750);
});

test('three metres from fix to fix are a walk, less is jitter', () => {
  assert.equal(walk(31.80004, 10_000).walks[0], 1);
  assert.equal(walk(31.80002, 10_000).walks[0], 0);
});
