import assert from 'node:assert/strict';
import { test } from 'node:test';
import { departmentsLike } from '../../../assets/wall/console/deptpick.mjs';
import { meaning } from '../../../assets/wall/console/keyboard.mjs';
import { Seat } from '../../../assets/wall/console/seat.mjs';
import { config, name } from '../fixtures.mjs';

/** @param {string} key @param {any} [more] @param {{alarms: boolean, form: boolean}} [shown] */
const means = (key, more = {}, shown = { alarms: false, form: false }) =>
  meaning({ key, ctrlKey: false, altKey: false, metaKey: false, repeat: false, isComposing: false, target: null, ...more }, shown);

test('letters are deeds, but not with other keys, held down, or while a word is composed', () => {
  assert.deepEqual([means('a'), means('A'), means('q'), means('f'), means('j')], ['deed', 'deed', 'tab', 'find', 'list']);
  assert.deepEqual([means('a', { ctrlKey: true }), means('c', { metaKey: true }), means('a', { repeat: true }), means('a', { isComposing: true })], [null, null, null, null]);
  assert.deepEqual([means('1'), means('/'), means('F5'), means('ArrowUp')], [null, null, null, null]);
});

test('Space, S, M and O are for the alarms where they are shown; Escape closes a form and is else the map\'s', () => {
  const alarms = { alarms: true, form: false };
  assert.deepEqual([' ', 's', 'M', 'o', 'a'].map((key) => means(key, {}, alarms)), ['alarm', 'alarm', 'alarm', 'alarm', 'deed']);
  assert.deepEqual([means(' '), means('Escape'), means('Escape', {}, { alarms: false, form: true })], [null, null, 'close']);
});

test('the seat keeps its name and role in the browser', () => {
  const kept = new Map();
  const storage = { getItem: (/** @type {string} */ key) => kept.get(key) ?? null, setItem: (/** @type {string} */ key, /** @type {string} */ value) => void kept.set(key, value) };
  const seat = new Seat(storage, '值班席');
  assert.deepEqual([seat.name, seat.role], ['值班席', 'seat']);
  seat.rename(' 03 席 刘敏 ');
  seat.act('chief');
  const again = new Seat(storage, '值班席');
  assert.deepEqual([again.name, again.role], ['03 席 刘敏', 'chief']);
  kept.set('wall.role', 'king');
  assert.equal(new Seat(storage, '值班席').role, 'seat');
});

test('departments are found by name, pinyin initials or key', () => {
  const ctx = { name, config: { ...config(), departments: { fire: { zh: '消防救援支队', en: '' }, power: { zh: '供电公司', en: '' } } } };
  assert.deepEqual(['消防', 'gdgs', 'POW', ''].map((typed) => departmentsLike(ctx, typed)), [['fire'], ['power'], ['power'], ['fire', 'power']]);
});
