import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gate, above, depthOf, spotOf, tileUrl, tilesIn } from '../../../../assets/wall/map/ground/tiles.mjs';
import { linesOf } from '../../../../assets/wall/map/ground/tileground.mjs';
import { toneOf } from '../../../../assets/wall/map/ground/tilestore.mjs';
import { view } from '../../fixtures-map.mjs';

/** @param {Partial<import('../../../../assets/wall/map/ground/tiles.mjs').TileSpec>} [changes] @returns {import('../../../../assets/wall/map/ground/tiles.mjs').TileSpec} */
const spec = (changes = {}) => ({ urls: ['/{z}/{x}/{y}'], subdomains: '', shifted: false, min: 0, max: 18, bounds: null, tone: 'map', own: false, note: '', ...changes });

test('an address is filled in, rows from the south where it says so', () => {
  assert.equal(tileUrl('https://t{s}.example/{z}/{x}/{y}?tk=1', { x: 5, y: 6, z: 4 }, '0123'), 'https://t3.example/4/5/6?tk=1');
  assert.equal(tileUrl('/{z}/{x}/{-y}', { x: 5, y: 6, z: 4 }, ''), '/4/5/9');
});

test('the zoom of the tiles fits the screen, and ends where the source ends', () => {
  const vp = view(1.2);
  assert.equal(depthOf(vp, spec()), 17);
  assert.equal(depthOf(vp, spec({ max: 15 })), 15);
  assert.equal(depthOf(view(100_000), spec({ min: 3 })), 3);
  vp.dpr = 2;
  assert.equal(depthOf(vp, spec()), 18);
});

test('tiles cover the view, those in the middle first', () => {
  const vp = view(1.2);
  const tiles = tilesIn(vp, spec(), 17);
  const spots = tiles.map((tile) => spotOf(vp, tile, false));
  assert.ok(Math.min(...spots.map(([left]) => left)) <= 0 && Math.max(...spots.map(([left, , width]) => left + width)) >= vp.width);
  assert.ok(Math.min(...spots.map(([, top]) => top)) <= 0 && Math.max(...spots.map(([, top, , height]) => top + height)) >= vp.height);
  const [left, top, width, height] = spots[0];
  assert.ok(left <= 400 && left + width >= 400 && top <= 200 && top + height >= 200);
});

test('shifted tiles cover the view as well, meet without a seam, and lie elsewhere', () => {
  const vp = view(1.2);
  const tiles = tilesIn(vp, spec({ shifted: true }), 17);
  const at = new Map(tiles.map((tile) => [`${tile.x} ${tile.y}`, spotOf(vp, tile, true)]));
  for (const { x, y } of tiles) {
    const [left, top, width, height] = /** @type {number[]} */ (at.get(`${x} ${y}`));
    const [east, south] = [at.get(`${x + 1} ${y}`), at.get(`${x} ${y + 1}`)];
    if (east) assert.equal(east[0], left + width);
    if (south) assert.equal(south[1], top + height);
  }
  const spots = [...at.values()];
  assert.ok(Math.min(...spots.map(([left]) => left)) <= 0 && Math.max(...spots.map(([left, , width]) => left + width)) >= vp.width);
  assert.notDeepEqual(tiles[0], tilesIn(vp, spec(), 17)[0]);
});

test('outside its bounds a source is not asked', () => {
  assert.equal(tilesIn(view(1.2), spec({ bounds: [[39, 116], [40, 117]] }), 17).length, 0);
  assert.ok(tilesIn(view(1.2), spec({ bounds: [[31, 119], [32, 120]] }), 17).length > 0);
});

test('a tile not there yet is a part of one above it', () => {
  assert.deepEqual(above({ x: 7, y: 5, z: 3 }, 1), { coords: { x: 3, y: 2, z: 2 }, part: [0.5, 0.5, 0.5] });
  assert.deepEqual(above({ x: 7, y: 5, z: 3 }, 0), { coords: { x: 7, y: 5, z: 3 }, part: [0, 0, 1] });
});

test('a server is believed after its first tile, and no more after eight misses in a row', () => {
  const gate = new Gate();
  assert.equal(gate.open, false);
  gate.came();
  for (let k = 0; k < 7; k++) assert.equal(gate.missed(), false);
  gate.came();
  for (let k = 0; k < 7; k++) assert.equal(gate.missed(), false);
  assert.equal(gate.missed(), true);
  assert.equal(gate.open, false);
});

test('the longer a server is away, the more rarely it is asked', () => {
  const gate = new Gate();
  const waits = Array.from({ length: 8 }, () => gate.missed() && gate.wait);
  assert.deepEqual(waits.slice(0, 3), [30_000, 60_000, 120_000]);
  assert.equal(waits[7], 600_000);
  gate.came();
  assert.equal(gate.wait, 15_000);
});

test('street maps are turned over at night, photographs are not, and "off" leaves all as it comes', () => {
  assert.match(toneOf('map', true, '#111111')?.filter ?? '', /invert/);
  assert.doesNotMatch(toneOf('map', false, '#111111')?.filter ?? '', /invert/);
  assert.doesNotMatch(toneOf('imagery', true, '#111111')?.filter ?? '', /invert/);
  assert.equal(toneOf('off', true, '#111111'), null);
  assert.notEqual(toneOf('map', true, '#111111')?.key, toneOf('map', true, '#222222')?.key);
});

test('the lines of a shape', () => {
  assert.deepEqual(linesOf({ type: 'LineString', coordinates: [[1, 2], [3, 4]] }), [[[1, 2], [3, 4]]]);
  assert.deepEqual(linesOf({ type: 'MultiPolygon', coordinates: [[[[1, 2]], [[3, 4]]], [[[5, 6]]]] }), [[[1, 2]], [[3, 4]], [[5, 6]]]);
});
