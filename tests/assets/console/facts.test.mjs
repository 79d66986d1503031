import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alikes, called, kin, limit, marks, pictures, whereabouts } from '../../../assets/wall/console/facts.mjs';
import { HOUR, MINUTE, NOW, config, event, name, picture, t } from '../fixtures.mjs';
import { detail } from './cases.mjs';

const ctx = { t, name, picture: picture({}), config: { ...config(), channels: { iot: { zh: '物联感知', en: '' } }, categories: { city: { zh: '市容环境', en: '' } }, departments: { fire: { zh: '消防救援支队', en: '' } } } };
const WHISTLE = { level: /** @type {const} */ (3), at: NOW - HOUR, due: NOW + 4 * MINUTE, departments: ['fire', 'power'], in: { fire: NOW - 2 * MINUTE } };

test('what is left of the limit, large', () => {
  assert.deepEqual(limit(ctx, detail({ event: event({ due: NOW + 42 * MINUTE }) }), NOW), { label: '处置时限', words: '剩 42 分', used: 60 / 102, pace: 'near' });
  assert.equal(limit(ctx, detail({ event: event({ due: NOW - 2 * MINUTE }) }), NOW).words, '超期 2 分');
  const paused = limit(ctx, detail({ event: event({ due: null, paused: NOW - HOUR, left: 3 * HOUR }) }), NOW);
  assert.deepEqual([paused.label, paused.words, paused.pace], ['挂账，自 13:32', '剩 3 时', 'still']);
  assert.equal(limit(ctx, detail({ open: false, closed: NOW }), NOW).words, '14:32');
});

test('marks and whereabouts', () => {
  const given = detail({ event: event({ whistle: WHISTLE, urged: 2, merged: ['E2', 'E3'], paused: NOW, until: NOW + HOUR }), address: '工人新村 23 幢' });
  assert.deepEqual(marks(ctx, given, NOW), ['物联感知', '市容环境', '吹哨 1/2 报到', '督办 2 次', '并入 2 件', '挂账至 15:32']);
  assert.deepEqual(marks(ctx, detail({ uncertain: [2027] }), NOW).at(-1), '2027 年节假日未公布，暂按周一至周五计');
  assert.deepEqual(whereabouts(ctx, given), ['天宁区', '工人新村 23 幢', '网格 320402001001001', '119.90000, 31.80000（WGS-84）']);
});

test('the events it was merged with lead to one another', () => {
  assert.deepEqual(kin(t, detail({ into: 'E1', event: event({ merged: ['E2'] }) })), [{ id: 'E1', words: '本件并入该件' }, { id: 'E2', words: '已并入本件' }]);
  assert.deepEqual(kin(t, detail({})), []);
});

test('who was whistled for: reported in when, or how long there is', () => {
  assert.deepEqual(called(ctx, event({ whistle: WHISTLE }), NOW).map(({ name: who, time, words, state }) => [who, time, words, state]),
    [['消防救援支队', '14:30:08', '已报到', 'in'], ['power', '剩 4 分', '待报到', 'waiting']]);
  assert.deepEqual(called(ctx, event({ whistle: WHISTLE }), NOW + HOUR).map(({ state, time }) => [state, time])[1], ['late', '超期 56 分']);
  assert.deepEqual(called(ctx, event({}), NOW), []);
});

test('what is alike says how near and how sure', () => {
  const one = { id: 'E2', title: '又一次', kind: /** @type {const} */ ('duplicate'), score: 0.91, metres: 118, minutes: 130, step: 'reported', open: true };
  const said = alikes(ctx, [one, { ...one, score: 0.7 }, { ...one, kind: 'related', score: 0.45, open: false }]);
  assert.deepEqual(said.map(({ verdict, why, mergeable }) => [verdict, why, mergeable]), [
    ['很可能重复（91%）', '120 m · 相隔 2 时 10 分', true], ['可能重复（70%）', '120 m · 相隔 2 时 10 分', true], ['相关（45%）', '120 m · 相隔 2 时 10 分', false]]);
});

test('only addresses a browser may fetch are shown', () => {
  assert.deepEqual(pictures(['/media/1.jpg', 'https://a.example/2.jpg', 'javascript:alert(1)', 'http://['], 'http://wall.example/console'), ['/media/1.jpg', 'https://a.example/2.jpg']);
});
