/**
 * What this seat has asked for and the picture does not show yet: shown at once as 提交中, confirmed when the log's record comes
 * back, or refused with the reason. Each press has one id, so that sending again is harmless.
 *
 * @typedef {import('../post.mjs').Fault} Fault
 * @typedef {import('../types.mjs').Alarm} Alarm
 * @typedef {'going'|'taken'|'refused'|'stuck'} Fate  `taken`: on the log, not yet seen; `stuck`: may be sent again.
 * @typedef {{id: string, command: string, event: string, alarms: string[], v: number, at: number, words: string, note: string,
 *   body: Record<string, unknown>, fate: Fate, fault: Fault|null}} Order
 *   `v` of the event when the button was pressed; `words` what was asked for, `note` what was said with it.
 * @typedef {(order: Order) => boolean} Seen  Whether the picture shows what an order asked for.
 */
import { commandId, post } from '../post.mjs';

/** By then an order that was taken should long be seen. */
export const UNSEEN_MS = 15_000;
const AGAIN = ['log', 'unreachable'];
const CALLING = ['unacknowledged', 'returned_unacknowledged'];

/** Whether an order about alarms or a device is to be seen: an alarm that is gone needs nothing any more. @param {Order} order
 * @param {ReadonlyMap<string, Alarm>} alarms by id @param {ReadonlySet<string>} out devices out of service @returns {boolean} */
export function alarmSeen(order, alarms, out) {
  if (order.command === 'alarm.service') return out.has(String(order.body.device_id)) === (order.body.state === 'out');
  return order.alarms.every((id) => {
    const alarm = alarms.get(id);
    if (!alarm) return true;
    if (order.command === 'alarm.ack') return !CALLING.includes(alarm.state);
    if (order.command === 'alarm.link') return alarm.event === order.body.event_id;
    return (alarm.state === 'shelved') === (order.command === 'alarm.shelve');
  });
}

export class Orders {
  /** @param {(order: Order) => void} news called when an order's fate is known @param {(said: Record<string, unknown>) => Promise<Fault|null>} [send] */
  constructor(news, send = (said) => post(said)) {
    this.news = news;
    this.send = send;
    /** @type {Order[]} */
    this.list = [];
  }

  /** Orders about an event that are under way. @param {string} event @returns {Order[]} */
  of(event) {
    return this.list.filter((order) => order.event === event && (order.fate === 'going' || order.fate === 'taken'));
  }

  /** Ids of alarms with an order under way. @returns {Set<string>} */
  get alarms() {
    return new Set(this.list.filter(({ fate }) => fate === 'going' || fate === 'taken').flatMap(({ alarms }) => alarms));
  }

  /** Devices with an order under way. @returns {Set<string>} */
  get devices() {
    return new Set(this.list.filter(({ fate, body }) => (fate === 'going' || fate === 'taken') && body.device_id).map(({ body }) => String(body.device_id)));
  }

  /** @param {Record<string, unknown> & {command: string}} body @param {{words: string, note?: string, v?: number, alarms?: string[], now: number}} about
   * @returns {Promise<void>} */
  press(body, { words, note = '', v = -1, alarms = [], now }) {
    const id = commandId();
    const order = { id, command: body.command, event: alarms.length ? '' : String(body.event_id ?? ''), alarms, v, at: now, words, note, body: { ...body, id },
      fate: /** @type {Fate} */ ('going'), fault: null };
    this.list.push(order);
    return this.#send(order);
  }

  /** The same command once more. @param {Order} order @param {number} now @returns {Promise<void>} */
  retry(order, now) {
    if (!this.list.includes(order)) this.list.push(order);
    Object.assign(order, { fate: 'going', fault: null, at: now });
    return this.#send(order);
  }

  /** @param {Order} order */
  async #send(order) {
    this.news(order);
    order.fault = await this.send(order.body);
    if (!order.fault) order.fate = 'taken';
    else order.fate = AGAIN.includes(order.fault.key) ? 'stuck' : 'refused';
    if (order.fate === 'refused') this.drop(order);
    this.news(order);
  }

  /** Forget it. @param {Order} order */
  drop(order) {
    this.list = this.list.filter((one) => one !== order);
  }

  /** Take out what the picture shows by now, and give up on what it should show and does not. @param {Seen} seen @param {number} now
   * @returns {Order[]} those confirmed */
  settle(seen, now) {
    const done = this.list.filter((order) => order.fate === 'taken' && seen(order));
    this.list = this.list.filter((order) => !done.includes(order));
    for (const order of this.list.filter(({ fate, at }) => fate === 'taken' && now - at > UNSEEN_MS)) {
      this.drop(order);
      Object.assign(order, { fate: 'refused', fault: { key: 'unseen' } });
      this.news(order);
    }
    return done;
  }
}
