import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Finder, loadSpell, partsOf, sounds, spelled } from '../../../assets/wall/queue/find.mjs';
import { config, event, name, picture } from '../fixtures.mjs';

const { workers } = picture({});
const ctx = {
  name, config: { ...config(), departments: { fire: { zh: '市消防救援支队', en: 'Fire brigade' } } },
  picture: picture({ workers: { ...workers, names: ['单文娟'], rowOf: new Map([['W1', 0]]) } }),
};
const one = event({ id: 'E0312-0417', title: '重庆路 ＬＥＤ路灯不亮', place: '天宁区 兰陵街道', dept: 'fire', worker: 'W1' });
const spell = await loadSpell();

/** @param {boolean} [learned] */
function finder(learned = true) {
  const made = new Finder(ctx);
  if (learned) made.learn(spell);
  return { made, has: (/** @type {string} */ text) => made.has(one, partsOf(text)) };
}

test('by id, title, place, department and worker, in Chinese and Latin', () => {
  const { has } = finder();
  for (const text of ['0312-0417', '路灯', 'led', 'ＬＥＤ', '天宁区', '消防', 'fire', '单文娟', 'w1']) assert.ok(has(text), text);
  assert.equal(has('井盖'), false);
});

test('by full pinyin from the beginning of a syllable on, and by initials', () => {
  const { has } = finder();
  for (const text of ['tianning', 'ning', 'tianningqul', 'tnq', 'chongqinglu', 'cql', 'xiaofang', 'xf']) assert.ok(has(text), text);
  for (const text of ['ianning', 'zhongqing', 'tnx']) assert.equal(has(text), false, text);
});

test('a surname is read as a surname', () => {
  const { has } = finder();
  assert.ok(has('shanwenjuan'));
  assert.ok(has('swj'));
});

test('ü is typed as v', () => assert.ok(sounds(spelled(spell('绿化带', false)), 'lvhua')));

test('all parts have to be found, each anywhere', () => {
  const { has } = finder();
  assert.ok(has(' tianning 路灯  swj '));
  assert.equal(has('tianning 井盖'), false);
  assert.ok(has('  '));
});

test('before pinyin is there initials are made from the collation; then it is used', () => {
  const { made, has } = finder(false);
  assert.ok(has('tnq'));
  assert.equal(has('tianning'), false);
  made.learn(spell);
  assert.ok(has('tianning'));
});

test('an event that changed is looked at anew, and so is a worker whose name has come', () => {
  const { made } = finder();
  assert.equal(made.has(one, ['井盖']), false);
  assert.equal(made.has({ ...one, v: 2, title: '井盖缺失' }, ['井盖']), true);
  assert.equal(made.has(event({ id: 'E2', worker: 'W2' }), partsOf('许文娟')), false);
  ctx.picture.workers.rowOf.set('W2', 1);
  ctx.picture.workers.names[1] = '许文娟';
  made.renamed();
  assert.equal(made.has(event({ id: 'E2', worker: 'W2' }), partsOf('xuwen')), true);
});

test('warming up stops when it is enough and goes on the next time', () => {
  const { made } = finder();
  const events = new Map(Array.from({ length: 9 }, (_, n) => [`E${n}`, event({ id: `E${n}`, title: `井盖${n}`, place: '' })]));
  let n = 0;
  assert.equal(made.warm(events, () => (n += 1) > 4), false);
  assert.equal(made.known.size, 4);
  assert.equal(made.warm(events, () => false), true);
  assert.equal(made.known.size, 9);
});
