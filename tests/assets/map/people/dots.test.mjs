import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HexGrid, densityStep, dotMask, dotTable, plot } from '../../../../assets/wall/map/people/dots.mjs';

const KIND_OF = Uint8Array.of(0, 1, 2);
const TABLE_COLOURS = [0, 0x80112233, 0xff445566];

/** @param {{x: number, y: number, look: number}[]} dots @param {number} [size] */
function draw(dots, size = 1) {
  const mask = dotMask(size);
  const pixels = new Uint32Array(64);
  const at = { px: Int32Array.from(dots, (d) => d.x), py: Int32Array.from(dots, (d) => d.y), n: dots.length };
  plot({ pixels, width: 8, height: 8 }, at, Uint8Array.from(dots, (d) => d.look), KIND_OF, mask, dotTable(mask, TABLE_COLOURS));
  return pixels;
}

test('a dot lands on its pixel, one of kind 0 nowhere', () => {
  const pixels = draw([{ x: 3, y: 2, look: 1 }, { x: 5, y: 5, look: 0 }]);
  assert.deepEqual([...pixels.entries()].filter(([, value]) => value), [[2 * 8 + 3, 0x80112233]]);
});

test('the more opaque of two wins whatever the order', () => {
  const both = [{ x: 3, y: 2, look: 1 }, { x: 3, y: 2, look: 2 }];
  assert.equal(draw(both)[19], 0xff445566);
  assert.equal(draw(both.reverse())[19], 0xff445566);
});

test('a dot over the edge is left out whole, and none wraps to the next row', () => {
  assert.ok(draw([{ x: 0, y: 4, look: 1 }, { x: 8, y: 4, look: 1 }, { x: 4, y: 9, look: 1 }, { x: -1 << 20, y: 0, look: 1 }], 2).every((v) => v === 0));
  assert.equal(draw([{ x: 1, y: 1, look: 1 }], 2).filter(Boolean).length, 4);
});

test('a larger dot is round: its corners are fainter than its middle', () => {
  const { size, cover } = dotMask(4);
  assert.equal(size, 4);
  assert.ok(cover[0] < 0.5 && cover[5] === 1);
  assert.ok(Math.abs(cover[0] - cover[15]) < 1e-6);
});

test('density steps begin at 1, 3, 7, 14 and 26', () => {
  assert.deepEqual([0, 1, 2, 3, 6, 7, 13, 14, 25, 26, 900].map(densityStep), [0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
});

test('every point counts once, in the hexagon whose centre is nearest', () => {
  const grid = new HexGrid();
  grid.cover(10, 1000, 2000, 300, 200);
  let points = 0;
  for (let x = 1000; x < 1300; x += 7.3) for (let y = 2000; y < 2200; y += 5.9, points++) grid.add(x, y);
  assert.equal(grid.counts.reduce((sum, n) => sum + n, 0), points);
  const cells = grid.columns * grid.rows;
  grid.cover(10, 1000, 2000, 300, 200);
  grid.add(1111, 2077);
  const hit = grid.counts.indexOf(1);
  const far = (/** @type {number} */ cell) => Math.hypot(grid.x(cell) - 1111, grid.y(cell) - 2077);
  for (let cell = 0; cell < cells; cell++) assert.ok(far(hit) <= far(cell) + 1e-9);
});

test('panning does not move the hexagons', () => {
  const [here, there] = [new HexGrid(), new HexGrid()];
  here.cover(10, 1000, 2000, 300, 200);
  there.cover(10, 1090, 2037, 300, 200);
  here.add(1200, 2100);
  there.add(1200, 2100);
  const [a, b] = [here.counts.indexOf(1), there.counts.indexOf(1)];
  assert.deepEqual([here.x(a), here.y(a)], [there.x(b), there.y(b)]);
});
