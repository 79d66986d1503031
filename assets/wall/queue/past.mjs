/**
 * Finding events that have left the queue, too (查历史): asks the server, and says of each event found what an officer looks for.
 * Keeps nothing; no DOM.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('../post.mjs').Fault} Fault
 * @typedef {{id: string, title: string, category: string, severity: number, region: string, place: string, address: string, department: string,
 *   process: string, step: string, reported: number, closed: number|null, due: number|null, score: number|null}} PastEvent  Instants UTC ms.
 * @typedef {{events: PastEvent[], truncated: boolean}} Found  `GET /api/events?q=`, the newest first; `truncated`:
 *   there are more.
 * @typedef {{state: 'found', found: Found} | {state: 'busy'|'failed'} | {state: 'refused', fault: Fault}} Answer
 * @typedef {{where: string[], what: string[], pace: 'over'|'ontime'|'', verdict: string}} Said  `where`: id and place; `what`: whose it was, when it
 *   was reported, how and when it ended or where it stands; `verdict`: on time or late.
 */
import { dateText, inputText, leftText, minuteText, momentText } from '../i18n.mjs';
import { stepName } from '../process.mjs';
import { departmentName } from './marks.mjs';

const MOST = 50;
const PATIENCE_MS = 20_000;
const LEFT = ['merged', 'cancelled'];

/** @param {string} text @param {string} [base] where the server is @returns {Promise<Answer>} */
export async function askPast(text, base = '') {
  try {
    const asked = new URLSearchParams({ q: text, limit: String(MOST) });
    const answer = await fetch(`${base}/api/events?${asked}`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.ok) return { state: 'found', found: await answer.json() };
    if (answer.status === 400) return { state: 'refused', fault: (await answer.json()).error };
    return { state: answer.status === 503 ? 'busy' : 'failed' };
  } catch {
    return { state: 'failed' };
  }
}

/** A found event in words. @param {Pick<Context, 't'|'config'|'name'>} ctx @param {PastEvent} event @param {number} now UTC ms @returns {Said} */
export function saidOf(ctx, event, now) {
  const { t } = ctx;
  const { id, place, address, region, department, reported } = event;
  const what = [departmentName(ctx, department), t('queue.past.reported', whenText(reported, now, t)), fateOf(ctx, event, now)];
  return { where: [id, place || address || region].filter(Boolean), what: what.filter(Boolean), ...verdictOf(event, now, t) };
}

/** @param {Pick<Context, 't'|'config'|'name'>} ctx @param {PastEvent} event @param {number} now */
function fateOf(ctx, event, now) {
  const { t } = ctx;
  const { step, closed } = event;
  if (closed === null) return LEFT.includes(step) ? stepName(ctx, event) : t('queue.past.open', stepName(ctx, event));
  return t('queue.past.at', whenText(closed, now, t), LEFT.includes(step) ? stepName(ctx, event) : t('queue.closed'));
}

/** What was merged or cancelled has not been late. @param {PastEvent} event @param {number} now @param {Context['t']} t
 * @returns {Pick<Said, 'pace'|'verdict'>} */
function verdictOf({ step, closed, due }, now, t) {
  if (LEFT.includes(step)) return { pace: '', verdict: '' };
  const left = due === null ? null : due - (closed ?? now);
  if (left !== null && left < 0) return { pace: 'over', verdict: leftText(left, t) };
  return closed === null || left === null ? { pace: '', verdict: leftText(left, t) } : { pace: 'ontime', verdict: t('queue.past.ontime') };
}

/** "14:18" today, "3月11日 14:18" in this year, else with the year. @param {number} ms @param {number} now @param {Context['t']} t */
function whenText(ms, now, t) {
  const [year, current] = [ms, now].map((at) => inputText(at).slice(0, 4));
  return year === current ? momentText(ms, now, t) : `${dateText(ms, t)} ${minuteText(ms)}`;
}
