/**
 * Stretches of time as a person picks them: the quick ones, and one typed in. Pure; the times are the city's.
 *
 * @typedef {'now'|'hour'|'today'|'yesterday'|'day'|'week'|'custom'} Window
 * @typedef {{from: number, to: number}} Span  UTC ms
 */
import { clockText, dayStart, dayText, minuteText } from '../../i18n.mjs';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * What a window means at `now`; null for `now` itself, which is no stretch.
 * @param {Window} window @param {number} now UTC ms @param {Span} custom @returns {Span|null}
 */
export function spanOf(window, now, custom) {
  const midnight = dayStart(now);
  switch (window) {
    case 'now': return null;
    case 'hour': return { from: now - HOUR_MS, to: now };
    case 'today': return { from: midnight, to: now };
    case 'yesterday': return { from: midnight - DAY_MS, to: midnight };
    case 'day': return { from: now - DAY_MS, to: now };
    case 'week': return { from: now - 7 * DAY_MS, to: now };
    default: return custom;
  }
}

/** Whether a window's end moves on with the clock. @param {Window} window */
export const moving = (window) => !['now', 'yesterday', 'custom'].includes(window);

/**
 * Why a span cannot be asked for, as a key of the words; null when it can.
 * @param {Span} span @param {number} longest ms @returns {string|null}
 */
export function wrong({ from, to }, longest) {
  if (!Number.isFinite(from) || !Number.isFinite(to)) return 'span.empty';
  if (from >= to) return 'span.order';
  return to - from > longest ? 'span.long' : null;
}

/**
 * "14:02 — 15:02", "3月11日 14:02 — 15:02", "3月11日 — 3月12日 15:02": a day is said when it is not today's or changes.
 * @param {Span} span @param {number} now @param {import('../../i18n.mjs').Translate} t @returns {string}
 */
export function spanText({ from, to }, now, t) {
  const day = (/** @type {number} */ ms) => dayStart(ms);
  const last = to - 1; // midnight ends the day before
  if (from === day(from) && to === from + DAY_MS) return dayText(from, t);
  const start = day(from) === day(now) ? minuteText(from) : `${dayText(from, t)} ${minuteText(from)}`;
  const end = day(last) === day(from) ? minuteText(to) : `${dayText(to, t)} ${minuteText(to)}`;
  return `${start} — ${end}`;
}

/** A moment within a span, to the second, with its day when the span has several. @param {number} ms @param {Span} span
 * @param {import('../../i18n.mjs').Translate} t @returns {string} */
export function momentIn(ms, { from, to }, t) {
  return dayStart(from) === dayStart(to - 1) ? clockText(ms) : `${dayText(ms, t)} ${clockText(ms)}`;
}
