/**
 * The card's link to the server: whom it would send to the event in focus, and the order to send one. Asks when the event
 * changes and every few seconds besides; keeps the newest answer and the last order, and says when either changed.
 *
 * @typedef {import('../../types.mjs').EventRow} EventRow
 * @typedef {import('./push.mjs').Advice} Advice
 * @typedef {import('./push.mjs').Order} Order
 */
import { commandId, post } from '../../post.mjs';
import { sentTo } from './push.mjs';

const EVERY_MS = 5000;
const SPREAD_MS = 1000; // nobody chose the event: all walls would ask in the same instant
const OLD_MS = 20_000;
const PATIENCE_MS = 6000;
/** By then an order that was taken should long be seen. */
const UNSEEN_MS = 15_000;
const WANTED = 5;

export class Adviser {
  /** @param {() => void} news called when an answer or an order's fate is there @param {string} [base] where the server is */
  constructor(news, base = '') {
    this.news = news;
    this.base = base;
    /** @type {{advice: Advice, got: number}|null} */
    this.kept = null;
    /** @type {Order|null} */
    this.order = null;
    this.asked = { id: '', v: -1, due: 0 };
    this.flying = false;
  }

  /** The server's advice for an event; null when there is none, or an old one. @param {string} event @param {number} now UTC ms
   * @returns {Advice|null} */
  of(event, now) {
    return this.kept && this.kept.advice.event === event && now - this.kept.got < OLD_MS ? this.kept.advice : null;
  }

  /** The last order, as long as the picture does not show it. @param {EventRow} event @param {number} now UTC ms @returns {Order|null} */
  orderFor(event, now) {
    const { order } = this;
    if (order && order.event === event.id && event.v > order.v && sentTo(event) === order.worker) this.order = null;
    else if (order?.state === 'pending' && now - order.at > UNSEEN_MS) this.order = { ...order, state: 'refused', key: 'unseen' };
    return this.order;
  }

  /**
   * Ask, when it is time. @param {EventRow} event @param {number} now UTC ms @param {{chosen: boolean, held: boolean}} how
   *   `chosen` by a person: at once; `held`: somebody is about to press, so nothing may move under the pointer.
   */
  want(event, now, { chosen, held }) {
    const same = this.asked.id === event.id;
    if (this.flying || (same && held && this.of(event.id, now))) return;
    if (!same || this.asked.v !== event.v) this.asked = { id: event.id, v: event.v, due: now + (chosen ? 0 : Math.random() * SPREAD_MS) };
    if (now < this.asked.due) return;
    this.asked.due = now + EVERY_MS;
    void this.ask(event.id, now);
  }

  /** @param {string} event @param {number} now */
  async ask(event, now) {
    this.flying = true;
    try {
      const answer = await fetch(`${this.base}/api/nearest?n=${WANTED}&event=${encodeURIComponent(event)}`, { signal: AbortSignal.timeout(PATIENCE_MS) });
      if (answer.ok) this.kept = { advice: await answer.json(), got: now };
    } catch {
      // the card falls back to its own nearest, and says so
    } finally {
      this.flying = false;
      this.news();
    }
  }

  /** Send a worker to an event. @param {EventRow} event @param {{id: string, name: string}} worker @param {number} now UTC ms */
  async send(event, { id: worker, name }, now) {
    if (this.order?.state === 'pending') return;
    const order = { event: event.id, v: event.v, at: now, worker, name, state: /** @type {const} */ ('pending'), key: '' };
    this.order = order;
    this.news();
    const fault = await post({ command: 'dispatch', event_id: event.id, worker_id: worker, id: commandId() }, this.base);
    if (fault === null || this.order !== order) return; // the picture will show it, or does already
    this.order = { ...order, state: 'refused', key: fault.key };
    this.news();
  }
}
