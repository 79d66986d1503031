import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KINDS, counted, dayTime, groups, handover, itemsOf, keyOf, refused, sayOf, shiftName, takeover } from '../../../assets/wall/handover/sheet.mjs';
import { HOUR, NOW, config, english, name, t } from '../fixtures.mjs';

const speaker = { t, name, config: { ...config(), departments: { fire: { zh: '消防大队', en: 'Fire' }, city: { zh: '城管局', en: 'City' } } } };
const QUIET = { sev: 1, process: 'eight', step: 'handling', department: '', worker: '', due: null, paused: null, until: null, urged: 0, extended: 0, told: '', missing: [] };

/** @param {object} changes @param {import('../../../assets/wall/handover/sheet.mjs').Kind} [kind] @returns {import('../../../assets/wall/handover/sheet.mjs').Line} */
const line = (changes, kind = 'overdue') => ({ kind, id: 'E1', title: '路灯不亮', place: '天宁区', facts: { ...QUIET, ...changes } });
/** @param {import('../../../assets/wall/handover/sheet.mjs').Line[]} items @returns {import('../../../assets/wall/handover/sheet.mjs').Draft} */
const draft = (items) => ({ shift: { name: 'day', day: '2026-03-12', start_ms: NOW - HOUR, end_ms: NOW + HOUR }, at: NOW, counts: { open: 3 }, items });

test('a shift is called by its day and hours', () => {
  assert.equal(shiftName(draft([]).shift, t), '2026-03-12 白班');
  assert.equal(shiftName({ ...draft([]).shift, name: 'night' }, english), '2026-03-12 Night shift');
  assert.equal(dayTime(NOW, t), '3月12日 14:32');
});

test('a line says grade, step, whose it is and by when, and no more than is so', () => {
  assert.equal(sayOf(line({}), NOW, speaker), '处置');
  const said = sayOf(line({ sev: 4, department: 'city', worker: '张伟', due: NOW - 2 * HOUR }), NOW, speaker);
  assert.equal(said, '紧急；处置；城管局；张伟；限 3月12日 12:32，超期 2 时');
  assert.equal(sayOf(line({ due: NOW + HOUR }), NOW, speaker), '处置；限 3月12日 15:32 前');
});

test('a pause, a whistle, urging, extensions and who was told are said', () => {
  assert.equal(sayOf(line({ paused: NOW - HOUR, until: NOW + HOUR }), NOW, speaker), '处置；挂账至 3月12日 15:32');
  assert.equal(sayOf(line({ paused: NOW - HOUR }), NOW, speaker), '处置；挂账，未定期限');
  const said = sayOf(line({ missing: ['fire', 'city'], urged: 2, extended: 1, told: 'chief' }), NOW, speaker);
  assert.equal(said, '处置；未报到：消防大队、城管局；已督办 2 次；已延期 1 次；已上报值班长');
  assert.equal(sayOf(line({ told: 'seat' }), NOW, speaker), '处置');
});

test('what is set aside says until when, by whom and why', () => {
  const aside = (/** @type {object} */ facts) => sayOf({ ...line({}, 'shelved'), facts }, NOW, speaker);
  assert.equal(aside({ sev: 3, out: false, until: NOW + HOUR, by: '王敏', reason: '动火作业' }), '搁置至 3月12日 15:32；王敏：动火作业');
  assert.equal(aside({ sev: 0, out: true, until: null, by: '李刚', reason: '' }), '停用；李刚');
});

test('what was typed stands in place of what the picture says', () => {
  const lines = [line({}), { ...line({}), id: 'E2' }];
  const items = itemsOf(draft(lines), new Map([[keyOf(lines[1]), '已到场，待拍照']]), speaker);
  assert.deepEqual(items.map(({ id, say }) => [id, say]), [['E1', '处置'], ['E2', '已到场，待拍照']]);
  assert.deepEqual(itemsOf(draft(lines), new Map([[keyOf(lines[0]), '']]), speaker)[0].say, '');
});

test('an alarm is called by what kind it is', () => {
  const facts = { sev: 3, out: true, until: null, by: '', reason: '' };
  const [named, unknown] = itemsOf(draft(['smoke', 'nobody-named-it'].map((title) => ({ ...line({}, 'shelved'), title, facts }))), new Map(), speaker);
  assert.notEqual(named.title, 'smoke');
  assert.equal(unknown.title, 'nobody-named-it');
});

test('lines stand in groups, with how many there was no room for', () => {
  const items = itemsOf(draft([line({}, 'paused'), line({}, 'urgent'), { ...line({}, 'urgent'), id: 'E2' }]), new Map(), speaker);
  const found = groups(items, { 'rest.urgent': 4, open: 9 });
  assert.deepEqual(found.map(({ kind, items: own, rest }) => [kind, own.length, rest]), [['urgent', 2, 4], ['paused', 1, 0]]);
  for (const kind of KINDS) assert.notEqual(t(`handover.kind.${kind}`), `handover.kind.${kind}`);
});

test('the numbers stand in one order and only those there are', () => {
  const found = counted({ normal: 5, urgent: 1, open: 6, reported: 2, 'rest.urgent': 3 }, t);
  assert.deepEqual(found.map(({ label, n }) => [label, n]), [['本班上报', 2], ['当前在办', 6], ['紧急', 1], ['一般', 5]]);
});

test('a signed sheet is one command, its takeover another', () => {
  const items = itemsOf(draft([line({})]), new Map(), speaker);
  const said = handover(draft([line({})]), { id: 'c1', by: ' 王敏 ', notes: ' 积水 ', items }, t);
  assert.deepEqual(said, { command: 'handover', id: 'c1', by: '王敏', shift: '2026-03-12 白班', start: NOW - HOUR, end: NOW + HOUR, notes: '积水', items, counts: { open: 3 } });
  assert.deepEqual(Object.keys(items[0]).sort(), ['id', 'kind', 'place', 'say', 'title']);
  assert.deepEqual(takeover({ id: 'h1' }, { id: 'c2', by: '李刚', notes: '' }), { command: 'takeover', id: 'c2', handover_id: 'h1', by: '李刚', notes: '' });
});

test('a refusal is said in words', () => {
  assert.equal(refused({ key: 'same' }, speaker), '接班人不能是交班人本人');
  assert.match(refused({ key: 'log' }, speaker), /日志.*不会重复$/);
  assert.equal(refused({ key: 'changed' }, speaker), t('refusal.no.changed'));
});
