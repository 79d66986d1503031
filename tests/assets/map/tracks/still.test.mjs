/** The image kept still: one painted at once, one painted in steps behind the one it replaces. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Still } from '../../../../assets/wall/map/tracks/still.mjs';

const page = /** @type {{document?: object}} */ (/** @type {unknown} */ (globalThis));
let made = 0;
page.document = { createElement: () => ({ name: ++made, getContext: () => ({ getImageData() {} }) }) };

/** @param {number} left @returns {import('../../../../assets/wall/map/viewport.mjs').Viewport} */
const at = (left) => /** @type {any} */ ({ scale: 256, left, top: 0, width: 400, height: 200, dpr: 1 });
const NIGHT = /** @type {any} */ ({});

/** What was drawn: [image, device pixel of its left edge]. @param {Still} still @param {number} left */
function drawn(still, left) {
  /** @type {[number, number][]} */
  const images = [];
  const c = { drawImage: (/** @type {{name: number}} */ image, /** @type {number} */ x) => images.push([image.name, x]) };
  still.draw(/** @type {any} */ (c), at(left), NIGHT);
  return images;
}

/** A painting of so many steps, each as long as a slice. @param {number} steps */
function* slow(steps) {
  for (let k = 0; k < steps; k++) {
    const until = performance.now() + 12;
    while (performance.now() < until);
    yield;
  }
}

const turn = () => new Promise((done) => setTimeout(done, 5));

test('a short painting shows at once, a rest repeats nothing', () => {
  made = 0;
  let painted = 0;
  const still = new Still(() => void painted++, () => {});
  assert.deepEqual(drawn(still, 0), [[1, 0]]);
  assert.deepEqual(drawn(still, 0), [[1, 0]]);
  assert.equal(painted, 1);
  still.outdate();
  assert.deepEqual(drawn(still, 0), [[2, 0]], 'painted anew, on the other image');
  still.outdate();
  assert.deepEqual(drawn(still, 0), [[1, 0]]);
});

test('a long one is painted between frames, and the image before it stays until it is done', async () => {
  made = 0;
  let [steps, again] = [0, 0];
  const still = new Still(() => slow(steps), () => void again++);
  drawn(still, 0);
  [steps, again] = [4, 0];
  still.outdate();
  assert.deepEqual(drawn(still, 0), [[1, 0]]);
  await turn();
  assert.deepEqual([drawn(still, 0), again], [[[1, 0]], 0]);
  while (still.job) await turn();
  assert.deepEqual([drawn(still, 0), again], [[[2, 0]], 1]);
});

test('a view that moves on gives up what is being painted', async () => {
  made = 0;
  let [steps, again] = [0, 0];
  const still = new Still(() => slow(steps), () => void again++);
  drawn(still, 0);
  steps = 4;
  still.outdate();
  drawn(still, 0);
  steps = 0;
  assert.deepEqual(drawn(still, 30), [[2, 0]], 'what is out of date is painted for the view there is');
  await turn();
  await turn();
  assert.deepEqual([still.job, again], [null, 0]);
});
