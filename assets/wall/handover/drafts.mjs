/**
 * What was typed into the draft of a shift, kept in this browser until the shift is signed or can no longer be handed over, so
 * that a reload loses nothing. No DOM.
 *
 * @typedef {Pick<Storage, 'getItem'|'setItem'|'removeItem'>} Kept
 * @typedef {{start_ms: number, end_ms: number}} Shift
 * @typedef {{typed: Map<string, string>, notes: string}} Words  By line, as `keyOf` names it; and the free notes.
 * @typedef {{start: number, end: number, typed: [string, string][], notes: string, at: number}} Saved  `at` when; UTC ms.
 */
const KEY = 'wall.handover';

export class Drafts {
  /** @param {Kept} kept */
  constructor(kept) {
    this.kept = kept;
  }

  /** What is kept of a shift. @param {number} start UTC ms @returns {Saved|null} */
  of(start) {
    return this.#all().find((one) => one.start === start) ?? null;
  }

  /** An empty draft is none. @param {Shift} shift @param {Words} words @param {number} now UTC ms @returns {Saved|null} what is kept now */
  save({ start_ms: start, end_ms: end }, { typed, notes }, now) {
    const others = this.#all().filter((one) => one.start !== start);
    const saved = { start, end, typed: [...typed], notes, at: now };
    const empty = typed.size === 0 && notes === '';
    return this.#write(empty ? others : [...others, saved]) && !empty ? saved : null;
  }

  /** Forgets what has been signed, and shifts that ended more than a shift ago: the one before may still be handed over, late.
   * @param {readonly number[]} signed when those shifts started @param {number} now UTC ms */
  prune(signed, now) {
    const all = this.#all();
    const left = all.filter(({ start, end }) => !signed.includes(start) && end + (end - start) > now);
    if (left.length < all.length) this.#write(left);
  }

  /** @returns {Saved[]} */
  #all() {
    try {
      const all = JSON.parse(this.kept.getItem(KEY) ?? '[]');
      return Array.isArray(all) ? all : [];
    } catch {
      return []; // what nobody can read is no draft
    }
  }

  /** @param {Saved[]} all @returns {boolean} whether the browser took it: it may be full, or told to keep nothing */
  #write(all) {
    try {
      if (all.length > 0) this.kept.setItem(KEY, JSON.stringify(all));
      else this.kept.removeItem(KEY);
      return true;
    } catch {
      return false;
    }
  }
}
