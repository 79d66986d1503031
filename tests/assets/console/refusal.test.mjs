import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actorWords, refusalWords, spanWords } from '../../../assets/wall/console/refusal.mjs';
import { english, name, t } from '../fixtures.mjs';

/** @param {string} zh @param {string} [en] */
const words = (zh, en = zh) => ({ zh, en });
/** @param {Partial<import('../../../assets/wall/post.mjs').Parts>} [changes] */
const parts = (changes) => ({ process: words('八步工作法', 'Eight-step method'), current: words('发现', 'Discovered'), step: words('评价', 'Evaluated'), options: [words('受理', 'Accepted'), words('作废', 'Cancelled')], ...changes });
/** @param {string} key @param {Partial<import('../../../assets/wall/post.mjs').Parts>} [changes] */
const said = (key, changes, reason = '') => refusalWords({ key, reason, parts: parts(changes) }, { t, name });

test('every ground of a process has its sentence', () => {
  assert.equal(said('edge'), '八步工作法：发现之后不能评价；可以：受理、作废');
  assert.equal(said('edge', { options: [] }), '八步工作法：发现之后不能评价');
  assert.equal(said('actor', { step: words('挂账'), actors: ['chief', 'leader'] }), '挂账须由值班长或领导办理');
  assert.equal(said('closed', { current: words('评价') }), '本件已评价，离开队列');
  assert.equal(said('unknown_step', { step: words('跟踪') }), '八步工作法没有跟踪这一环节');
  assert.equal(said('paused', { step: words('分流'), options: [words('恢复')] }, 'it is paused'), '已挂账，不能分流；可以：恢复');
  assert.equal(said('paused', { step: words('恢复') }, 'x: it is not paused; allowed: y'), '没有挂账，不必恢复');
  assert.equal(said('reason', { step: words('退回') }), '退回须写明理由');
  assert.equal(said('times', { step: words('延期'), bound: '2' }), '延期最多 2 次，已用完');
  assert.equal(said('span', { step: words('延期'), bound: '7wd' }), '延期累计不得超过 7 个工作日');
});

test('in English, too', () => {
  const speaker = { t: english, name: (/** @type {any} */ given, /** @type {string} */ other) => given?.en ?? other };
  assert.equal(refusalWords({ key: 'edge', parts: parts() }, speaker), 'Eight-step method: Evaluated may not follow Discovered; possible: Accepted, Cancelled');
});

test('what no process refused is said by its key, or by the reason given', () => {
  const of = (/** @type {any} */ fault) => refusalWords(fault, { t, name });
  assert.equal(of({ key: 'changed', reason: 'look again' }), '其他席位刚刚办理过，请看最新情况再定');
  assert.equal(of({ key: 'closed' }), '事件已办结');
  assert.equal(of({ key: 'actor', reason: 'only A may' }), '只能由办理人本人撤销');
  assert.equal(of({ key: 'malformed', field: 'until', reason: 'bad' }), '填写有误：until');
  assert.equal(of({ key: 'new_rule', reason: 'the moon is full' }), '系统答复：the moon is full');
  assert.equal(of({ key: 'new_rule' }), '当前不能办理');
});

test('spans and actors in words', () => {
  assert.deepEqual(['30m', '2h', '3d', '4wh', '1wd', 'soon'].map((span) => spanWords(span, t)), ['30 分钟', '2 小时', '3 天', '4 个工作小时', '1 个工作日', 'soon']);
  assert.equal(actorWords(['seat', 'chief', 'system'], t), '席位或值班长或系统');
});
