import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { RegionTree, eventsIn, inScope, levelOf, openByChild, shortName, waitingOutside } from '../../assets/wall/scope.mjs';
import { FILE, tree } from './fixtures-land.mjs';
import { event, eventsOf } from './fixtures.mjs';

const A = 1;
const [A_TOWN, A_COMMUNITY, A1, A2, A3, B] = [2, 3, 4, 5, 6, 7];

test('the level is the length of the code', () => {
  assert.deepEqual(['', '3204', '320401', '320401001', '320401001001', '320401001001001'].map(levelOf), [0, 0, 1, 2, 3, 4]);
});

test('the tree is read off the preorder', () => {
  const t = tree();
  assert.deepEqual(t.children(0), [A, B]);
  assert.deepEqual(t.children(A_COMMUNITY), [A1, A2, A3]);
  assert.deepEqual(t.children(A1), []);
  assert.deepEqual(t.path(A2), [0, A, A_TOWN, A_COMMUNITY, A2]);
  assert.deepEqual([t.parent(0), t.parent(B), t.at(A2, 1), t.at(A, 3)], [-1, 0, A, -1]);
  assert.ok(t.holds(A, A3) && t.holds(A, A) && !t.holds(A, B));
});

test('codes and numbers: the city is the empty scope, a stranger is nothing', () => {
  const t = tree();
  assert.deepEqual([t.node(''), t.node('3204'), t.node('320402'), t.node('99')], [0, 0, B, -1]);
  assert.deepEqual([t.scope(0), t.scope(B)], ['', '320402']);
});

test('names are those people say, and a grid does not repeat its community', () => {
  const t = tree();
  assert.equal(t.place(A2), '东区 东镇 东园社区 第2网格');
  assert.equal(t.place(0), '甲市');
  assert.equal(t.name(9), '西湖村');
  assert.equal(new RegionTree(FILE, new Map([['320401', 'East']])).place(A_TOWN), 'East 东镇');
});

test('short names, as the server makes them', () => {
  assert.deepEqual(['采菱社区居委会', '横山桥社区居委会（含横山桥村村委）', '毛场村村委会', '新北区'].map(shortName), ['采菱社区', '横山桥社区', '毛场村', '新北区']);
});

test('siblings go round in a circle; the city has none', () => {
  const t = tree();
  assert.deepEqual([t.sibling(A1, 1), t.sibling(A3, 1), t.sibling(A1, -1), t.sibling(A, 1), t.sibling(0, 1)], [A2, A1, A3, B, 0]);
});

test('a drill goes one level down inside, and sideways outside', () => {
  const t = tree();
  assert.equal(t.towards(0, A2), A);
  assert.equal(t.towards(A, A2), A_TOWN);
  assert.equal(t.towards(A_COMMUNITY, A2), A2);
  assert.equal(t.towards(A, 10), B);
  assert.equal(t.towards(A1, A2), A2);
  assert.equal(t.towards(A1, A1), A1);
});

test('a search finds whole names first, then beginnings, wider regions before narrower', () => {
  const t = tree();
  const names = (/** @type {string} */ text) => t.search(text, 4).map((node) => t.names[node]);
  assert.deepEqual(names('东'), ['东区', '东镇', '东园社区', '东园社区第1网格']);
  assert.deepEqual(names('西湖村'), ['西湖村', '西湖村第1网格']);
  assert.deepEqual(names('第2'), ['东园社区第2网格']);
  assert.deepEqual(t.search('320402', 9).map((node) => t.codes[node].length), [6, 9, 12, 15]);
  assert.deepEqual([t.search('  ', 4), t.search('没有', 4)], [[], []]);
});

test('what lies in a scope', () => {
  assert.ok(inScope('320401001', '320401') && inScope('', '') && !inScope('', '320401') && !inScope('320402', '320401'));
  const picture = eventsOf([event({ id: 'a', region: '320401001001001' }), event({ id: 'b', region: '320402001' }), event({ id: 'c', region: '' })]);
  assert.equal(eventsIn(picture, ''), picture.events);
  assert.deepEqual([...eventsIn(picture, '320401').keys()], ['a']);
});

test('what waits outside a scope is counted by severity, accepted or not inside is not', () => {
  const picture = eventsOf([
    event({ id: 'a', region: '320401001', sev: 4, step: 'reported' }), event({ id: 'b', region: '320402001', sev: 4, step: 'reported' }),
    event({ id: 'c', region: '320402001', sev: 4, step: 'handling' }), event({ id: 'd', region: '', sev: 3, step: 'reported' }),
  ]);
  assert.deepEqual(waitingOutside(picture, '320401'), [0, 0, 0, 1, 1]);
  assert.deepEqual(waitingOutside(picture, ''), [0, 0, 0, 0, 0]);
});

test('open events by the children of a scope', () => {
  const list = [event({ region: '320401001001001', sev: 4 }), event({ region: '320401001001002' }), event({ region: '320402001001001' }), event({ region: '' })];
  assert.deepEqual([...openByChild(list, '')], [['320401', { open: 2, urgent: 1 }], ['320402', { open: 1, urgent: 0 }]]);
  assert.deepEqual([...openByChild(list, '320401001001').keys()], ['320401001001001', '320401001001002']);
  assert.deepEqual([...openByChild(list, '320401001001001')], []);
});

test('the demo city: 6,257 grids hang on 1,049 communities, and every one has a path to the city', () => {
  const rows = readFileSync(new URL('../../dashboard/cities/changzhou/regions.csv', import.meta.url), 'utf8').trim().split('\n').slice(1).map((line) => line.split(','));
  rows.sort((a, b) => (a[0] < b[0] ? -1 : 1));
  const codes = rows.map(([code]) => code);
  const ends = codes.map((code, at) => codes.findIndex((other, k) => k > at && !other.startsWith(code))).map((end) => (end < 0 ? codes.length : end));
  const t = new RegionTree({ codes, names: rows.map(([, name]) => name), ends });
  const levels = [0, 0, 0, 0, 0];
  for (let node = 0; node < t.size; node++) {
    levels[t.level(node)] += 1;
    assert.equal(t.path(node).length, t.level(node) + 1);
  }
  assert.deepEqual(levels, [1, 6, 67, 1049, 6257]);
});
