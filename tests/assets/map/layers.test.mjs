/** Layers that features add to the maps. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Layers } from '../../../assets/wall/map/layers.mjs';

/** @param {string} key @param {boolean} under @param {readonly import('../../../assets/wall/map/layers.mjs').MapName[]} maps */
const layer = (key, under, maps = ['map-situation']) => ({ key, under, maps, draw: () => {} });

test('a map has its own layers, in the order in which they were added', () => {
  const layers = new Layers(() => {});
  for (const one of [layer('a', true), layer('b', false), layer('c', true, ['map-workers', 'map-situation'])]) layers.add(one);
  const keys = (/** @type {any[]} */ ...args) => layers.of(.../** @type {[any]} */ (args)).map(({ key }) => key);
  assert.deepEqual(keys('map-situation'), ['a', 'b', 'c']);
  assert.deepEqual(keys('map-situation', true), ['a', 'c']);
  assert.deepEqual(keys('map-workers', false), []);
});

test('only what is drawn is told to be drawn anew', () => {
  /** @type {boolean[]} */
  const told = [];
  const layers = new Layers((under) => told.push(under));
  layers.add(layer('a', true));
  layers.touch('a');
  layers.touch('nobody');
  layers.remove('a');
  layers.remove('a');
  assert.deepEqual(told, [true, true, true]);
});
