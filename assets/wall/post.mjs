/**
 * Sending a seat's commands: one JSON object each, named by an id, so that sent twice it is carried out once; and why one was
 * refused. Keeps nothing: what was taken comes back in the frames.
 *
 * @typedef {import('./types.mjs').Words} Words
 * @typedef {{process: Words, current: Words, step: Words, options: Words[], actors?: string[], bound?: string}} Parts
 *   What a process's refusal is made of; see dashboard/process.py.
 * @typedef {{key: string, field?: string, reason?: string, parts?: Parts}} Fault  `key`: a process's ground, or another reason's.
 */

const PATIENCE_MS = 6000;

/** A name for a command, so that it is carried out once however often it is sent. */
export const commandId = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('-');

/** @param {Record<string, unknown>} said @param {string} [base] where the server is @returns {Promise<Fault|null>} why it was
 * refused; null when it is on the log */
export async function post(said, base = '') {
  const request = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(said) };
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const answer = await fetch(`${base}/api/commands`, { ...request, signal: AbortSignal.timeout(PATIENCE_MS) });
      return answer.ok ? null : (await answer.json()).error ?? { key: 'other' };
    } catch {
      // nobody knows whether it was taken: the same id asks again without doing it twice
    }
  }
  return { key: 'unreachable' };
}
