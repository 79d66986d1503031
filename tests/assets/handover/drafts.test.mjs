import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Drafts } from '../../../assets/wall/handover/drafts.mjs';
import { HOUR, NOW } from '../fixtures.mjs';

const DAY = { start_ms: NOW - 6 * HOUR, end_ms: NOW + 6 * HOUR };
const NIGHT = { start_ms: NOW - 18 * HOUR, end_ms: NOW - 6 * HOUR };

/** A browser's storage; `full` takes nothing. @param {boolean} [full] */
function storage(full = false) {
  /** @type {Map<string, string>} */
  const held = new Map();
  return {
    held,
    getItem: (/** @type {string} */ key) => held.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => { if (full) throw new Error('QuotaExceededError'); held.set(key, value); },
    removeItem: (/** @type {string} */ key) => void held.delete(key),
  };
}

/** @param {string} notes @param {[string, string][]} typed */
const words = (notes, ...typed) => ({ notes, typed: new Map(typed) });

test('what was typed is there after a reload, by shift', () => {
  const kept = storage();
  new Drafts(kept).save(DAY, words('车辆检修', ['urgent E1', '已联系'], ['paused E2', '']), NOW);
  new Drafts(kept).save(NIGHT, words('夜班'), NOW + 1);
  const again = new Drafts(kept);
  assert.deepEqual(again.of(DAY.start_ms), { start: DAY.start_ms, end: DAY.end_ms, typed: [['urgent E1', '已联系'], ['paused E2', '']], notes: '车辆检修', at: NOW });
  assert.equal(again.of(NIGHT.start_ms)?.notes, '夜班');
  assert.equal(again.of(NOW), null);
});

test('saved once more it is the newest, and emptied it is none', () => {
  const kept = storage();
  const drafts = new Drafts(kept);
  drafts.save(DAY, words('一'), NOW);
  assert.equal(drafts.save(DAY, words('二'), NOW + 5)?.at, NOW + 5);
  assert.equal(drafts.of(DAY.start_ms)?.notes, '二');
  assert.equal(drafts.save(DAY, words(''), NOW + 6), null);
  assert.equal(kept.held.size, 0);
});

test('a signed shift is forgotten, and one that ended a shift ago; the one before is not', () => {
  const drafts = new Drafts(storage());
  const names = () => [DAY, NIGHT].map(({ start_ms }) => drafts.of(start_ms)?.notes);
  drafts.save(DAY, words('白'), NOW);
  drafts.save(NIGHT, words('夜'), NOW);
  drafts.prune([NOW], NOW);
  assert.deepEqual(names(), ['白', '夜']);
  drafts.prune([], NIGHT.end_ms + 12 * HOUR);
  assert.deepEqual(names(), ['白', undefined]);
  drafts.prune([DAY.start_ms], NOW);
  assert.deepEqual(names(), [undefined, undefined]);
});

test('a browser that keeps nothing, or nonsense, does not stop the work', () => {
  assert.equal(new Drafts(storage(true)).save(DAY, words('x'), NOW), null);
  const broken = storage();
  for (const text of ['{', '7', 'null']) {
    broken.held.set('wall.handover', text);
    assert.equal(new Drafts(broken).of(DAY.start_ms), null);
  }
});
