/**
 * Sending a signature: once, however often its button is pressed. While nobody knows whether it was taken it keeps its id, so that
 * pressing again cannot sign twice.
 *
 * @typedef {import('../post.mjs').Fault} Fault
 * @typedef {{id: string, fault: Fault|null}} Fate  `fault` null: it is on the log.
 */
import { again } from './sheet.mjs';
import { commandId, post } from '../post.mjs';

export class Signing {
  /** @param {(said: Record<string, unknown>) => Promise<Fault|null>} [send] */
  constructor(send = (said) => post(said)) {
    this.send = send;
    /** What is under way, or may have been taken. @type {{what: string, id: string, going: boolean}|null} */
    this.open = null;
  }

  /**
   * @param {string} what is signed, to tell a second press from another signature @param {string} by
   * @param {(id: string) => Record<string, unknown>} body @returns {Promise<Fate|null>} null: one is under way already
   */
  async sign(what, by, body) {
    if (this.open?.going) return null;
    if (!by.trim()) return { id: '', fault: { key: 'unsigned' } };
    const id = this.open?.what === what ? this.open.id : commandId();
    this.open = { what, id, going: true };
    const fault = await this.send(body(id));
    this.open = fault && again(fault) ? { what, id, going: false } : null;
    return { id, fault };
  }
}
