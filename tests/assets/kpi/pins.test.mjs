import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Place, asked, sentence } from '../../../assets/wall/kpi/pins.mjs';
import { HOUR, NOW, t } from '../fixtures.mjs';

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

test('a chart says as of when it is, with the day if it is of another', () => {
  const place = { chart: { said: '近30天', as_of: NOW - 24 * HOUR, figure: {} }, failed: true, stays: -Infinity };
  assert.equal(sentence(place, NOW, t), '钉在墙上 · 近30天 · 截至 3月11日 14:32 · 暂时没有更新');
  assert.equal(sentence({ ...place, failed: false }, NOW - 24 * HOUR, t), '钉在墙上 · 近30天 · 截至 14:32');
  assert.equal(sentence({ chart: null, failed: false, stays: -Infinity }, NOW, t), '钉在墙上');
});

test('that a chart could not be taken down is said long enough to be read', () => {
  const place = { chart: null, failed: false, stays: NOW + 10_000 };
  assert.deepEqual([NOW + 1000, NOW + 9999, NOW + 10_000].map((now) => sentence(place, now, t)), ['没有取下，请稍后再试', '没有取下，请稍后再试', '钉在墙上']);
});

test('an answer that never comes is given up, which is said', async ({ mock }) => {
  mock.method(AbortSignal, 'timeout', () => AbortSignal.abort());
  mock.method(globalThis, 'fetch', async (/** @type {string} */ url, /** @type {RequestInit} */ init) => { init?.signal?.throwIfAborted(); return chart(url); });
  const place = new Place(() => {}, asked);
  place.want('/x', NOW);
  await settled();
  assert.deepEqual([place.chart, place.failed], [null, true]);
});
