/** The tile frames that tests/dashboard/test_closeups.py writes, folded. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { Closeups } from '../../assets/wall/closeups.mjs';
import { Gap, emptyPicture } from '../../assets/wall/picture.mjs';
import { NO_FIX } from '../../assets/wall/types.mjs';
import { decode } from '../../assets/wall/wire.mjs';

const GOLDEN = new URL('../golden/', import.meta.url);
const TILE = '10/824/422';
const files = readdirSync(GOLDEN).filter((name) => name.startsWith('tile-')).sort();
const frame = (/** @type {string} */ name) => decode(new Uint8Array(readFileSync(new URL(name, GOLDEN))).buffer);

/** @param {readonly string[]} names */
function folded(names) {
  const picture = emptyPicture();
  const closeups = new Closeups(picture);
  const changes = names.map((name) => closeups.apply(frame(name)));
  return { picture, closeups, changes };
}

test('who stands in the tile is held, and nobody else', () => {
  const { picture: { workers }, closeups, changes } = folded(files);
  assert.deepEqual([0, 1].map((row) => [workers.ids[row], workers.lon[row], workers.lat[row]]), [['w1', 110_010_000, 30_050_000], ['w2', 110_020_200, 30_050_200]]);
  assert.deepEqual([...closeups.tiles.keys()], [TILE]);
  assert.ok(changes.every((change) => change?.rows && !change.snapshot));
});

test('who leaves is forgotten at once', () => {
  const { picture: { workers }, changes } = folded(files.slice(0, 4));
  assert.equal(workers.lon[0], NO_FIX);
  assert.ok(Number.isNaN(workers.fixTime[0]));
  assert.deepEqual([...(changes[3]?.rows ?? [])], [0]);
});

test('a missing frame is a gap, and so is a digest that differs', () => {
  const { closeups } = folded(files.slice(0, 1));
  assert.throws(() => closeups.apply(frame(files[2])), Gap);
  const other = frame(files[1]);
  other.header.digest ^= 1;
  assert.throws(() => folded(files.slice(0, 1)).closeups.apply(other), Gap);
});

test('a tile nobody looks at any more takes its people with it', () => {
  const { picture: { workers }, closeups } = folded(files);
  assert.equal(closeups.keep([TILE]), false);
  assert.equal(closeups.keep([]), true);
  assert.deepEqual([...workers.lon.slice(0, 2)], [NO_FIX, NO_FIX]);
  assert.doesNotThrow(() => closeups.apply(frame(files[0])));
  assert.equal(workers.lon[0], 110_030_000);
});

test('a first frame replaces all that was held of its tile', () => {
  const { picture: { workers }, closeups } = folded(files);
  closeups.apply(frame(files[0]));
  assert.deepEqual([...workers.lon.slice(0, 2)], [110_030_000, NO_FIX]);
});

test('layers and density are replaced whole', () => {
  const { closeups } = folded([]);
  closeups.apply({ header: { kind: 'layer', name: 'open', as_of: 5 }, columns: { num: Int32Array.of(1), den: Int32Array.of(-1) } });
  assert.deepEqual([closeups.layer?.key, closeups.layer?.num[0]], ['open', 1]);
  const change = closeups.apply({ header: { kind: 'density', name: '9', as_of: 5, radius: 0.1, t0: 3 }, columns: { x: Float64Array.of(0.5), y: Float64Array.of(0.5), count: Uint8Array.of(7) } });
  assert.deepEqual([closeups.density?.n, closeups.density?.count[0], change?.t0], [1, 7, 3]);
  closeups.reset();
  assert.equal(closeups.density ?? closeups.layer, null);
});
