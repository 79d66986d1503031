/**
 * What the pages without a live link share: their words, and the element of a slot.
 */

/** @type {Record<string, string>} */
const words = JSON.parse(document.getElementById('words')?.textContent || '{}');

/** @param {string} key @param {...string} parts */
export const say = (key, ...parts) => (words[key] ?? key).replace(/\{(\d)\}/g, (_, n) => parts[Number(n)] ?? '');

/** @param {string} name @returns {HTMLElement|null} */
export const slot = (name) => document.querySelector(`[data-slot=${name}]`);
