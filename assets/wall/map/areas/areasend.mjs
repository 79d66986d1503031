/**
 * Sending areas to the server, and why it would not take one, in words. It keeps nothing: what was taken comes back in the
 * frames like everything else.
 *
 * @typedef {import('../../types.mjs').Context} Context
 */

/** Fields whose names people know. */
const FIELDS = ['name', 'geometry', 'geometry.coordinates', 'rules.hours', 'until', 'text'];

/** The sentence for a refusal. @param {import('../../i18n.mjs').Translate} t @param {{field?: string, key?: string, reason?: string}|null} error @param {number} status @returns {string} */
export function refusalWords(t, error, status) {
  if (status === 503) return t('area.fault.log');
  if (!error) return t('area.fault.answer', status);
  if (error.field === 'geometry.coordinates' && /Self-intersection/.test(error.reason ?? '')) return t('area.crossed');
  const field = FIELDS.includes(error.field ?? '') ? t(`area.field.${error.field}`) : error.field ?? '';
  return t('area.fault.field', field, error.reason ?? '');
}

/** @param {Context} ctx @param {'POST'|'DELETE'} method @param {string} url @param {unknown} body @returns {Promise<string>} '' when it is on the log, else why not */
async function send(ctx, method, url, body) {
  try {
    const answer = await fetch(url, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    if (answer.status === 202) return '';
    const told = await answer.json().catch(() => null);
    return refusalWords(ctx.t, told?.error ?? null, answer.status);
  } catch {
    return ctx.t('area.fault.link');
  }
}

/** @param {Context} ctx @param {Record<string, unknown>} area data of an `area.put` @returns {Promise<string>} '' or why not */
export const putArea = (ctx, area) => send(ctx, 'POST', '/api/areas', area);

/** @param {Context} ctx @param {string} id @returns {Promise<string>} '' or why not */
export const removeArea = (ctx, id) => send(ctx, 'DELETE', `/api/areas/${encodeURIComponent(id)}`, {});
