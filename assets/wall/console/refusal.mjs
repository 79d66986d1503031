/**
 * Why a command was refused, in a sentence an officer understands: from the parts of a process's refusal where there are any,
 * else by its key. Pure.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('../post.mjs').Fault} Fault
 * @typedef {import('../post.mjs').Parts} Parts
 * @typedef {Pick<Context, 't'|'name'>} Speaker
 */

/** Grounds of a process, in dashboard/process.py's order. */
const GROUNDS = ['closed', 'unknown_step', 'paused', 'edge', 'actor', 'reason', 'times', 'span'];
/** Keys for which the dispatch card has the words already. */
const SHARED = ['unknown_event', 'unknown_worker', 'closed', 'off_duty', 'lost', 'already', 'tape'];
const OWN = ['changed', 'log', 'unreachable', 'unseen', 'origin', 'until', 'due', 'open', 'undo', 'actor', 'uncalled', 'acknowledged', 'set_aside', 'past', 'too_long', 'not_shelved', 'already_out', 'not_out', 'linked', 'unknown_alarm', 'reason', 'person'];
/** @type {Record<string, string>} */
const UNITS = { m: 'minutes', h: 'hours', d: 'days', wh: 'workhours', wd: 'workdays' };

/** "7wd" → 7 个工作日. @param {string} span @param {Speaker['t']} t @returns {string} the text itself if it is no span */
export function spanWords(span, t) {
  const found = /^([0-9.]+)(m|h|d|wh|wd)$/.exec(span);
  return found ? t(`console.span.${UNITS[found[2]]}`, found[1]) : span;
}

/** 值班长或领导. @param {readonly string[]} actors @param {Speaker['t']} t */
export const actorWords = (actors, t) => actors.map((actor) => t(`console.role.${actor}`)).join(t('console.or'));

/** @param {Fault} fault @param {Speaker} say @returns {string} */
export function refusalWords(fault, say) {
  const ground = GROUNDS.find((one) => one === fault.key);
  if (fault.parts && ground) return groundWords(ground, fault.parts, fault.reason ?? '', say);
  const { t } = say;
  if (SHARED.includes(fault.key)) return t(`push.no.${fault.key}`);
  if (OWN.includes(fault.key)) return t(`refusal.no.${fault.key}`);
  if (fault.key === 'malformed') return t('refusal.field', fault.field || (fault.reason ?? ''));
  return fault.reason ? t('refusal.because', fault.reason) : t('refusal.other');
}

/** @param {string} ground @param {Parts} parts @param {string} reason @param {Speaker} say */
function groundWords(ground, parts, reason, { t, name }) {
  const [process, current, step] = [parts.process, parts.current, parts.step].map((words) => name(words, ''));
  const options = parts.options.map((words) => name(words, '')).join(t('console.and'));
  const can = options ? t('refusal.options', options) : '';
  if (ground === 'actor') return t('refusal.actor', step, actorWords(parts.actors ?? [], t));
  if (ground === 'closed') return t('refusal.ended', current);
  if (ground === 'unknown_step') return t('refusal.unknown_step', process, step);
  if (ground === 'paused') return /not paused/.test(reason) ? t('refusal.not_paused', step) : t('refusal.paused', step) + can;
  if (ground === 'reason') return t('refusal.needs_reason', step);
  if (ground === 'times') return t('refusal.times', step, parts.bound ?? '');
  if (ground === 'span') return t('refusal.span', step, spanWords(parts.bound ?? '', t));
  return t('refusal.edge', process, current, step) + can;
}
