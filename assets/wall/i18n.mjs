/**
 * Words, numbers and times as people read them. All times are the city's (Asia/Shanghai), given in UTC ms. Formats only:
 * no DOM, no clock of its own.
 *
 * @typedef {(key: string, ...args: (string|number)[]) => string} Translate
 */

const ZONE = 'Asia/Shanghai';
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const OFFSET = 8 * HOUR; // Shanghai has kept UTC+8 without summer time since 1991; everything shown here is later

const CLOCK = new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, hourCycle: 'h23', timeStyle: 'medium' });
const MONTH = new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, month: 'short' });
const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/**
 * A key without a sentence shows as itself, so that a missing word is seen and nothing breaks.
 * @param {Record<string, string>} words @returns {Translate}
 */
export function translator(words) {
  return (key, ...args) => (words[key] ?? key).replace(/\{(\d)\}/g, (_, n) => String(args[Number(n)] ?? ''));
}

/** 36675 → "36,675". @param {number} n */
export const numberText = (n) => GROUPED.format(n);

/**
 * Percent with two decimals, cut and never rounded up: 99.996 % is not 100.00 %. "—" when there is no rate.
 * @param {{num: number, den: number}} rate
 */
export function rateText({ num, den }) {
  return den > 0 ? (Math.floor((num * 10000) / den) / 100).toFixed(2) : '—';
}

/** "14:32:08". @param {number} ms */
export const clockText = (ms) => CLOCK.format(ms);

/** "14:32". @param {number} ms */
export const minuteText = (ms) => CLOCK.format(ms).slice(0, 5);

/** Hour of the day, 0–23. @param {number} ms */
export const hourOf = (ms) => Math.floor((((ms + OFFSET) % DAY) + DAY) % DAY / HOUR);

/** @param {number} ms */
const civil = (ms) => new Date(ms + OFFSET);

/** "2026年3月12日". @param {number} ms @param {Translate} t */
export function dateText(ms, t) {
  const day = civil(ms);
  return t('time.date', day.getUTCFullYear(), day.getUTCMonth() + 1, day.getUTCDate(), MONTH.format(ms));
}

/** "3月12日". @param {number} ms @param {Translate} t */
export function dayText(ms, t) {
  const day = civil(ms);
  return t('time.day', day.getUTCMonth() + 1, day.getUTCDate(), MONTH.format(ms));
}

/** @param {number} ms @param {Translate} t */
export const weekdayText = (ms, t) => t(`weekday.${civil(ms).getUTCDay()}`);

/** Day shift 08–20, night shift the rest. @param {number} ms @param {Translate} t */
export const shiftText = (ms, t) => t(hourOf(ms) >= 8 && hourOf(ms) < 20 ? 'shift.day' : 'shift.night');

/** Midnight in the city before `ms`. @param {number} ms */
export const dayStart = (ms) => Math.floor((ms + OFFSET) / DAY) * DAY - OFFSET;

/** "2026-03-12T14:32", as a datetime-local input holds it. @param {number} ms */
export const inputText = (ms) => civil(ms).toISOString().slice(0, 16);

/** What a datetime-local input holds, as UTC ms; NaN when it holds no time. @param {string} text */
export const inputTime = (text) => Date.parse(`${text}Z`) - OFFSET;

/** "14:18" today, "3月11日 14:18" on another day. @param {number} ms @param {number} now @param {Translate} t */
export function momentText(ms, now, t) {
  const same = Math.floor((ms + OFFSET) / DAY) === Math.floor((now + OFFSET) / DAY);
  return same ? minuteText(ms) : `${dayText(ms, t)} ${minuteText(ms)}`;
}

/** @param {number} ms @param {Translate} t */
function longText(ms, t) {
  const [days, hours, minutes] = [Math.floor(ms / DAY), Math.floor((ms % DAY) / HOUR), Math.floor((ms % HOUR) / MINUTE)];
  if (days >= 10 || (days > 0 && hours === 0)) return t('time.days', days);
  if (days > 0) return t('time.days.hours', days, hours);
  return minutes === 0 ? t('time.hours', hours) : t('time.hours.minutes', hours, String(minutes).padStart(2, '0'));
}

/**
 * How old: "2 秒", "1 分 42 秒", "14 分", "2 时 14 分", "3 天 4 时".
 * @param {number} ms @param {Translate} t
 */
export function ageText(ms, t) {
  const age = Math.max(0, ms);
  const [minutes, seconds] = [Math.floor(age / MINUTE), Math.floor((age % MINUTE) / SECOND)];
  if (minutes === 0) return t('time.seconds', seconds);
  if (age >= HOUR) return longText(age, t);
  return minutes >= 10 || seconds === 0 ? t('time.minutes', minutes) : t('time.minutes.seconds', minutes, seconds);
}

/** A span up to a deadline: no seconds from one minute on, no minutes from eight hours on. @param {number} ms @param {Translate} t */
function spanText(ms, t) {
  if (ms < MINUTE) return t('time.seconds', Math.floor(ms / SECOND));
  if (ms < HOUR) return t('time.minutes', Math.floor(ms / MINUTE));
  return longText(ms >= 8 * HOUR ? ms - (ms % HOUR) : ms, t);
}

/**
 * What is left of a time limit: 「剩 42 分」, 「超期 2 时 14 分」, 「剩 1 天 3 时」; null is 「无时限」.
 * @param {number|null} ms milliseconds left, negative when over @param {Translate} t
 */
export function leftText(ms, t) {
  if (ms === null) return t('time.none');
  return ms >= 0 ? t('time.left', spanText(ms, t)) : t('time.over', spanText(-ms, t));
}
