import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Orders, UNSEEN_MS, alarmSeen } from '../../../assets/wall/console/orders.mjs';
import { NOW } from '../fixtures.mjs';
import { alarm } from './cases.mjs';

/** Orders that are answered as told. @param {(import('../../../assets/wall/post.mjs').Fault|null)[]} answers */
function told(answers) {
  /** @type {any[]} */
  const sent = [];
  /** @type {string[]} */
  const fates = [];
  const orders = new Orders((order) => fates.push(order.fate), async (said) => { sent.push(said); return answers.shift() ?? null; });
  return { orders, sent, fates };
}
const ABOUT = { words: '受理', v: 3, now: NOW };

test('a press is under way at once, taken when it is on the log, done when the picture shows it', async () => {
  const { orders, sent, fates } = told([null]);
  const pressed = orders.press({ command: 'accept', event_id: 'E1' }, ABOUT);
  assert.deepEqual(orders.of('E1').map(({ fate, words }) => [fate, words]), [['going', '受理']]);
  assert.deepEqual(orders.settle(() => true, NOW), []); // somebody else's record came first: ours is not on the log yet
  await pressed;
  assert.deepEqual(fates, ['going', 'taken']);
  assert.deepEqual(orders.settle((order) => 3 > order.v, NOW), []);
  assert.deepEqual(orders.settle((order) => 4 > order.v, NOW).map(({ words }) => words), ['受理']);
  assert.deepEqual([orders.list, sent[0].command, sent[0].event_id], [[], 'accept', 'E1']);
});

test('a refusal is told with its reason and waits for nothing', async () => {
  const { orders, fates } = told([{ key: 'edge' }]);
  await orders.press({ command: 'accept', event_id: 'E1' }, ABOUT);
  assert.deepEqual([fates, orders.list], [['going', 'refused'], []]);
});

test('what the log could not take may be sent again under the same id', async () => {
  const { orders, sent, fates } = told([{ key: 'log' }, null]);
  await orders.press({ command: 'accept', event_id: 'E1' }, ABOUT);
  const [stuck] = orders.list;
  assert.deepEqual([stuck.fate, orders.of('E1')], ['stuck', []]);
  orders.drop(stuck);
  await orders.retry(stuck, NOW + 9000);
  assert.deepEqual([fates, new Set(sent.map(({ id }) => id)).size, sent.length], [['going', 'stuck', 'going', 'taken'], 1, 2]);
  assert.equal(orders.of('E1').length, 1);
});

test('two presses have two ids', async () => {
  const { orders, sent } = told([]);
  await Promise.all([orders.press({ command: 'comment', event_id: 'E1', text: 'a' }, ABOUT), orders.press({ command: 'comment', event_id: 'E1', text: 'a' }, ABOUT)]);
  assert.notEqual(sent[0].id, sent[1].id);
});

test('what was taken and is never seen is not waited for for ever', async () => {
  const { orders, fates } = told([null]);
  await orders.press({ command: 'accept', event_id: 'E1' }, ABOUT);
  orders.settle(() => false, NOW + UNSEEN_MS);
  assert.equal(orders.list.length, 1);
  orders.settle(() => false, NOW + UNSEEN_MS + 1);
  assert.deepEqual([fates.at(-1), orders.list], ['refused', []]);
});

test('an order about alarms is seen in their states', async () => {
  const { orders } = told([]);
  const seen = (/** @type {any} */ changes, at = 0) => alarmSeen(orders.list[at], new Map(changes ? [['A1', alarm(changes)]] : []), new Set());
  await orders.press({ command: 'alarm.ack', alarm_ids: ['A1'] }, { ...ABOUT, alarms: ['A1'] });
  await orders.press({ command: 'alarm.shelve', alarm_id: 'A1' }, { ...ABOUT, alarms: ['A1'] });
  await orders.press({ command: 'alarm.link', alarm_id: 'A1', event_id: 'E7' }, { ...ABOUT, alarms: ['A1'] });
  await orders.press({ command: 'alarm.unshelve', alarm_id: 'A1' }, { ...ABOUT, alarms: ['A1'] });
  assert.deepEqual([seen({}), seen({ state: 'acknowledged' }), seen(null)], [false, true, true]);
  assert.deepEqual([seen({}, 1), seen({ state: 'shelved' }, 1)], [false, true]);
  assert.deepEqual([seen({}, 2), seen({ event: 'E7' }, 2)], [false, true]);
  assert.deepEqual([seen({ state: 'shelved' }, 3), seen({}, 3)], [false, true]);
  assert.deepEqual([[...orders.alarms], orders.of('E7')], [['A1'], []]);
});

test('a device is seen where it was sent: out of service, or back', async () => {
  const { orders } = told([]);
  for (const state of ['out', 'in']) await orders.press({ command: 'alarm.service', device_id: 'D1', state }, { ...ABOUT, alarms: ['A1'] });
  const [out, back] = orders.list.map((order) => ['', 'D1', 'D2'].map((device) => alarmSeen(order, new Map(), new Set([device]))));
  assert.deepEqual([out, back], [[false, true, false], [true, false, true]]);
  assert.deepEqual([...orders.devices], ['D1']);
});
