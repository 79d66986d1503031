import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandOf, fieldsOf } from '../../../assets/wall/console/forms.mjs';
import { HOUR, NOW, config, name, t } from '../fixtures.mjs';
import { inputText } from '../../../assets/wall/i18n.mjs';
import { detail } from './cases.mjs';

const ctx = { t, name, config: config() };
/** @typedef {import('../../../assets/wall/console/forms.mjs').Asked} Asked */
/** @param {Asked} deed @param {import('../../../assets/wall/console/forms.mjs').Values} values @param {any} [about] */
function made(deed, values, about = {}) {
  const fields = fieldsOf(ctx, deed, detail(), 'seat', { people: [['W1', '周建平']] });
  return commandOf(ctx, deed, fields, values, { id: 'E1', now: NOW, ...about });
}
/** The command as it goes over the wire. @param {ReturnType<typeof made>} given */
const sent = (given) => ('body' in given ? JSON.parse(JSON.stringify(given.body)) : given.missing);

test('each form makes the command the server takes', () => {
  assert.deepEqual(sent(made('accept', {})), { event_id: 'E1', command: 'accept' });
  assert.deepEqual(sent(made('assign', { department: 'fire', worker: '' })), { event_id: 'E1', command: 'assign', department: 'fire' });
  assert.deepEqual(sent(made('assign', { department: 'fire', worker: 'W1' })), { event_id: 'E1', command: 'assign', department: 'fire', worker_id: 'W1' });
  assert.deepEqual(sent(made('assign', { department: '', worker: 'W1' })), { event_id: 'E1', command: 'dispatch', worker_id: 'W1' });
  assert.deepEqual(sent(made('whistle', { departments: 'fire power', level: 'major', hours: '0.5', note: ' 快 ' })),
    { event_id: 'E1', command: 'whistle', level: 'major', departments: ['fire', 'power'], report_within_h: 0.5, note: '快' });
  assert.deepEqual(sent(made('extend', { span: '3wd', due: '', reason: '待料' })), { event_id: 'E1', command: 'extend', span: '3wd', reason: '待料' });
  assert.deepEqual(sent(made('extend', { span: '3wd', due: inputText(NOW + HOUR), reason: '待料' })),
    { event_id: 'E1', command: 'extend', due: NOW + HOUR - 8000, reason: '待料' }); // the field holds no seconds
  assert.deepEqual(sent(made('pause', { reason: '停工', until: '' })), { event_id: 'E1', command: 'pause', reason: '停工' });
  assert.deepEqual(sent(made('advance', { step: 'feedback', note: '' })), { event_id: 'E1', command: 'advance', step: 'feedback', note: '' });
  assert.deepEqual(sent(made('rate', { score: '4', comment: '快' })), { event_id: 'E1', command: 'rate', score: 4, comment: '快' });
  assert.deepEqual(sent(made('merge', { into: 'E9', reason: '同一件' })), { event_id: 'E1', command: 'merge', into: 'E9', reason: '同一件' });
  assert.deepEqual(sent(made('undo', {}, { undo: 'assigned' })), { event_id: 'E1', command: 'undo', step: 'assigned' });
});

test('commands on alarms name the alarm and no event but the one to link to', () => {
  assert.deepEqual(sent(made('shelve', { hours: '4', until: '', reason: '检修' }, { alarms: ['A1'], now: NOW + 0.4 })), { command: 'alarm.shelve', alarm_id: 'A1', until: NOW + 4 * HOUR, reason: '检修' });
  assert.deepEqual(sent(made('link', { event: 'E7' }, { alarms: ['A1'] })), { command: 'alarm.link', alarm_id: 'A1', event_id: 'E7' });
  assert.deepEqual(sent(made('service', { reason: '检修' }, { alarms: ['A1'], device: 'D1' })), { command: 'alarm.service', device_id: 'D1', state: 'out', reason: '检修' });
  assert.equal(sent(made('service', { reason: '' }, { alarms: ['A1'], device: 'D1' })), '请填写：理由');
});

test('what is missing or past is said, and nothing is sent', () => {
  assert.equal(sent(made('return', { reason: '  ' })), '请填写：理由');
  assert.equal(sent(made('whistle', { departments: '', level: 'major', hours: '1', note: '' })), '请填写：部门');
  assert.equal(sent(made('whistle', { departments: 'fire', level: 'major', hours: '0', note: '' })), '报到时限（小时）须晚于现在或大于零');
  assert.equal(sent(made('pause', { reason: '停工', until: inputText(NOW - HOUR) })), '至（可不填）须晚于现在或大于零');
  assert.equal(sent(made('assign', { department: '', worker: '' })), '请填写：部门或网格员');
});

test('a form proposes what is next', () => {
  const [step] = fieldsOf(ctx, 'advance', detail(), 'seat');
  assert.deepEqual([step.value, step.options], ['tracked', [['tracked', '跟踪'], ['feedback', '反馈']]]);
  const [, level, hours] = fieldsOf(ctx, 'whistle', detail(), 'seat');
  assert.deepEqual([level.value, hours.value], ['normal', '24']);
  assert.deepEqual(fieldsOf(ctx, 'assign', detail({ may: { seat: ['handling'] } }), 'seat').map(({ key }) => key), ['worker']);
  assert.equal(fieldsOf(ctx, 'merge', detail(), 'seat', { into: 'E9' })[0].value, 'E9');
});
