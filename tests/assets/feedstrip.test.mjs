import assert from 'node:assert/strict';
import { test } from 'node:test';
import { feedChips, hearFeeds } from '../../assets/wall/feedstrip.mjs';
import { NOW, config, name, picture, t } from './fixtures.mjs';

test('every configured feed is shown in its order, others after it by name', () => {
  const feeds = [{ source: 'zz', records: 1, rejected: 0, last: NOW }, { source: 'survey', records: 1200, rejected: 3, last: NOW - 1_900_000 }];
  const { chips, more } = feedChips({ config: config(), picture: picture({ feeds }), t, name }, NOW);
  assert.deepEqual(chips.map((chip) => [chip.name, chip.level, chip.age]), [
    ['网格通定位', 'none', '尚无数据'], ['满意度回访', 'late', '31 分'], ['zz', 'fresh', '0 秒'],
  ]);
  assert.equal(chips[1].title, '满意度回访：1,200 条，拒收 3 条');
  assert.equal(more, 0);
});

test('seats are no feed: nobody is missed when nothing is done', () => {
  const feeds = [{ source: 'operator', records: 1, rejected: 0, last: NOW - 401_000_000 }];
  assert.deepEqual(feedChips({ config: config(), picture: picture({ feeds }), t, name }, NOW).chips.map(({ key }) => key), ['positioning', 'survey']);
});

test('many unknown feeds do not push the known ones out', () => {
  const feeds = Array.from({ length: 9 }, (_, n) => ({ source: `x${n}`, records: 1, rejected: 0, last: NOW }));
  const { chips, more } = feedChips({ config: config(), picture: picture({ feeds }), t, name }, NOW);
  assert.deepEqual([chips.length, more], [5, 6]);
});

test('a stopped feed says so', () => {
  const feeds = [{ source: 'positioning', records: 1, rejected: 0, last: NOW - 401_000 }];
  const [first] = feedChips({ config: config(), picture: picture({ feeds }), t, name }, NOW).chips;
  assert.deepEqual([first.level, first.age], ['stale', '停更 6 分 41 秒']);
});

/** @param {Partial<import('../../assets/wall/feedstrip.mjs').FeedState>[]} states */
const saying = (...states) => new Map(states.map((one) => [one.name ?? '', {
  name: '', state: 'running', why: '', since_ms: NOW - 65_000, skew_ms: null, unknown: 0, ...one }]));

test('a feed in trouble says so, and why, before its age; and none is left out for others that run', () => {
  const feeds = ['a', 'b', 'c', 'positioning'].map((source) => ({ source, records: 1, rejected: 0, last: NOW }));
  const states = saying({ name: 'zz', state: 'refused', why: 'crs is missing' }, { name: 'positioning', state: 'waiting', why: 'no broker' }, { name: 'a' });
  const { chips, more } = feedChips({ config: config(), picture: picture({ feeds }), t, name }, NOW, states);
  assert.deepEqual(chips.map(({ key, level, age }) => [key, level, age]), [
    ['positioning', 'stale', '等待重连 1 分 5 秒'], ['survey', 'none', '尚无数据'], ['zz', 'stale', '配置有误 1 分 5 秒'], ['a', 'fresh', '0 秒'], ['b', 'fresh', '0 秒'],
  ]);
  assert.equal(more, 1);
  assert.match(chips[0].title, /1 条，拒收 0 条\nno broker$/);
});

test('a clock that is more than five seconds wrong is said; unknown devices are in the title', () => {
  const feeds = ['a', 'b', 'c'].map((source) => ({ source, records: 1, rejected: 0, last: NOW }));
  const states = saying({ name: 'a', skew_ms: -12_000 }, { name: 'b', skew_ms: 61_000 }, { name: 'c', skew_ms: 5000, unknown: 3 });
  const { chips } = feedChips({ config: config(), picture: picture({ feeds }), t, name }, NOW, states);
  assert.deepEqual(chips.slice(2).map(({ level, age }) => [level, age]), [
    ['late', '0 秒 · 钟快 12 秒'], ['late', '0 秒 · 晚到 1 分 1 秒'], ['fresh', '0 秒'],
  ]);
  assert.match(chips[4].title, /名册外设备发来 3 次$/);
});

test('what feeds say is asked of the server; an answer that never comes is given up', async ({ mock }) => {
  mock.method(globalThis, 'fetch', async (/** @type {string} */ url, /** @type {RequestInit} */ init) => { init?.signal?.throwIfAborted(); return Response.json({ feeds: [url] }); });
  assert.deepEqual(await hearFeeds(), ['/api/feeds']);
  mock.method(AbortSignal, 'timeout', () => AbortSignal.abort());
  assert.equal(await hearFeeds(), null);
});
