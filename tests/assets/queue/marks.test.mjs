import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ageBrief, ageWords, fileName, marks, pictureOf, timeText, workerName } from '../../../assets/wall/queue/marks.mjs';
import { row } from '../../../assets/wall/queue/order.mjs';
import { HOUR, MINUTE, NOW, config, event, name, picture, t } from '../fixtures.mjs';

const ctx = { t, name, config: { ...config(), departments: { fire: { zh: '市消防救援支队', en: 'Fire' } } } };
/** @param {Parameters<typeof event>[0]} changes @param {number} [chance] */
const said = (changes, chance) => marks(ctx, row(event(changes), NOW, chance), NOW).map(({ key, text, title }) => [key, text, title]);
const whistle = { level: /** @type {const} */ (3), at: NOW - HOUR, due: NOW + 8 * MINUTE, departments: ['fire', 'power'], in: { power: NOW } };

test('nothing was done: no marks', () => assert.deepEqual(said({}), []));

test('what was done, and how often, in words', () => {
  assert.deepEqual(said({ urged: 2, returned: 1, extended: 1, merged: ['E7', 'E8'] }), [
    ['urged', '督 ×2', '已督办 2 次'], ['returned', '退回', '被退回 1 次'], ['extended', '延', '已延期 1 次'], ['merged', '并 2 件', 'E7 E8'],
  ]);
});

test('a whistle says how many of those called have come, who has not, and when it is late', () => {
  assert.deepEqual(said({ whistle }), [['whistle', '哨 1/2', '未报到：市消防救援支队，限 14:40 前']]);
  assert.deepEqual(said({ whistle: { ...whistle, due: NOW - 1 } })[0].slice(0, 2), ['whistle late', '哨 1/2']);
  assert.deepEqual(said({ whistle: { ...whistle, due: NOW - 1, in: { fire: 1, power: 2, other: 3 } } }), [['whistle', '哨 2/2', '各部门均已报到']]);
});

test('a limit that may still move with the holidays says why', () => {
  assert.deepEqual(said({ uncertain: [2027] }), [['uncertain', '暂估', '2027 年节假日未公布，暂按周一至周五计']]);
});

test('a risk is rounded down, and gone once it has come true', () => {
  assert.deepEqual(said({}, 0.729)[0].slice(0, 2), ['risk', '可能超期 72%']);
  assert.deepEqual(said({ due: NOW - 1 }, 0.9), []);
});

test('a pause under which the limit runs on is a mark, one that stops it is in the time', () => {
  assert.equal(said({ paused: NOW - HOUR })[0][1], '挂账');
  assert.deepEqual(said({ paused: NOW - HOUR, due: null, left: HOUR }), []);
});

test('time left in words', () => {
  const words = (/** @type {Parameters<typeof event>[0]} */ changes) => timeText(row(event(changes), NOW), t);
  assert.equal(words({ due: NOW + 42 * MINUTE }), '剩 42 分');
  assert.equal(words({ due: null }), '无时限');
  assert.equal(words({ due: null, paused: NOW, left: 3 * HOUR }), '挂账 剩 3 时');
  assert.equal(words({ due: null, paused: NOW, left: -2 * HOUR }), '挂账 超期 2 时');
  assert.equal(words({ due: null, paused: NOW }), '挂账');
  assert.equal(words({ due: null, paused: NOW - HOUR, until: NOW - 1, left: HOUR }), '挂账到期');
});

test('age in whole minutes from the first on', () => {
  assert.equal(ageWords(event({ reported: NOW - 42_000 }), NOW, t), '已 42 秒');
  assert.equal(ageWords(event({ reported: NOW - 2 * MINUTE - 59_000 }), NOW, t), '已 2 分');
});

test('age in one unit', () => {
  const ages = [0, 59_000, 59 * MINUTE, 2 * HOUR - 1, 25 * HOUR, 300 * HOUR].map((age) => ageBrief(event({ reported: NOW - age }), NOW, t));
  assert.deepEqual(ages, ['已 0 秒', '已 59 秒', '已 59 分', '已 1 时', '已 1 天', '已 12 天']);
});

test('a worker goes by name where the roster is known', () => {
  const { workers } = picture({});
  const known = { picture: picture({ workers: { ...workers, names: ['周建平', ''], rowOf: new Map([['W1', 0], ['W2', 1]]) } }) };
  assert.deepEqual(['W1', 'W2', 'W9', ''].map((id) => workerName(known, id)), ['周建平', 'W2', 'W9', '']);
});

test('only what a page may load is a picture', () => {
  const page = 'https://wall.example/queue';
  assert.equal(pictureOf(['/media/a.jpg'], page), 'https://wall.example/media/a.jpg');
  assert.equal(pictureOf(['javascript:alert(1)', 'data:image/png;base64,x', 'ftp://a/b', 'http://[', 'http://cam/1.jpg'], page), 'http://cam/1.jpg');
  assert.equal(pictureOf([], page), '');
});

test('a file goes by its name', () => {
  const names = ['https://oss.example/2026/%E7%8E%B0%E5%9C%BA1.jpg?x=a/b', '/media/2.png#top', 'a%zz.jpg', 'http://host/', ''].map(fileName);
  assert.deepEqual(names, ['现场1.jpg', '2.png', 'a%zz.jpg', 'host', '']);
});
