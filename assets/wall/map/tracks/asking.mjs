/**
 * Asking the server about the past: one question at a time, with the time it takes, a way to give up, and every refusal in
 * words. Knows no answer's shape.
 *
 * @typedef {import('../../i18n.mjs').Translate} Translate
 * @typedef {{data: any}|{fault: string}|null} Answer  null: given up.
 */

/** @param {string} path @param {Record<string, string|number|readonly string[]|null>} fields null and '' are left out
 * @returns {string} */
export function address(path, fields) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields))
    for (const one of Array.isArray(value) ? value : [value]) if (one !== null && one !== '') query.append(name, String(one));
  return `${path}?${query}`;
}

/** What a refusal says to a person. @param {number} status @param {{value?: string, message?: string}} detail
 * @param {string|null} retry seconds @param {Translate} t @returns {string} */
export function faultText(status, { value = '', message = '' }, retry, t) {
  if (status === 503) return retry ? t('ask.busy', retry) : t('ask.long');
  if (status === 404) return t('ask.missing', value);
  if (status === 400) return t('ask.refused', message);
  return t('ask.failed', status);
}

/** What a refusal's body says of it. @param {Response} answer @returns {Promise<{value?: string, message?: string}>} */
async function detailOf(answer) {
  const body = await answer.json().catch(() => null);
  return body?.error ?? {};
}

/** @param {string} url @param {AbortSignal} signal @param {Translate} t @returns {Promise<Answer>} */
export async function ask(url, signal, t) {
  try {
    const answer = await fetch(url, { signal, headers: { Accept: 'application/json' } });
    if (answer.ok) return { data: await answer.json() };
    return { fault: faultText(answer.status, await detailOf(answer), answer.headers.get('Retry-After'), t) };
  } catch {
    return signal.aborted ? null : { fault: t('ask.unreachable') };
  }
}

/** The one question a drawer has under way. */
export class Asking {
  /** @param {Translate} t */
  constructor(t) {
    this.t = t;
    /** @type {AbortController|null} */
    this.control = null;
    this.began = 0;
  }

  get busy() {
    return this.control !== null;
  }

  /** Seconds since it was asked. */
  get elapsed() {
    return Math.floor((performance.now() - this.began) / 1000);
  }

  /** Give up. */
  cancel() {
    this.control?.abort();
    this.control = null;
  }

  /** Ask; a question still open is given up. @param {string} url @returns {Promise<Answer>} */
  async ask(url) {
    this.cancel();
    const control = (this.control = new AbortController());
    this.began = performance.now();
    const answer = await ask(url, control.signal, this.t);
    if (this.control !== control) return null;
    this.control = null;
    return answer;
  }
}
