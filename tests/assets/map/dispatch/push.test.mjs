import assert from 'node:assert/strict';
import { test } from 'node:test';
import { action, adviceRows, distanceText, minutesOf, noteOf, sentTo, whyText } from '../../../../assets/wall/map/dispatch/push.mjs';
import { NOW, english, event, picture, t } from '../../fixtures.mjs';
import { context, crowd } from '../../fixtures-map.mjs';

/** @param {Partial<import('../../../../assets/wall/map/dispatch/push.mjs').Candidate>} [changes] @returns {import('../../../../assets/wall/map/dispatch/push.mjs').Candidate} */
const candidate = (changes) => ({
  worker: 'W0', name: '周建平', role: 'full_time', duty: 'available', lat: 31.8, lon: 119.9, fix_age_ms: 900, distance_m: 320, eta_s: 161, load: 0,
  score_min: 0.7, reasons: [
    { key: 'way', value: 320, minutes: 2.7 }, { key: 'duty', value: 'available', minutes: 0 }, { key: 'load', value: 0, minutes: 0 },
    { key: 'here', value: 'grid', minutes: -2 },
  ], ...changes,
});
const BUSY = candidate({
  worker: 'W1', name: '钱国强', role: 'part_time', duty: 'on_scene', distance_m: 1240, eta_s: 1330, load: 2, score_min: 54.2, reasons: [
    { key: 'way', value: 1240, minutes: 22.2 }, { key: 'duty', value: 'on_scene', minutes: 15 }, { key: 'load', value: 2, minutes: 8 },
    { key: 'role', value: 'part_time', minutes: 6 }, { key: 'stale', value: 130, minutes: 2.2 }, { key: 'here', value: 'community', minutes: -1 },
  ],
});

/** @param {import('../../../../assets/wall/map/dispatch/push.mjs').Candidate[]} candidates @returns {import('../../../../assets/wall/map/dispatch/push.mjs').Advice} */
const advice = (candidates, nearest = 320) => ({ event: 'E1', as_of: NOW, candidates, considered: 2, on_duty: 3, nearest_m: candidates.length ? nearest : null });
/** @param {Partial<import('../../../../assets/wall/map/dispatch/push.mjs').Order>} [changes] @returns {import('../../../../assets/wall/map/dispatch/push.mjs').Order} */
const order = (changes) => ({ event: 'E1', v: 1, at: NOW, worker: 'W0', name: '周建平', state: 'pending', key: '', ...changes });

test('distances and minutes are no more exact than they are', () => {
  assert.deepEqual([0, 324, 994, 996, 1449, 9949, 12_400].map(distanceText), ['0 m', '320 m', '990 m', '1.0 km', '1.4 km', '9.9 km', '12 km']);
  assert.deepEqual([5, 89, 91, 600].map(minutesOf), [1, 1, 2, 10]);
});

test('the reasons are said in the order of the score, with what each adds', () => {
  assert.equal(whyText(candidate(), candidate(), t).join(''), '距 320 m，估 3 分到；空闲；手上 0 件；同网格 −2 分');
  assert.equal(whyText(BUSY, candidate(), t).join(''), '比首选多 54 分：距 1.2 km，估 22 分到；到场 +15 分；手上 2 件 +8 分；兼职非首选 +6 分；定位已过 2 分 10 秒 +2 分；同社区 −1 分');
  assert.match(whyText(BUSY, candidate(), english).join(''), /^54 min behind the first: 1\.2 km away, est\. 22 min; On scene \+15 min; /);
});

test('who is on it is not said to be busy', () => {
  const there = candidate({ duty: 'on_scene', reasons: [{ key: 'duty', value: 'on_scene', minutes: 0 }] });
  assert.deepEqual(whyText(there, there, t), ['已在此件']);
});

test('a row says who, how far, how long, and what can be done', () => {
  const [first, second] = adviceRows(advice([candidate(), BUSY]), context(), event({}), null, NOW);
  assert.deepEqual([first.name, first.role, first.duty, first.metres, first.eta, first.mark, first.can, first.tone], ['周建平', '专职', '空闲', '320 m', '3 分', '派遣', true, '']);
  assert.deepEqual([second.duty, second.metres, second.eta], ['到场', '1.2 km', '22 分']);
  assert.equal(adviceRows(advice([candidate({ eta_s: 7260 })]), context(), event({}), null, NOW)[0].eta, '2 时');
});

test('what a worker does is read from the picture, which is newer', () => {
  const workers = crowd([{ lat: 31.8, lon: 119.9, duty: 3 }]);
  assert.equal(adviceRows(advice([candidate()]), context({ workers }), event({}), null, NOW)[0].duty, '途中');
});

test('an order is pending until the picture shows it, and nobody else can be sent meanwhile', () => {
  const [first, second] = adviceRows(advice([candidate(), BUSY]), context(), event({}), order(), NOW);
  assert.deepEqual([first.mark, first.can, first.tone, first.why], ['…', false, 'go', ['正在派遣 周建平，等待日志确认']]);
  assert.deepEqual([second.mark, second.can, second.tone], ['派遣', false, '']);
  const other = adviceRows(advice([candidate()]), context(), event({ id: 'E2' }), order(), NOW)[0];
  assert.deepEqual([other.mark, other.can], ['派遣', true]);
});

test('a refusal says why, and one may try again', () => {
  const said = (/** @type {string} */ key) => adviceRows(advice([candidate()]), context(), event({}), order({ state: 'refused', key }), NOW)[0];
  assert.deepEqual([said('off_duty').why, said('off_duty').tone, said('off_duty').can], [['未派 周建平：此人不在岗'], 'no', true]);
  assert.deepEqual(said('whatever').why, ['未派 周建平：当前不能派遣']);
});

test('nobody is sent while a recording plays, nor from a picture that stands still', () => {
  const tape = /** @type {const} */ ({ tape: 'may', state: 'playing', tape_start: 0, wall_start: 0, speed: 1, shifted: false });
  const of = (/** @type {Partial<import('../../../../assets/wall/types.mjs').Picture>} */ changes) => action(context({ picture: picture(changes) }), event({}), candidate(), null, NOW);
  assert.deepEqual(of({ tapes: [tape] }), { mark: '回放', can: false });
  assert.deepEqual(of({ tapes: [{ ...tape, state: 'ended' }] }), { mark: '派遣', can: true });
  assert.deepEqual(of({ asOf: NOW - 60_000 }), { mark: '派遣', can: false });
});

test('who is on it cannot be sent again until free again', () => {
  const on = event({ worker: 'W0', step: 'handling' });
  assert.deepEqual(action(context(), on, { worker: 'W0', duty: 'en_route' }, null, NOW), { mark: '已派', can: false });
  assert.deepEqual(action(context(), on, { worker: 'W0', duty: 'available' }, null, NOW), { mark: '派遣', can: true });
  assert.deepEqual([sentTo(on), sentTo(event({ worker: 'W0', step: 'feedback' })), sentTo(event({}))], ['W0', null, null]);
});

test('the note says who was sent and when, how far off everybody is, or how the times are meant', () => {
  const note = (/** @type {any} */ given, /** @type {any} */ changes = {}, empty = false) => noteOf(given, context(), event(changes), empty);
  const two = advice([candidate(), BUSY]);
  assert.deepEqual(note(two, { worker: 'W1', step: 'handling', step_at: NOW }), { note: '已派 钱国强 14:32:08', sent: true });
  assert.deepEqual(note(two, { worker: 'W9', step: 'assigned' }), { note: '已派 W9', sent: true });
  assert.equal(note(two).note, '到达时间为估算');
  assert.equal(note(advice([BUSY], 2130)).note, '500 m 内无人可派，最近 2.1 km');
  assert.equal(note(null).note, '直线距离');
  assert.equal(note(advice([]), {}, true).note, '在岗 3 人，均不可派');
  assert.equal(note({ ...advice([]), on_duty: 0 }, {}, true).note, '没有在岗的网格员');
  assert.equal(noteOf(null, context({ picture: picture({ partial: true }) }), event({}), true).note, '取不到派遣建议');
});
