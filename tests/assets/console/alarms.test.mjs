import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkedAlarms } from '../../../assets/wall/console/eventalarms.mjs';
import { outLines } from '../../../assets/wall/console/outpane.mjs';
import { alarmLines, batches, inOrder, toAcknowledge } from '../../../assets/wall/console/alarmorder.mjs';
import { kindWords, stateWords } from '../../../assets/wall/console/alarmpane.mjs';
import { bars, figures, loadOf, ownSeat, sampleWords, sources, split } from '../../../assets/wall/console/loadfigures.mjs';
import { FIGURES, heard, wanted } from '../../../assets/wall/console/sounds.mjs';
import { HOUR, MINUTE, NOW, picture, t } from '../fixtures.mjs';
import { alarm, desk, detail } from './cases.mjs';

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

test('of fewer than 30 calls the split is a small sample and no verdict', () => {
  const load = { ...FLOOD.load, shares: { high: 1, medium: 0, low: 0 } };
  assert.deepEqual(split({ ...load, n: 29 }, t).map(({ value, note, bad, few }) => [value, note, bad, few])[2], ['100%', '应 5% · 样本少，29 条', false, true]);
  assert.deepEqual(split({ ...load, n: 30 }, t).map(({ bad, few }) => [bad, few])[2], [true, false]);
});

test('the load is that of the seat an officer sits at, by the beginning of the name', () => {
  const seats = ['1席', '01席', '01席东'];
  assert.deepEqual(['01席 刘敏', ' 01 席 ', '01席东 王强', '11席', '值班席', ''].map((name) => ownSeat(name, seats)), ['01席', '01席', '01席东', '', '', '']);
  const load = { ...FLOOD.load, n: 40, seats: { '01席': { ...FLOOD.load, n: 4 } } };
  assert.deepEqual(['01席', '', '02席'].map((seat) => loadOf(load, seat).n), [4, 40, 40]);
});

test('a device out of service says by whom, since when and why', () => {
  const out = { device: 'D1', by: '02席', reason: '检修', since: NOW, kind: 'smoke', place: '雕庄街道' };
  assert.deepEqual(outLines([out, { ...out, device: 'D2', since: null, kind: '', place: '' }], new Set(['D2']), t, NOW), [
    { device: 'D1', words: '烟感报警 · D1 · 雕庄街道', note: '02席，自 14:32 · 检修', busy: false },
    { device: 'D2', words: 'D2', note: '02席，时间不详 · 检修', busy: true }]);
});

test('the alarms of an event are as the picture has them now', () => {
  const answered = ['A1', 'A2', 'A3'].map((id, k) => ({ id, device: `d${k}`, kind: 'smoke', sev: /** @type {const} */ (2), state: /** @type {const} */ ('unacknowledged'), since: NOW - k * MINUTE, place: '' }));
  const alarms = [alarm({ id: 'A1', event: 'E1', state: 'acknowledged', ack: '刘敏' }), alarm({ id: 'A2', event: 'E9' }), alarm({ id: 'A4', event: 'E1', since: NOW - HOUR })];
  const said = (/** @type {number} */ unacknowledged) => linkedAlarms({ t, picture: picture({ alarms, desk: desk({ counts: { ...desk().counts, unacknowledged } }) }) }, detail({ alarms: answered }), NOW);
  const found = said(3);
  assert.deepEqual(found.lines.map(({ id, state, calls, listed }) => [id, state, calls, listed]), [['A4', '未确认', true, true], ['A1', '刘敏 已确认', false, true], ['A3', '已恢复', false, false]]);
  assert.deepEqual([found.n, found.calling, found.lines[0].words, found.lines[0].note], [3, 1, '烟感报警', '13:32 · 雕庄街道 · smoke-1']);
  assert.deepEqual(said(900).lines.map(({ id, state }) => [id, state]).at(-1), ['A1', '刘敏 已确认']); // told of 3 in 900: A3 may well call still
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
