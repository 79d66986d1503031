import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buttons, byLetter, onward } from '../../../assets/wall/console/actions.mjs';
import { NOW, config, event, name, t } from '../fixtures.mjs';
import { detail } from './cases.mjs';

const ctx = { t, name, config: config() };
/** @param {Parameters<typeof buttons>[1]} given @param {Partial<Parameters<typeof buttons>[2]>} [how] */
const shown = (given, how) => buttons(ctx, given, { role: 'seat', by: '席位', now: NOW, busy: false, dead: '', ...how });
/** @param {ReturnType<typeof buttons>} all @param {string} deed */
const of = (all, deed) => /** @type {import('../../../assets/wall/console/actions.mjs').Button} */ (all.find((button) => button.deed === deed));

test('what the role may do can be pressed, the rest says why not', () => {
  const all = shown(detail());
  assert.deepEqual(all.filter(({ can }) => can).map(({ letter, deed }) => letter || deed), ['D', 'W', 'U', 'V', 'E', 'merge']);
  assert.equal(of(all, 'accept').why, '处置之后不能受理');
  assert.equal(of(all, 'pause').why, '须由值班长或领导办理');
  assert.equal(of(all, 'rate').why, '办结后才能回访评分');
  assert.equal(of(shown(detail(), { role: 'chief' }), 'pause').can, true);
});

test('the next on the way is the main one', () => {
  const main = (/** @type {string[]} */ seat) => shown(detail({ may: { seat } })).find((button) => button.main)?.deed;
  assert.equal(main(['accepted', 'cancelled']), 'accept');
  assert.equal(main(['assigned', 'handling']), 'advance');
  assert.equal(main(['handling', 'evaluated']), 'close');
  assert.equal(main(['extended']), undefined);
});

test('a paused event is resumed first', () => {
  const paused = detail({ event: event({ paused: NOW }), may: { seat: ['resumed', 'merged'] } });
  const all = shown(paused);
  assert.deepEqual([of(all, 'resume').letter, of(all, 'resume').can, of(all, 'resume').main], ['P', true, true]);
  assert.equal(of(all, 'advance').why, '已挂账，须先恢复');
  assert.equal(of(shown(detail({ event: event({ paused: NOW }), may: { leader: ['resumed'] } })), 'resume').why, '须由领导办理');
});

test('a closed event is rated, once', () => {
  const closed = detail({ open: false, closed: NOW, may: {} });
  assert.deepEqual([of(shown(closed), 'rate').can, of(shown(closed), 'rate').main, of(shown(closed), 'urge').why], [true, true, '已离开队列']);
  assert.equal(of(shown({ ...closed, rated: NOW, score: 4 }), 'rate').why, '已评分');
});

test('what may be taken back shows with its seconds, and only so long', () => {
  const given = detail({ undo: { step: 'assigned', until: NOW + 61_500, by: '席位' } });
  assert.deepEqual([of(shown(given), 'undo').words, of(shown(given), 'undo').count], ['撤销分流', 62]);
  assert.equal(of(shown(given, { now: NOW + 61_500 }), 'undo'), undefined);
  assert.equal(of(shown(detail()), 'undo'), undefined);
  assert.equal(of(shown(given, { by: '02 席' }), 'undo').why, '只能由席位撤销');
});

test('nothing is pressed while a command is under way, or from a picture that stands still', () => {
  assert.deepEqual(new Set(shown(detail(), { busy: true }).map(({ can, why }) => `${can} ${why}`)), new Set(['false 上一条指令提交中']));
  assert.deepEqual(new Set(shown(detail(), { dead: '停' }).map(({ can, why }) => `${can} ${why}`)), new Set(['false 停']));
  assert.equal(shown(null).some(({ can }) => can), false);
});

test('letters find their buttons, small or large', () => {
  const all = shown(detail());
  assert.deepEqual(['d', 'D', 'k', 'z'].map((key) => byLetter(key, all)?.deed), ['assign', 'assign', undefined, undefined]);
  assert.deepEqual(onward(detail(), 'seat'), ['tracked', 'feedback']);
});
