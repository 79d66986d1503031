/**
 * Categories of events are a tree by their keys: `environment.noise` is an item of `environment`, and whatever holds of the
 * category holds of it (as `dashboard/taxonomy.py` has it). Says nothing of what they are called; that comes with the page.
 */

/** @typedef {import('./types.mjs').Words} Words */

/** The category an item is of; a category itself. @param {string} category @returns {string} */
export const branch = (category) => category.split('.', 1)[0] ?? '';

/** Whether it is the chosen one, or an item of it. @param {string} category @param {string} chosen '' for all @returns {boolean} */
export const within = (category, chosen) => !chosen || category === chosen || branch(category) === chosen;

/** What it is called; an item that nobody has named like its category. @param {Record<string, Words>} names @param {string} category
 * @returns {Words|undefined} */
export const wordsOf = (names, category) => names[category] ?? names[branch(category)];
