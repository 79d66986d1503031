import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alarmLines, batches, inOrder, toAcknowledge } from '../../../assets/wall/console/alarmorder.mjs';
import { kindWords, stateWords } from '../../../assets/wall/console/alarmpane.mjs';
import { bars, figures, sampleWords, sources, split } from '../../../assets/wall/console/loadfigures.mjs';
import { FIGURES, heard, wanted } from '../../../assets/wall/console/sounds.mjs';
import { HOUR, NOW, t } from '../fixtures.mjs';
import { alarm, desk } from './cases.mjs';

const NONE = new Set();
const LIST = [
  alarm({ id: 'A1', priority: 1, state: 'acknowledged' }), alarm({ id: 'A2', priority: 1, state: 'shelved' }), alarm({ id: 'A3', priority: 2 }),
  alarm({ id: 'A4', priority: 2, kind: 'gas' }), alarm({ id: 'A5', priority: 1, state: 'returned_unacknowledged' }), alarm({ id: 'A6', priority: 3, region: '320404002' }),
];
const FLOOD = desk({
  flood: { going: true, began: NOW - HOUR, first: 'A4', count: 312 },
  groups: [
    { area: '320402001', place: '雕庄街道', kind: 'smoke', n: 4, unacked: 2, sev: 2, first: 'A1', since: NOW },
    { area: '320402001', place: '雕庄街道', kind: 'gas', n: 1, unacked: 1, sev: 2, first: 'A4', since: NOW },
  ],
});

test('what calls comes first, then by priority; the server has put first-out first', () => {
  assert.deepEqual(inOrder(LIST).map(({ id }) => id), ['A3', 'A4', 'A6', 'A5', 'A1', 'A2']);
});

test('in a flood there are counted groups, the first-out on top and marked where it belongs', () => {
  const closed = alarmLines(LIST, FLOOD, NONE);
  assert.deepEqual(closed.map(({ key }) => key), ['first A4', '320402001 smoke', '320402001 gas', 'A6']);
  assert.deepEqual(closed.map((line) => line.first), [true, false, true, false]);
  const open = alarmLines(LIST, FLOOD, new Set(['320402001 smoke']));
  assert.deepEqual(open.map(({ key }) => key), ['first A4', '320402001 smoke', 'A3', 'A5', 'A1', 'A2', '320402001 gas', 'A6']);
  assert.equal(alarmLines(LIST, desk(), NONE).length, LIST.length);
});

test('Space acknowledges what is marked, else the chosen alarm, else a group; never what needs it no more', () => {
  const lines = alarmLines(LIST, FLOOD, new Set(['320402001 smoke']));
  const line = (/** @type {string} */ key) => lines.find((one) => one.key === key) ?? null;
  assert.deepEqual(toAcknowledge(LIST, new Set(['A1', 'A4', 'A6']), line('A3')), ['A4', 'A6']);
  assert.deepEqual(toAcknowledge(LIST, NONE, line('A3')), ['A3']);
  assert.deepEqual(toAcknowledge(LIST, NONE, line('A1')), []);
  assert.deepEqual(toAcknowledge(LIST, NONE, line('320402001 smoke')), ['A3', 'A5']);
  assert.deepEqual(toAcknowledge(LIST, NONE, null), []);
});

test('500 alarms go in commands the server takes', () => {
  const ids = Array.from({ length: 500 }, (_, k) => `A${k}`);
  assert.deepEqual(batches(ids).map((some) => some.length), [200, 200, 100]);
  assert.deepEqual(batches(ids).flat(), ids);
  assert.deepEqual(batches([]), []);
});

test('states and kinds in words', () => {
  assert.equal(stateWords(t, LIST[4], NOW), '已恢复，未确认');
  assert.equal(stateWords(t, alarm({ state: 'acknowledged', ack: '刘敏' }), NOW), '刘敏 已确认');
  assert.equal(stateWords(t, alarm({ state: 'shelved', shelf: { until: NOW + HOUR, by: '刘敏', reason: '检修' } }), NOW), '搁置至 15:32');
  assert.deepEqual([kindWords(t, 'smoke'), kindWords(t, 'fence.enter'), kindWords(t, 'new.kind')], ['烟感报警', '进入围栏', 'new.kind']);
});

test('each figure of the load has its target and its sample', () => {
  const load = { ...FLOOD.load, since: NOW - 24 * HOUR, average: 3.25, peak: 14, flood_share: 0.021, standing: 2, n: 468, shares: { high: 0.05, medium: 0.4, low: 0.55 }, top: [{ device: 'smoke-1', kind: 'smoke', n: 47, share: 0.1 }] };
  assert.deepEqual(figures(load, t).map(({ name, value, note, bad }) => [name, value, note, bad]), [
    ['平均', '3.3', '应 ≤ 2', true], ['峰值', '14', '应 ≤ 10', true], ['洪泛时间', '2.1%', '应 ≤ 1%', true], ['超 24 小时', '2', '应少于 5 条', false]]);
  assert.equal(sampleWords(load, NOW + 30_000, t), '平均、峰值、洪泛时间：样本 468 条，1 天');
  assert.deepEqual(split(load, t).map(({ value, note, bad }) => [value, note, bad]), [['55%', '应 80% · 共 468 条', true], ['40%', '应 15% · 共 468 条', true], ['5%', '应 5% · 共 468 条', false]]);
  assert.deepEqual(sources(load, (kind) => kindWords(t, kind), t), [{ device: 'smoke-1', words: '烟感报警 smoke-1', share: '47 条 10%' }]);
  assert.deepEqual(figures(desk().load, t).slice(0, 3).map(({ value, bad }) => [value, bad]), [['—', false], ['0', false], ['—', false]]);
});

test('the bars share the line of a flood', () => {
  assert.deepEqual(bars([0, 5, 25]), { bars: [{ n: 0, height: 0, over: false }, { n: 5, height: 20, over: false }, { n: 25, height: 100, over: true }], line: 40 });
  assert.equal(bars([0, 1]).line, 80);
});

test('the most pressing of what calls sounds; silenced, nothing does until the next alarm', () => {
  const calls = [alarm({ priority: 3, called: NOW - 5 }), alarm({ id: 'A2', priority: 2, called: NOW }), alarm({ id: 'A3', priority: 1, state: 'acknowledged', called: NOW + 9 })];
  assert.equal(wanted(calls, desk(), 0), 2);
  const silenced = heard(calls, 0);
  assert.equal(wanted(calls, desk(), silenced), null);
  assert.equal(wanted([...calls, alarm({ id: 'A4', priority: 3, called: NOW + 1 })], desk(), silenced), 3);
  assert.equal(wanted(calls, desk({ sounds: [] }), 0), null);
  assert.equal(new Set(Object.values(FIGURES).map(({ tones }) => JSON.stringify(tones))).size, 3);
});
