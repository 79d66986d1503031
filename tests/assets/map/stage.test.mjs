import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Stage } from '../../../assets/wall/map/stage.mjs';
import { NOW, event } from '../fixtures.mjs';
import { context, crowd } from '../fixtures-map.mjs';

/** @type {(() => void)[]} */
let frames = [];
const page = /** @type {any} */ (globalThis);
page.requestAnimationFrame = (/** @type {() => void} */ draw) => frames.push(draw);
page.document = { hidden: false };
page.window = { setTimeout: () => 0 };
beforeEach(() => (frames = []));
const animate = () => frames.splice(0).forEach((draw) => draw());

/** A map that draws when told it may. */
class View {
  vp = { scale: 1, dpr: 1, mpu: 50, still: 0 };
  kind = { events: true };
  visible = true;
  steps = true;
  topDirty = false;
  drawings = 0;
  may = true;
  dirty = false;
  renderer = 'webgl';
  gpuBytes = 28;
  take = () => (this.dirty = true);
  relook = () => (this.dirty = true);
  busy = () => this.dirty;

  draw() {
    if (!this.may || !this.dirty) return;
    this.dirty = false;
    this.drawings++;
  }

  /** @param {number} since */
  behind(since) {
    return this.dirty && this.drawings === since;
  }
}

/** @param {Parameters<typeof context>[0]} given */
function staged(given) {
  const ctx = context(given);
  const stage = new Stage(ctx, /** @type {any} */ ({}), 1, false);
  stage.bell.port1.close();
  const view = new View();
  stage.views.add(/** @type {any} */ (view));
  /** @type {(number|null)[]} */
  const painted = [];
  stage.listeners.push((t0) => painted.push(t0));
  return { ctx, stage, view, painted };
}
/** @param {Partial<import('../../../assets/wall/types.mjs').Change>} changes */
const change = (changes) => ({ snapshot: false, put: [], del: [], rows: new Uint32Array(0), keys: new Set(), t0: null, ...changes });
const one = () => crowd([{ lat: 31.8, lon: 119.9 }]);

test('a frame counts as painted in the animation frame that drew it, with its oldest record', () => {
  const { stage, painted } = staged({ workers: one() });
  stage.frame(change({ rows: Uint32Array.of(0), t0: NOW - 30 }));
  stage.frame(change({ rows: Uint32Array.of(0), t0: NOW - 10 }));
  assert.deepEqual(painted, []);
  animate();
  assert.deepEqual(painted, [NOW - 30]);
});

test('while a map still owes the drawing, the frame is not painted', () => {
  const { stage, view, painted } = staged({ workers: one() });
  view.may = false;
  stage.frame(change({ rows: Uint32Array.of(0), t0: NOW }));
  animate();
  assert.deepEqual(painted, []);
  view.may = true;
  animate();
  assert.deepEqual(painted, [NOW]);
});

test('a frame without anything to see is painted with the next animation frame', () => {
  const { stage, painted } = staged({});
  stage.frame(change({ t0: NOW }));
  animate();
  assert.deepEqual(painted, [NOW]);
});

test('the most urgent event is in focus until a person selects another', () => {
  const events = [event({ id: 'A', sev: 1 }), event({ id: 'B', sev: 4 })];
  const { ctx, stage } = staged({ events });
  stage.frame(change({ snapshot: true }));
  assert.equal(stage.scene.focus?.id, 'B');
  ctx.selection = { kind: 'event', id: 'A' };
  stage.focus();
  assert.equal(stage.scene.focus?.id, 'A');
  assert.deepEqual(stage.scene.pins.map(({ id }) => id), ['A', 'B'], 'the severe one is drawn last');
});

test('the watched worker’s track grows with the frames', async () => {
  const workers = one();
  const { stage } = staged({ workers, selection: { kind: 'worker', id: 'W0' } });
  stage.frame(change({ snapshot: true }));
  await stage.follow();
  assert.equal(stage.scene.path?.time.length, 1);
  workers.lon[0] += 100;
  workers.fixTime[0] += 10_000;
  stage.frame(change({ rows: Uint32Array.of(0) }));
  assert.equal(stage.scene.path?.time.length, 2);
});

test('a worker’s fix grows old without any frame', () => {
  let now = NOW;
  const { stage } = staged({ workers: one(), now: () => now });
  stage.frame(change({ snapshot: true }));
  const young = stage.look[0];
  now += 61_000;
  stage.tick(now);
  assert.notEqual(stage.look[0], young);
});

test('an event that comes, changes or goes makes one pin, not all of them', () => {
  const events = Array.from({ length: 500 }, (_, k) => event({ id: `E${k}`, sev: 1 }));
  const { ctx, stage } = staged({ events });
  stage.frame(change({ snapshot: true }));
  assert.equal(stage.pins.made, 500);
  ctx.picture.events.set('E7', event({ id: 'E7', sev: 3 }));
  ctx.picture.events.delete('E8');
  stage.frame(change({ put: ['E7'], del: ['E8'] }));
  assert.equal(stage.pins.made, 501);
  assert.equal(stage.scene.pins.length, 499);
  assert.equal(stage.scene.focus?.id, 'E7');
});

test('where a GPU finds the places, the columns follow four times a second, and the watched worker always', () => {
  const workers = crowd([{ lat: 31.8, lon: 119.9, fixTime: NOW - 20_000 }, { lat: 31.8, lon: 119.9, fixTime: NOW - 20_000 }]);
  const { stage, view } = staged({ workers });
  view.steps = false;
  stage.frame(change({ snapshot: true }));
  animate();
  stage.row = 1;
  for (const row of [0, 1]) [workers.lat[row], workers.fixTime[row]] = [31_810_000, NOW];
  stage.frame(change({ rows: Uint32Array.of(0, 1) }));
  stage.stepped = performance.now();
  stage.motion.start.fill(performance.now() - 100);
  const before = stage.motion.y[0];
  animate();
  assert.equal(stage.motion.y[0], before);
  assert.notEqual(stage.motion.y[1], before);
  stage.stepped = -1000;
  stage.request();
  animate();
  assert.notEqual(stage.motion.y[0], before);
});

test('the nearest are named where a map is close enough', () => {
  const workers = crowd([{ lat: 31.7801, lon: 119.95, name: '周建平' }, { lat: 31.79, lon: 119.95, name: '许文娟' }]);
  const { stage, view } = staged({ workers, events: [event({ id: 'A', lat: 31.78, lon: 119.95 })] });
  stage.frame(change({ snapshot: true }));
  assert.deepEqual(stage.scene.near, []);
  view.vp.mpu = 1;
  stage.tick(NOW);
  assert.deepEqual(stage.scene.near.map(({ label }) => label), ['周建平 10 m', '许文娟 1.1 km']);
});

test('the report says who draws and what it holds on the GPU', () => {
  assert.deepEqual(staged({}).stage.report(), { renderer: 'webgl', gpuBytes: 28 });
});
