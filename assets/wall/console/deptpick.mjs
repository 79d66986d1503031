/**
 * Choosing departments: a search by name or pinyin initials over the city's departments, one or several to tick. Its value is
 * keys separated by blanks.
 *
 * @typedef {import('../types.mjs').Context} Context
 */
import { el, setAttr, setHidden, setText } from '../dom.mjs';
import { initials } from '../workers/initials.mjs';

let groups = 0;

/** Keys of the departments that fit what was typed. @param {Pick<Context, 'config'|'name'>} ctx @param {string} typed @returns {string[]} */
export function departmentsLike({ config, name }, typed) {
  const wanted = typed.trim().toLowerCase();
  return Object.keys(config.departments).filter((key) => {
    const words = name(config.departments[key], key);
    return [words.toLowerCase(), initials(words), key].some((text) => text.includes(wanted));
  });
}

/** @param {Context} ctx @param {string} words @param {boolean} many @returns {{node: HTMLElement, first: HTMLElement, value: () => string}} */
export function departmentPick(ctx, words, many) {
  const { config, name, t } = ctx;
  const search = document.createElement('input');
  Object.assign(search, { type: 'search', placeholder: t('console.field.search'), autocomplete: 'off' });
  setAttr(search, 'aria-label', words);
  const group = `departments-${++groups}`;
  const chosen = el('span', 'chosen');
  const items = Object.entries(config.departments).map(([key, named]) => {
    const input = document.createElement('input');
    Object.assign(input, { type: many ? 'checkbox' : 'radio', name: group, value: key });
    return { key, input, words: name(named, key), node: el('label', '', input, el('span', '', name(named, key))) };
  });
  const ticked = () => items.filter(({ input }) => input.checked);
  const narrow = () => {
    const fit = new Set(departmentsLike(ctx, search.value));
    for (const { key, input, node } of items) setHidden(node, !fit.has(key) && !input.checked);
  };
  const list = el('div', 'dpts', ...items.map(({ node }) => node));
  list.addEventListener('change', () => setText(chosen, ticked().map((item) => item.words).join(t('console.and'))));
  search.addEventListener('input', narrow);
  search.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.ctrlKey) return;
    event.preventDefault();
    event.stopPropagation(); // Enter ticks the only one left, it does not send
    const left = items.filter(({ node, input }) => !node.hidden && !input.checked);
    if (left.length > 0 && search.value.trim()) left[0].input.click();
    search.value = '';
    narrow();
  });
  const node = el('div', 'fld wide', el('span', '', words, ' ', chosen), search, list);
  return { node, first: search, value: () => ticked().map(({ key }) => key).join(' ') };
}
