/**
 * Whom to send, in words: the server's best workers for an event with their reasons, what may be pressed, and what has come
 * of it. Without the server's advice the browser's own nearest, by straight line and without travel times. Pure.
 *
 * @typedef {import('../../types.mjs').Context} Context
 * @typedef {import('../../types.mjs').EventRow} EventRow
 * @typedef {import('../../i18n.mjs').Translate} Translate
 * @typedef {{key: string, value: string|number, minutes: number}} Reason
 * @typedef {{worker: string, name: string, role: string, duty: string, lat: number, lon: number, fix_age_ms: number,
 *   distance_m: number, eta_s: number, load: number, score_min: number, reasons: Reason[]}} Candidate
 * @typedef {{event: string, as_of: number, candidates: Candidate[], considered: number, on_duty: number,
 *   nearest_m: number|null}} Advice  What /api/nearest says; see dashboard/dispatch.py.
 * @typedef {{event: string, v: number, at: number, worker: string, name: string, state: 'pending'|'refused', key: string}} Order
 *   What this seat asked for last, `at` (UTC ms) when the event stood at `v`, and the picture does not show yet; `key` why it was
 *   refused.
 * @typedef {{id: string, name: string, role: string, duty: string, metres: string, eta: string, why: string[], tone: ''|'go'|'no',
 *   mark: string, can: boolean, lat: number, lon: number}} Row
 *   One proposed worker as the card shows it: `why` in parts that are not broken, `tone` of it; `mark` the button's words, `can`
 *   whether it may be pressed.
 */
import { ageText, clockText } from '../../i18n.mjs';
import { frozen } from '../../panel.mjs';
import { dutyOf } from '../../workers/roster.mjs';

/** Nobody within it is worth saying. */
const CLOSE_M = 500;
/** Refusals with a sentence of their own; the others share one. */
const SAID = ['unknown_event', 'unknown_worker', 'closed', 'off_duty', 'lost', 'already', 'changed', 'tape', 'log', 'unreachable', 'unseen'];
/** Steps at which the named worker is on it. */
const ON_IT = ['assigned', 'handling'];

/** "320 m" (to 10 m), "1.4 km", "12 km". @param {number} metres @returns {string} */
export function distanceText(metres) {
  if (metres < 995) return `${Math.round(metres / 10) * 10} m`;
  return metres < 9950 ? `${(metres / 1000).toFixed(1)} km` : `${Math.round(metres / 1000)} km`;
}

/** Whole minutes, at least one. @param {number} seconds */
export const minutesOf = (seconds) => Math.max(1, Math.round(seconds / 60));

/** "5 分", from an hour on "2 时". @param {number} seconds @param {Translate} t */
const etaText = (seconds, t) => (seconds < 3600 ? t('time.minutes', minutesOf(seconds)) : t('time.hours', Math.round(seconds / 3600)));

/** Who is on the event according to the picture; null when nobody has been sent. @param {EventRow} event @returns {string|null} */
export const sentTo = (event) => (event.worker && ON_IT.includes(event.step) ? event.worker : null);

/** @param {Advice} advice @param {Context} ctx @param {EventRow} event @param {Order|null} order @param {number} now @returns {Row[]} */
export function adviceRows(advice, ctx, event, order, now) {
  const { t } = ctx;
  const [first] = advice.candidates;
  return advice.candidates.map((one) => ({ ...one, duty: dutyNow(ctx, one) })).map((one) => ({
    id: one.worker,
    name: one.name || one.worker,
    role: t(`role.${one.role}`),
    duty: t(`duty.${one.duty}`),
    metres: distanceText(one.distance_m),
    eta: etaText(one.eta_s, t),
    lat: one.lat,
    lon: one.lon,
    ...told(whyText(one, first, t), order, event, one.worker, t),
    ...action(ctx, event, one, order, now),
  }));
}

/** What a worker is doing by this browser's picture, newer than the advice; the advice's word for one it does not hold.
 * @param {Context} ctx @param {Candidate} one @returns {string} */
function dutyNow({ picture: { workers } }, one) {
  const row = workers.rowOf.get(one.worker);
  return row === undefined || row >= workers.n ? one.duty : dutyOf(workers.flag[row]);
}

/** By how much the first is better, then the reasons of one candidate, each but the last with its comma. @param {Candidate} one
 * @param {Candidate} first @param {Translate} t @returns {string[]} */
export function whyText(one, first, t) {
  const parts = one.reasons.map((reason, k) => reasonText(reason, one, t) + (k < one.reasons.length - 1 ? t('push.and') : ''));
  const behind = Math.round(one.score_min - first.score_min);
  return behind > 0 ? [t('push.behind', behind), ...parts] : parts;
}

/** @param {Reason} reason @param {Candidate} one @param {Translate} t @returns {string} */
function reasonText({ key, value, minutes }, one, t) {
  if (key === 'way') return t('push.way', distanceText(one.distance_m), minutesOf(one.eta_s));
  /** @type {Record<string, () => string>} */
  const words = {
    duty: () => (minutes === 0 && value !== 'available' ? t('push.on') : t(`duty.${value}`)),
    load: () => t('push.load', value),
    role: () => t('push.role', t(`role.${value}`)),
    stale: () => t('push.stale', ageText(Number(value) * 1000, t)),
    here: () => (value === 'grid' ? t('push.grid') : t('push.community')),
  };
  const said = words[key]?.() ?? key;
  const weight = Math.round(minutes);
  return weight === 0 ? said : t('push.weigh', said, weight > 0 ? `+${weight}` : `−${-weight}`);
}

/** What stands below a row: why, or what has come of the order. @param {string[]} why @param {Order|null} order @param {EventRow} event
 * @param {string} worker @param {Translate} t @returns {{why: string[], tone: Row['tone']}} */
export function told(why, order, event, worker, t) {
  if (order?.event !== event.id || order.worker !== worker) return { why, tone: '' };
  if (order.state === 'pending') return { why: [t('push.going', order.name)], tone: 'go' };
  const because = SAID.includes(order.key) ? t(`push.no.${order.key}`) : t('push.no.other');
  return { why: [t('push.refused', order.name, because)], tone: 'no' };
}

/** The button of one worker, who can be sent again once free again. @param {Context} ctx @param {EventRow} event
 * @param {{worker: string, duty: string}} one @param {Order|null} order @param {number} now @returns {{mark: string, can: boolean}} */
export function action(ctx, event, { worker, duty }, order, now) {
  const { t, picture } = ctx;
  if (sentTo(event) === worker && duty !== 'available') return { mark: t('push.sent'), can: false };
  const pending = order?.state === 'pending' && order.event === event.id;
  if (pending && order.worker === worker) return { mark: t('push.pending'), can: false };
  if (picture.tapes.some(({ state }) => state === 'playing')) return { mark: t('tape.playing'), can: false };
  return { mark: t('push.send'), can: !pending && !frozen(ctx, now) };
}

/** What stands beside the list's title: who has been sent, how far off everybody is, or how the times are meant.
 * @param {Advice|null} advice @param {Context} ctx @param {EventRow} event @param {boolean} empty no row is listed @returns {{note: string, sent: boolean}} */
export function noteOf(advice, ctx, event, empty) {
  const { t, picture: { workers, partial } } = ctx;
  const sent = sentTo(event);
  if (sent !== null) {
    const name = advice?.candidates.find(({ worker }) => worker === sent)?.name || workers.names[workers.rowOf.get(sent) ?? -1] || sent;
    return { note: event.step === 'handling' ? t('push.sent.at', name, clockText(event.step_at)) : t('push.sent.to', name), sent: true };
  }
  if (empty && advice?.on_duty) return { note: t('push.unfit', advice.on_duty), sent: false };
  if (empty) return { note: !advice && partial ? t('push.none') : t('map.nobody'), sent: false };
  if (!advice) return { note: t('map.straight'), sent: false };
  const far = (advice.nearest_m ?? 0) > CLOSE_M;
  return { note: far ? t('push.far', CLOSE_M, distanceText(advice.nearest_m ?? 0)) : t('push.estimate'), sent: false };
}
