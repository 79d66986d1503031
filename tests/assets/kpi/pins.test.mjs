import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Place } from '../../../assets/wall/kpi/pins.mjs';
import { NOW } from '../fixtures.mjs';

const chart = (/** @type {string} */ said) => Response.json({ said, as_of: NOW, figure: {} });
const settled = () => new Promise((done) => setTimeout(done, 5));

/** A place on a wall that asks a server of answers in turn. @param {(Response|Error)[]} answers */
function asking(answers) {
  /** @type {string[]} */
  const urls = [];
  const place = new Place(() => {}, async (url) => { urls.push(url); const next = answers.shift(); if (!next || next instanceof Error) throw next ?? new Error('none left'); return next; });
  return { place, urls };
}

test('a chart is asked for at once, and anew a minute later', async () => {
  const { place, urls } = asking([chart('a'), chart('b')]);
  place.want('/x', NOW);
  place.want('/x', NOW + 1000);
  await settled();
  assert.deepEqual([urls.length, place.chart?.said], [1, 'a']);
  place.want('/x', NOW + 59_999);
  assert.equal(urls.length, 1);
  place.want('/x', NOW + 60_000);
  await settled();
  assert.equal(place.chart?.said, 'b');
});

test('what hangs there stays when there is no answer, which is said, and is asked for again soon', async () => {
  const { place, urls } = asking([chart('a'), Response.json({ error: {} }, { status: 503 }), new Error('offline'), chart('b')]);
  for (const at of [0, 60_000, 70_000]) {
    place.want('/x', NOW + at);
    await settled();
  }
  assert.deepEqual([place.chart?.said, place.failed, urls.length], ['a', true, 3]);
  place.want('/x', NOW + 79_999);
  assert.equal(urls.length, 3);
  place.want('/x', NOW + 80_000);
  await settled();
  assert.deepEqual([place.chart?.said, place.failed], ['b', false]);
});

test('another question takes the place, and an answer to the old one is not shown', async () => {
  const { place } = asking([chart('old'), chart('new')]);
  place.want('/x', NOW);
  place.want('/y', NOW);
  const said = () => place.chart?.said ?? 'nothing';
  assert.equal(said(), 'nothing');
  await settled();
  assert.equal(said(), 'new');
  place.want('', NOW);
  assert.equal(said(), 'nothing');
});
