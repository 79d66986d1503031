/**
 * What on the workers screen needs somebody's attention: calls for help, vacant posts, silence, low phones. Each concern as
 * lines of words; which is shown, and how, is `attention.mjs`'. Pure.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('./staff.mjs').Vacancy} Vacancy
 * @typedef {{key: string, worker: string, kind: string, words: [string, string, string, string]}} Line
 *   `worker` who is picked when the line is; `kind` '' or 'urgent' or 'warn'; `words`: who or where, what they are, more, and
 *   the last at the right.
 * @typedef {Pick<Context, 'config'|'name'|'t'|'picture'|'scope'>} Seen
 */
import { ageText, numberText } from '../i18n.mjs';
import { placeOf } from './place.mjs';
import { onDuty, roleOf } from './roster.mjs';

export const CONCERNS = /** @type {const} */ (['sos', 'gaps', 'lost', 'low', 'never']);
/** @typedef {typeof CONCERNS[number]} Concern */
/** Minutes without a fix one can ask for. */
export const LIMITS = [5, 15, 30, 60];
const MINUTE = 60_000;

/** 3400 → "3.4 km", 80 → "80 m". @param {number} metres */
export const distanceText = (metres) => (metres >= 1000 ? `${(metres / 1000).toFixed(1)} km` : `${metres} m`);

/** @param {Seen} ctx @param {string} region */
const inScope = ({ scope }, region) => !scope || region.startsWith(scope);

/**
 * Workers on duty without a fix for longer than `limitMs`, the latest silence first; `never`: those without any fix instead.
 * @param {Seen} ctx @param {number} now @param {number} limitMs @param {boolean} never @returns {{row: number, age: number}[]}
 */
export function silentRows(ctx, now, limitMs, never) {
  const { workers } = ctx.picture;
  const found = [];
  for (let row = 0; row < workers.n; row += 1) {
    if (!onDuty(workers.flag[row])) continue;
    const time = workers.fixTime[row];
    if (Number.isNaN(time) !== never || (!never && now - time <= limitMs) || !inScope(ctx, workers.regions[row] ?? '')) continue;
    found.push({ row, age: never ? Infinity : now - time });
  }
  return found.sort((a, b) => (a.age === b.age ? a.row - b.row : a.age - b.age));
}

/** @param {Seen} ctx @param {{row: number, age: number}[]} rows @returns {Line[]} */
export function silentLines(ctx, rows) {
  return rows.map(({ row, age }) => person(ctx, row, '', age === Infinity ? ctx.t('workers.never') : ageText(age, ctx.t)));
}

/** The calls for help that stand and that nobody has taken note of, the newest first. @param {Seen} ctx */
export function calls(ctx) {
  const { workers, alarms } = ctx.picture;
  return alarms
    .filter(({ kind, state, device }) => kind === 'sos' && state === 'unacknowledged' && inScope(ctx, workers.regions[workers.rowOf.get(device) ?? -1] ?? ''))
    .sort((a, b) => b.since - a.since);
}

/** @param {Seen} ctx @param {number} now @returns {Line[]} */
export function callLines(ctx, now) {
  const { t, picture: { workers } } = ctx;
  return calls(ctx).map(({ id, device, since }) => {
    const row = workers.rowOf.get(device);
    const since_ = t('workers.sos.since', ageText(now - since, t));
    const line = row === undefined ? { key: id, worker: device, kind: '', words: /** @type {Line['words']} */ ([device, '', '', since_]) } : person(ctx, row, '', since_);
    return { ...line, key: id, kind: 'urgent' };
  });
}

/** @param {Seen} ctx @returns {Line[]} */
export function lowLines(ctx) {
  const { workers, posts } = ctx.picture;
  return (posts?.low_list ?? []).flatMap(([id, percent]) => {
    const row = workers.rowOf.get(id);
    return row === undefined ? [] : [person(ctx, row, '', `${percent}%`)];
  });
}

/** @param {Seen} ctx @param {number} row @param {string} kind @param {string} last @returns {Line} */
function person(ctx, row, kind, last) {
  const { workers } = ctx.picture;
  const id = workers.ids[row];
  return {
    key: id, worker: id, kind,
    words: [workers.names[row] || id, ctx.t(`role.${roleOf(workers.flag[row])}`), placeOf(ctx, workers.regions[row] ?? ''), last],
  };
}

/** "武进区 雪堰镇 城西村" → "武进 雪堰镇 城西村". @param {string} place */
const shortPlace = (place) => place.replace(/^(\S{2,})[区市县] /, '$1 ');

/** Communities with vacant posts: on the roster, or (`now`) without anybody on duty. @param {Seen} ctx @param {boolean} now @returns {Line[]} */
export function vacancyLines({ t, picture: { posts } }, now) {
  return ((now ? posts?.bare : posts?.gaps) ?? []).map((one) => ({
    key: one.code, worker: one.who, kind: one.spare > 0 ? '' : 'warn',
    words: [shortPlace(one.place), '', now ? t('workers.gaps.bare', one.n) : lacking(one, t), one.spare > 0 ? t('workers.gaps.spare', numberText(one.spare), distanceText(one.near)) : t('workers.gaps.nospare')],
  }));
}

/** @param {Vacancy} one @param {Context['t']} t */
function lacking({ head, hand }, t) {
  if (head > 0 && hand > 0) return t('workers.gaps.both', hand, head);
  return hand > 0 ? t('workers.gaps.hand', hand) : t('workers.gaps.head', head);
}

/** How many there are of every concern. @param {Seen} ctx @param {number} now @param {number} limitMin @param {boolean} duty whether gaps are those on duty @returns {Record<Concern, number>} */
export function countsOf(ctx, now, limitMin, duty) {
  const { staff, posts } = ctx.picture;
  return {
    sos: calls(ctx).length, gaps: (duty ? staff?.total.bare : staff?.total.gap) ?? 0,
    lost: silentRows(ctx, now, limitMin * MINUTE, false).length, low: posts?.low ?? 0,
    never: silentRows(ctx, now, 0, true).length,
  };
}
