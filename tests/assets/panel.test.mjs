import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asOfText, gapText, panelState } from '../../assets/wall/panel.mjs';
import { MINUTE, NOW, config, link, picture, t } from './fixtures.mjs';

const fresh = { 'wall:positions': NOW - 1000, 'wall:events': NOW - 5000, 'wall:workers': NOW - 999_000 };
/** @param {object} changes */
const state = (changes) => panelState({ now: NOW, link: link({}), streams: ['wall:positions', 'wall:events'], picture: picture({ streams: fresh }), config: config(), ...changes });

test('before the first frame the screen is connecting, and counts attempts', () => {
  const empty = picture({ asOf: 0 });
  assert.equal(state({ picture: empty, link: link({ state: 'connecting', tries: 1 }) }).words, '正在连接');
  const second = state({ picture: empty, link: link({ state: 'connecting', tries: 2 }) });
  assert.deepEqual([second.level, second.words], ['connecting', '正在连接 第 2 次']);
});

test('fresh streams are live without words', () => assert.deepEqual([state({}).level, state({}).words], ['live', '']));

test('three seconds without a frame make everything stale, even when the link claims to live', () => {
  assert.equal(state({ now: NOW + 3000, picture: picture({ streams: fresh }) }).level, 'live');
  const stale = state({ now: NOW + 401_000 });
  assert.deepEqual([stale.level, stale.cause, stale.words], ['stale', 'link', '停更 6 分 41 秒 · 以下为 14:32:08 的数据']);
});

test('after half an hour there is no old content', () => {
  assert.equal(state({ now: NOW + 30 * MINUTE }).level, 'stale');
  assert.equal(state({ now: NOW + 30 * MINUTE + 1 }).level, 'error');
});

test('a feed past its limits makes its screens late, then stale, and names the feed', () => {
  const late = state({ picture: picture({ streams: { ...fresh, 'wall:positions': NOW - 22_000 } }) });
  assert.deepEqual([late.level, late.words], ['late', '定位 22 秒']);
  const stale = state({ picture: picture({ streams: { ...fresh, 'wall:positions': NOW - 61_000 } }) });
  assert.deepEqual([stale.level, stale.cause, stale.words], ['stale', 'stream', '定位停更 1 分 1 秒 · 以下为 14:31:07 的数据']);
});

test('a screen whose feed stopped is as of that feed, any other as of the newest frame', () => {
  const silent = picture({ streams: { ...fresh, 'wall:positions': NOW - 61_000 } });
  assert.equal(asOfText({ picture: silent, link: link({}), t }, state({ picture: silent }), NOW), '数据截至 14:31:07');
  assert.equal(asOfText({ picture: picture({}), link: link({}), t }, state({}), NOW), '数据截至 14:32:08');
});

test('the worst stream decides', () => {
  const streams = { ...fresh, 'wall:positions': NOW - 22_000, 'wall:events': NOW - 7_201_000 };
  assert.equal(state({ picture: picture({ streams }) }).level, 'stale');
});

test('a feed that never said anything is named', () => {
  const none = state({ picture: picture({ streams: { 'wall:positions': NOW } }) });
  assert.deepEqual([none.level, none.words], ['late', '事件尚无数据']);
});

test('an unchanged roster is not late', () => assert.equal(state({ streams: ['wall:workers'] }).level, 'live'));

test('a gap says from when to when', () => {
  assert.equal(gapText({ from: NOW, to: NOW + 15_000 }, t), '缺口 14:32:08—14:32:23，15 秒，正在补取');
  assert.equal(gapText(null, t), '');
});
