/**
 * What a worker looks like: duty and freshness as one byte, and what that byte means for a dot, a mark and the order they are
 * drawn in. Tables only; draws nothing.
 */
import { CELL, DUTY } from '../glyphs.mjs';

/** A worker's look: duty in bits 0–2, freshness in bits 3–4. */
export const FRESH = { live: 0, stale: 8, lost: 16 };

/**
 * @param {number} flag as in Workers.flag @param {number} age of the newest fix, ms
 * @param {{stale_s: number, lost_s: number}} limits @returns {number} a look
 */
export function lookOf(flag, age, limits) {
  const fresh = age > limits.lost_s * 1000 ? FRESH.lost : age > limits.stale_s * 1000 ? FRESH.stale : FRESH.live;
  return (flag & 7) | fresh;
}

/** Whether a look's duty is one on which a worker can be sent. @param {number} look @returns {boolean} */
export function onDuty(look) {
  const duty = look & 7;
  return duty >= DUTY.available && duty <= DUTY.onScene;
}

/** Look → dot kind: 0 none, 1 on duty, 2 on duty and lost, 3 off duty. */
export const KINDS = Uint8Array.from({ length: 256 }, (_, look) => (onDuty(look) ? (look & FRESH.lost ? 2 : 1) : 3));

/** Look → when its mark is drawn: 0 off duty below, 1 the idle, 2 whoever is under way on top. */
export const PASSES = Uint8Array.from({ length: 256 }, (_, look) => (!onDuty(look) ? 0 : (look & 7) === DUTY.available ? 1 : 2));

/** Look → cell of the sheet; an arrow is the first of its cells, pointing north. */
export const CELLS = Uint8Array.from({ length: 256 }, (_, look) => {
  if (!onDuty(look)) return CELL.faint;
  if (look & FRESH.lost) return CELL.lost;
  return (look & 7) === DUTY.enRoute ? CELL.arrow : look & 7;
});

/** What goes with a mark: a ring round it (the fix is late), a nose (it walks). */
export const WITH = { ring: 1, nose: 2 };

/** What goes with the mark of a look. @param {number} look @param {boolean} walks its last fix was a walk @returns {number} bits of WITH */
export function company(look, walks) {
  if (!onDuty(look) || look & FRESH.lost) return 0;
  if (look & FRESH.stale) return WITH.ring;
  return walks && (look & 7) !== DUTY.enRoute ? WITH.nose : 0;
}
