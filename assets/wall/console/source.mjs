/**
 * The whole of one event, asked of the server when it is chosen and anew whenever the picture's `v` of it grows. Keeps the
 * newest answer; says when one has come.
 *
 * @typedef {import('../types.mjs').EventRow} EventRow
 * @typedef {{at: number, what: string, by: string, role: string, source: string, department: string, worker: string, note: string, due: number|null,
 *   into: string, step: string, score: number|null, departments: string[], to: string}} Trace
 *   One line of the record; `step`: what was taken back, or where it is late; `to` whom it was given or told to.
 * @typedef {{id: string, title: string, kind: 'duplicate'|'related', score: number, metres: number, minutes: number, step: string, open: boolean}} Related
 * @typedef {{id: string, device: string, kind: string, sev: 1|2|3|4, state: import('../types.mjs').AlarmState|'normal', since: number, place: string}} Linked
 *   An alarm the event deals with, as it stood when the answer was made.
 * @typedef {{event: EventRow, open: boolean, address: string, closed: number|null, rated: number|null, score: number|null, into: string,
 *   steps: {step: string, at: number|null}[], trail: Trace[], related: Related[], alarms: Linked[], may: Record<string, string[]>,
 *   undo: {step: string, until: number, by: string}|null, uncertain: number[]}} Detail  `GET /api/events/<id>`; instants UTC ms.
 *   `uncertain`: years of its working-time limit whose holidays are not known yet.
 */

const PATIENCE_MS = 6000;
const AGAIN_MS = 3000;

export class Source {
  /** @param {() => void} news called when an answer is there, or none could be had @param {string} [base] where the server is */
  constructor(news, base = '') {
    this.news = news;
    this.base = base;
    /** @type {Detail|null} */
    this.detail = null;
    /** @type {''|'loading'|'missing'|'failed'} why there is no (new) detail */
    this.state = '';
    this.wanted = '';
    this.asked = -Infinity;
    this.flight = 0;
  }

  /** The detail of this event, null while it is on its way. @param {string} id @returns {Detail|null} */
  of(id) {
    return this.detail?.event.id === id ? this.detail : null;
  }

  /** Ask, if what is held is of another event or version. @param {string} id @param {number} v of the picture, −1 when it is not in it
   * @param {number} now UTC ms */
  want(id, v, now) {
    const key = `${id} ${v}`;
    if (this.wanted === key && (this.state !== 'failed' || now - this.asked < AGAIN_MS)) return;
    this.wanted = key;
    this.asked = now;
    void this.ask(id);
  }

  /** Whatever is held is asked for anew at the next `want`. */
  stale() {
    this.wanted = '';
  }

  /** @param {string} id */
  async ask(id) {
    const flight = ++this.flight;
    this.state = 'loading';
    const found = await this.#fetch(id);
    if (flight !== this.flight) return; // another event, or a newer version of it, has been asked for since
    if (typeof found === 'string') this.state = found;
    else [this.state, this.detail] = ['', found];
    this.news();
  }

  /** @param {string} id @returns {Promise<Detail|'missing'|'failed'>} */
  async #fetch(id) {
    try {
      const answer = await fetch(`${this.base}/api/events/${encodeURIComponent(id)}`, { signal: AbortSignal.timeout(PATIENCE_MS) });
      if (answer.ok) return await answer.json();
      return answer.status === 404 ? 'missing' : 'failed';
    } catch {
      return 'failed';
    }
  }
}
