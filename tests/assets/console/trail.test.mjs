import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stepLine } from '../../../assets/wall/console/steps.mjs';
import { lines, voice } from '../../../assets/wall/console/trail.mjs';
import { HOUR, MINUTE, NOW, config, event, name, picture, t } from '../fixtures.mjs';
import { crowd } from '../fixtures-map.mjs';
import { detail, trace } from './cases.mjs';

const ctx = {
  t, name, picture: picture({ workers: crowd([{ lat: 31.8, lon: 119.9, name: '周建平' }]) }),
  config: { ...config(), channels: { hotline_12345: { zh: '12345', en: '' } }, departments: { fire: { zh: '消防救援支队', en: '' }, power: { zh: '供电公司', en: '' } } },
};
const TRAIL = [
  trace({ at: NOW - HOUR, source: 'hotline' }),
  trace({ at: NOW - HOUR + 17_000, what: 'accepted', by: '刘敏', role: 'seat' }),
  trace({ at: NOW - 30 * MINUTE, what: 'assigned', by: '刘敏', role: 'seat', department: 'fire', worker: 'W0', due: NOW + HOUR, note: '速办' }),
  trace({ at: NOW - 20 * MINUTE, what: 'whistle', by: '刘敏', role: 'chief', departments: ['fire', 'power'] }),
  trace({ at: NOW - 10 * MINUTE, what: 'checkin', by: '刘敏', department: 'power' }),
  trace({ at: NOW - 9 * MINUTE, what: 'handling', by: 'W0', role: 'worker', note: '已到场' }),
  trace({ at: NOW - MINUTE, what: 'undone', by: '刘敏', role: 'seat', step: 'supervised' }),
  trace({ at: NOW - 1000, what: 'rated', source: 'survey', score: 4, note: '很快' }),
];
const CASE = detail({ event: event({ channel: 'hotline_12345' }), trail: TRAIL });

test('a line says when, what, who as what, with what, and how long after the one before', () => {
  const all = lines(ctx, CASE, [], 'all', NOW);
  const said = all.map(({ time, what, who, text, gap }) => [time, what, who, text, gap].join('|'));
  assert.deepEqual(said, [
    '13:32:08|发现|12345||',
    '13:32:25|受理|席位 刘敏||17 秒',
    '14:02:08|分流|席位 刘敏|交 消防救援支队、周建平；至 15:32；速办|29 分',
    '14:12:08|吹哨|值班长 刘敏|消防救援支队、供电公司|10 分',
    '14:22:08|报到|刘敏|供电公司|10 分',
    '14:23:08|处置|网格员 周建平|已到场|1 分',
    '14:31:08|撤销|席位 刘敏|督办|8 分',
    '14:32:07|回访评分|满意度回访|4 分；很快|59 秒',
  ]);
});

test('where nobody is named, the worker or the department did it', () => {
  const [first, second, third] = lines(ctx, detail({ trail: [
    trace({ what: 'handling', source: 'grid-app', worker: 'W0', department: 'fire' }), trace({ what: 'feedback', department: 'power' }), trace({ what: 'accepted', source: 'hotline' })] }), [], 'all', NOW);
  assert.deepEqual([first.who, first.text, second.who, second.text, third.who], ['网格员 周建平', '消防救援支队', '部门 供电公司', '', 'hotline']);
});

test('what the rules of the city did is said in words', () => {
  const [routed, escalated] = lines(ctx, detail({ trail: [
    trace({ what: 'routed', source: 'routing', department: 'fire', note: '消防', to: '03 席' }), trace({ what: 'escalated', source: 'routing', note: 'limit', step: 'handling', to: 'chief' })] }), [], 'all', NOW);
  assert.deepEqual([routed.what, routed.who, routed.text], ['分派', '系统', '交 消防救援支队；归 03 席；消防']);
  assert.deepEqual([escalated.what, escalated.who, escalated.text], ['升级', '系统', '报值班长：处置时已超总时限']);
});

test('of two events it is said which was merged into which', () => {
  const said = lines(ctx, detail({ trail: [trace({ what: 'absorbed', into: 'E7' }), trace({ what: 'merged', into: 'E8', note: '同一井盖' })] }), [], 'all', NOW);
  assert.deepEqual(said.map(({ text }) => text), ['E7 并入本件', '并入 E8；同一井盖']);
});

test('filters show departments, workers or citizens', () => {
  const shown = (/** @type {import('../../../assets/wall/console/trail.mjs').Filter} */ filter) => lines(ctx, CASE, [], filter, NOW).map(({ what }) => what);
  assert.deepEqual(shown('department'), ['报到']);
  assert.deepEqual(shown('worker'), ['分流', '处置']);
  assert.deepEqual(shown('people'), ['发现', '回访评分']);
  assert.equal(voice(trace({}), 'iot'), 'all');
  assert.equal(voice(trace({}), 'grid_worker'), 'worker');
});

test('what was pressed stands at the end until the log shows it, and of another day the date is said', () => {
  const order = /** @type {any} */ ({ id: 'c1', at: NOW, words: '督办', note: '请快' });
  const last = lines(ctx, CASE, [order], 'all', NOW).at(-1);
  assert.deepEqual([last?.what, last?.who, last?.text, last?.pending], ['督办', '提交中', '请快', true]);
  assert.deepEqual(lines(ctx, CASE, [order], 'people', NOW).some(({ pending }) => pending), false);
  assert.equal(lines(ctx, detail({ trail: [trace({ at: NOW - 30 * HOUR })] }), [], 'all', NOW)[0].time, '3月11日 08:32');
});

test('the line of steps follows the process, with times', () => {
  const steps = stepLine(ctx, CASE, NOW);
  assert.deepEqual(steps.map(({ words, state }) => `${words} ${state}`), ['发现 done', '受理 done', '分流 done', '处置 now', '跟踪 ahead', '督办 ahead', '反馈 ahead', '评价 ahead']);
  assert.equal(steps[0].time, '13:32');
  const call = detail({ event: event({ process: 'call', step: 'feedback' }), steps: [{ step: 'reported', at: NOW }, { step: 'handling', at: null }, { step: 'feedback', at: null }] });
  assert.deepEqual(stepLine(ctx, call, NOW).map(({ words, state, time }) => [words, state, time]), [['问题收集', 'done', '14:32'], ['部门报到', 'skipped', ''], ['处理反馈', 'now', '进行中']]);
});
