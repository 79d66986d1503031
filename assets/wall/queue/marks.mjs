/**
 * What a row of the queue says besides its title: time left, who has it, marks for what was done about it, its picture.
 * Pure: words out, no DOM.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('../types.mjs').EventRow} EventRow
 * @typedef {import('../types.mjs').Whistle} Whistle
 * @typedef {import('../i18n.mjs').Translate} Translate
 * @typedef {import('./order.mjs').Row} Row
 * @typedef {{key: string, text: string, title: string}} Mark  `key` is its class: `risk` and `late` are in colour.
 */
import { ageText, leftText, momentText, numberText } from '../i18n.mjs';

const UNITS = [24 * 3_600_000, 3_600_000, 60_000];

/** 「剩 42 分」, 「超期 2 时 14 分」, 「挂账 剩 3 时」, 「环节剩 4 分」. @param {Row} row @param {Translate} t */
export function timeText({ left, late, still, ofStep }, t) {
  if (ofStep) return t('queue.ofstep', leftText(left, t));
  if (!still) return leftText(left, t);
  if (late === 'near') return t('queue.paused.over');
  return left === null ? t('queue.paused') : t('queue.paused.left', leftText(left, t));
}

/** 「已 14 分」: how long ago it was reported, whole minutes from the first on. @param {EventRow} event @param {number} now @param {Translate} t */
export function ageWords({ reported }, now, t) {
  const age = now - reported;
  return t('queue.age', ageText(age < 60_000 ? age : age - (age % 60_000), t));
}

/** 「已 3 时」: the same in one unit, where there is little room. @param {EventRow} event @param {number} now @param {Translate} t */
export function ageBrief({ reported }, now, t) {
  const age = Math.max(0, now - reported);
  const whole = UNITS.find((unit) => age >= unit) ?? 1;
  return t('queue.age', ageText(age - (age % whole), t));
}

/** Who has it in hand: by name where the roster is known. @param {Pick<Context, 'picture'>} ctx @param {string} id @returns {string} */
export function workerName({ picture: { workers } }, id) {
  const row = id === '' ? undefined : workers.rowOf.get(id);
  return row === undefined ? id : workers.names[row] || id;
}

/** @param {Pick<Context, 'config'|'name'>} ctx @param {string} key of a department */
export const departmentName = ({ config, name }, key) => name(config.departments[key], key);

/** How often something was done, when it was more than once. @param {string} word @param {number} times */
const times = (word, times) => (times > 1 ? `${word} ×${times}` : word);

/**
 * The marks of a row, what presses first.
 * @param {Pick<Context, 't'|'config'|'name'>} ctx @param {Row} row @param {number} now UTC ms @returns {Mark[]}
 */
export function marks(ctx, { event, chance, still }, now) {
  const { t } = ctx;
  const { urged, returned, extended, merged, whistle, paused, uncertain } = event;
  const made = [];
  if (chance > 0) made.push({ key: 'risk', text: t('queue.risk', Math.floor(chance * 100)), title: t('queue.risk.why') });
  if (paused !== null && !still) made.push({ key: 'paused', text: t('queue.paused'), title: t('queue.paused.runs') });
  if (whistle) made.push(whistled(ctx, whistle, now));
  if (urged > 0) made.push({ key: 'urged', text: times(t('queue.urged'), urged), title: t('queue.urged.why', urged) });
  if (returned > 0) made.push({ key: 'returned', text: times(t('queue.returned'), returned), title: t('queue.returned.why', returned) });
  if (extended > 0) made.push({ key: 'extended', text: times(t('queue.extended'), extended), title: t('queue.extended.why', extended) });
  if (uncertain) made.push({ key: 'uncertain', text: t('queue.uncertain'), title: t('console.uncertain', uncertain.join(t('queue.and'))) });
  if (merged.length > 0) made.push({ key: 'merged', text: t('queue.merged', numberText(merged.length)), title: merged.join(' ') });
  return made;
}

/** How many of those called in have reported in; late when one has not in time. @param {Pick<Context, 't'|'config'|'name'>} ctx
 * @param {Whistle} whistle @param {number} now @returns {Mark} */
function whistled(ctx, { departments, in: there, due }, now) {
  const missing = departments.filter((key) => !(key in there));
  const text = ctx.t('queue.whistle', departments.length - missing.length, departments.length);
  if (missing.length === 0) return { key: 'whistle', text, title: ctx.t('queue.whistle.all') };
  const names = missing.map((key) => departmentName(ctx, key)).join(ctx.t('queue.and'));
  return { key: due < now ? 'whistle late' : 'whistle', text, title: ctx.t('queue.whistle.missing', names, momentText(due, now, ctx.t)) };
}

/**
 * The address of the first picture a page may show: of this origin or over HTTP.
 * @param {string[]} media @param {string} base the page's address @returns {string} '' when there is none
 */
export function pictureOf(media, base) {
  for (const one of media) {
    if (!URL.canParse(one, base)) continue;
    const { protocol, href } = new URL(one, base);
    if (protocol === 'https:' || protocol === 'http:') return href;
  }
  return '';
}

/** The name of the file at an address, as people wrote it. @param {string} address */
export function fileName(address) {
  const last = address.replace(/[?#].*$/, '').split('/').filter(Boolean).at(-1) ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
