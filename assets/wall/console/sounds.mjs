/**
 * One sound per priority, made by the browser. Which one, if any, is decided by pure functions; to silence is not to
 * acknowledge, and lasts until the next alarm calls.
 *
 * @typedef {import('../types.mjs').Alarm} Alarm
 * @typedef {import('../types.mjs').Desk} Desk
 * @typedef {1|2|3} Priority
 */
import { calling } from './alarmorder.mjs';

/** Pitch in Hz and length in seconds of each tone, and how often the figure comes again. @type {Record<Priority, {tones: [number, number][], everyMs: number}>} */
export const FIGURES = {
  1: { tones: [[988, 0.15], [784, 0.15], [988, 0.15], [784, 0.15]], everyMs: 2000 },
  2: { tones: [[659, 0.2], [784, 0.3]], everyMs: 6000 },
  3: { tones: [[523, 0.35]], everyMs: 20_000 },
};
const GAP_S = 0.05;
const LOUD = 0.18;

/** What a press on 消音 has heard: every call up to this instant. @param {readonly Alarm[]} alarms @param {number} before what was silenced already @returns {number} UTC ms */
export const heard = (alarms, before) => alarms.filter(calling).reduce((latest, { called }) => Math.max(latest, called), before);

/** The most pressing sound there should be, null for none. @param {readonly Alarm[]} alarms @param {Desk|null} desk @param {number} silenced
 * everything that called up to this instant (UTC ms) @returns {Priority|null} */
export function wanted(alarms, desk, silenced) {
  const open = alarms.filter((alarm) => calling(alarm) && alarm.called > silenced).map(({ priority }) => priority);
  const found = /** @type {Priority[]} */ ([1, 2, 3]).find((priority) => open.includes(priority) && (desk?.sounds ?? []).includes(priority));
  return found ?? null;
}

/** Plays a priority's figure again and again. Silent until a person has switched it on: browsers would not let it sound before. */
export class Horn {
  constructor() {
    /** @type {AudioContext|null} */
    this.audio = null;
    /** @type {Priority|null} */
    this.priority = null;
    this.played = -Infinity;
  }

  get on() {
    return this.audio !== null;
  }

  /** To be called by a press. */
  toggle() {
    if (this.audio) void this.audio.close();
    this.audio = this.audio ? null : new AudioContext();
    this.played = -Infinity;
  }

  /** Sound, or be quiet, from now on. @param {Priority|null} priority @param {number} now ms */
  keep(priority, now) {
    if (priority !== this.priority) this.played = -Infinity;
    this.priority = priority;
    if (!this.audio || priority === null || now - this.played < FIGURES[priority].everyMs) return;
    this.played = now;
    this.#play(this.audio, FIGURES[priority].tones);
  }

  /** @param {AudioContext} audio @param {[number, number][]} tones */
  #play(audio, tones) {
    let at = audio.currentTime + GAP_S;
    for (const [pitch, length] of tones) {
      const [tone, volume] = [audio.createOscillator(), audio.createGain()];
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(LOUD, at + 0.01);
      volume.gain.setValueAtTime(LOUD, at + length - 0.03);
      volume.gain.linearRampToValueAtTime(0, at + length);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + length);
      at += length + GAP_S;
    }
  }
}
