/**
 * What narrows the console's queue: the search and the filters. Knows no events; says what is wanted and when that changed.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('./desk.mjs').Wanted} Wanted
 * @typedef {[string, string][]} Entries  Value and words.
 */
import { el, setAttr, setHidden } from '../dom.mjs';
import { button } from '../map/controls.mjs';
import { allSteps } from '../process.mjs';
import { options, select } from '../workers/board.mjs';
import { SEVERITY } from './row.mjs';

const LEVELS = [4, 3, 2, 1];

/**
 * @param {Context} ctx @param {{changed: () => void, down: () => void, past: (text: string) => void}} on `down`: the reader leaves the search for
 *   the list; `past`: what is typed is to be looked for in the history
 * @returns {{node: HTMLElement, wanted: Wanted & {text: string}, find: () => void}} `wanted` is kept up to date; `find` puts the cursor into the search
 */
export function deskBar(ctx, { changed, down, past }) {
  const { t, config } = ctx;
  const wanted = { text: '', sev: 0, channel: '', dept: '', step: '' };
  const ask = () => void (wanted.text.trim() && past(wanted.text.trim()));
  const asking = button(t('queue.past'), 'btn sm', ask);
  asking.append(el('kbd', '', '⏎'));
  setAttr(asking, 'title', t('queue.past.why'));
  setHidden(asking, true);
  const typed = (/** @type {string} */ text) => { wanted.text = text; setHidden(asking, !text.trim()); changed(); };
  const search = searchField(ctx, typed, { ArrowDown: down, Enter: ask });
  const filter = (/** @type {string} */ label, /** @type {Entries} */ entries, /** @type {(value: string) => void} */ set) => {
    const node = select(label, (value) => { set(value); changed(); });
    options(node, [['', label], ...entries]);
    return node;
  };
  const node = el('div', 'dbar', search, asking,
    filter(t('queue.desk.severity'), LEVELS.map((sev) => [String(sev), t(`severity.${SEVERITY[sev]}`)]), (value) => { wanted.sev = Number(value); }),
    filter(t('queue.desk.step'), allSteps(ctx), (value) => { wanted.step = value; }),
    filter(t('queue.desk.channel'), named(ctx, config.channels), (value) => { wanted.channel = value; }),
    filter(t('queue.desk.department'), named(ctx, config.departments), (value) => { wanted.dept = value; }));
  return { node, wanted, find: () => { search.focus(); search.select(); } };
}

/** @param {Context} ctx @param {Record<string, import('../types.mjs').Words>} all @returns {Entries} */
const named = ({ name }, all) => Object.entries(all).map(([key, words]) => [key, name(words, key)]);

/** @param {Context} ctx @param {(text: string) => void} typed @param {Record<string, () => void>} keys @returns {HTMLInputElement} */
function searchField({ t }, typed, keys) {
  const search = /** @type {HTMLInputElement} */ (el('input', 'find'));
  for (const [key, value] of [['type', 'search'], ['placeholder', t('queue.desk.search')], ['aria-label', t('queue.desk.search')]]) setAttr(search, key, value);
  // What an input method is still composing is not what will be looked for.
  search.addEventListener('input', (event) => { if (!(event instanceof InputEvent && event.isComposing)) typed(search.value); });
  search.addEventListener('compositionend', () => typed(search.value));
  search.addEventListener('keydown', (event) => {
    const act = event.isComposing ? undefined : keys[event.key];
    if (act) event.preventDefault(); // else the list that has the focus by now scrolls
    act?.();
  });
  return search;
}
