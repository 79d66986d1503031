import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initials } from '../../../assets/wall/workers/initials.mjs';
import { DUTY_FILTERS, Hay, forgetNames, listed, revealed, stateOf, stepped, windowOf } from '../../../assets/wall/workers/listing.mjs';
import { MINUTE, NOW, picture } from '../fixtures.mjs';
import { crowd } from './crowd.mjs';

const lostMs = 10 * MINUTE;

/** @param {Partial<import('../../../assets/wall/workers/listing.mjs').Wanted>} changes */
function ids(changes) {
  const { workers } = crowd();
  const wanted = { text: '', role: null, duty: null, scope: '', sort: /** @type {const} */ ('id'), down: false, ...changes };
  forgetNames();
  return Array.from(listed(workers, wanted, { now: NOW, lostMs, hay: new Hay((region) => `镇${region.slice(6, 9)}`) }), (row) => workers.ids[row]).join('');
}

test('initials of names, whatever stands between', () => {
  assert.deepEqual(['许文娟', '周建平', '芮 W 安', '', '欧阳娜'].map(initials), ['xwj', 'zjp', 'ra', '', 'oyn']);
});

test('a search finds names, initials, ids, grids and places, all parts at once', () => {
  assert.equal(ids({ text: '文' }), 'a');
  assert.equal(ids({ text: 'ZJP' }), 'b');
  assert.equal(ids({ text: '320404001' }), 'be');
  assert.equal(ids({ text: '镇001 qgq' }), 'd');
  assert.equal(ids({ text: '没有' }), '');
});

test('filters narrow each other', () => {
  assert.equal(ids({ scope: '320404' }), 'be');
  assert.equal(ids({ role: 1 }), 'ad');
  assert.equal(ids({ role: 1, duty: 'on' }), 'a');
  assert.deepEqual(DUTY_FILTERS.map((duty) => ids({ duty })), ['abce', '', '', '', 'e', 'abc', 'd']);
});

test('every worker is in one state of the board', () => {
  const { workers } = crowd();
  assert.deepEqual([0, 1, 2, 3, 4].map((row) => stateOf(workers, row, NOW, lostMs)), ['lost', 'lost', 'lost', 'off', 'on_scene']);
  assert.equal(stateOf(workers, 1, NOW, 12 * MINUTE), 'dispatched');
});

test('sorting, both ways', () => {
  assert.equal(ids({ sort: 'name' }), 'cedab');
  assert.equal(ids({ sort: 'age' }), 'ebadc');
  assert.equal(ids({ sort: 'age', down: true }), 'cdabe');
  assert.equal(ids({ sort: 'role' }), 'adbce');
  assert.equal(ids({ sort: 'place' }), 'cadeb');
  assert.equal(ids({ sort: 'duty' }), 'eabcd');
  assert.equal(ids({ sort: 'id', down: true }), 'edcba');
});

test('a name that changed is sorted by what it is now', () => {
  const { workers } = crowd();
  const wanted = { text: '', role: null, duty: null, scope: '', sort: /** @type {const} */ ('name'), down: false };
  const at = { now: NOW, lostMs, hay: new Hay(() => '') };
  forgetNames();
  assert.equal(listed(workers, wanted, at)[0], 2);
  workers.names[0] = '';
  forgetNames();
  assert.equal(listed(workers, wanted, at)[0], 0);
});

test('only the lines in sight are drawn, and two on either side', () => {
  assert.deepEqual(windowOf(0, 300, 30, 13_080), [0, 12]);
  assert.deepEqual(windowOf(3000, 300, 30, 13_080), [98, 112]);
  assert.deepEqual(windowOf(392_100, 300, 30, 13_080), [13_068, 13_080]);
  assert.deepEqual(windowOf(900, 300, 30, 3), [3, 3]);
  assert.deepEqual(windowOf(0, 300, 0, 3), [0, 0]);
});

test('keys move within the list and no farther', () => {
  assert.deepEqual(['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End'].map((key) => stepped(key, 5, 100, 10)), [6, 4, 15, 0, 0, 99]);
  assert.deepEqual([stepped('ArrowDown', -1, 100, 10), stepped('ArrowUp', -1, 100, 10), stepped('ArrowDown', 99, 100, 10)], [0, 99, 99]);
  assert.deepEqual([stepped('a', 5, 100, 10), stepped('ArrowDown', -1, 0, 10)], [null, null]);
});

test('the active line comes into sight with as little scrolling as can be', () => {
  assert.deepEqual([revealed(5, 0, 300, 30), revealed(10, 0, 300, 30), revealed(1, 90, 300, 30)], [0, 30, 30]);
});

test('a long list is made in a moment', () => {
  const n = 13_080;
  const workers = {
    ...picture({}).workers, n, ids: Array.from({ length: n }, (_, k) => `W${k}`), names: Array.from({ length: n }, (_, k) => '许周钱陆'[k % 4]),
    regions: Array.from({ length: n }, (_, k) => `320402${k}`), fixTime: new Float64Array(n), flag: new Uint8Array(n),
  };
  const rows = listed(workers, { text: 'x', role: null, duty: null, scope: '320402', sort: 'age', down: false }, { now: NOW, lostMs, hay: new Hay(() => '') });
  assert.equal(rows.length, n / 4);
});
