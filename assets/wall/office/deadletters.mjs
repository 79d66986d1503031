/**
 * The page of dead letters: opens the one that is pressed, and checks, retries or discards it as it stands in the editor.
 */

import { say, slot } from './dom.mjs';

/** @typedef {{state: string, by: string, at_ms: number, entry: string, reason: string}} Outcome
 * @typedef {{id: string, at_ms: number, source: string, place: string, field: string, value: string, reason: string,
 *   state: string, outcome: Outcome|null, bytes: number, text?: string, hex?: string, cut: boolean, no: string}} Letter */

const SEAT = 'wall.seat'; // what the console keeps the seat's name under
const pane = /** @type {HTMLElement} */ (slot('letter'));
const content = /** @type {HTMLTextAreaElement} */ (slot('content'));
const reason = /** @type {HTMLInputElement} */ (slot('reason'));
const deeds = /** @type {HTMLButtonElement[]} */ ([...document.querySelectorAll('[data-deed]')]);
const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'medium' });

/** @type {Letter|null} */
let open = null;

/** @param {string} name @param {string} text */
function put(name, text) {
  const node = slot(name);
  if (node) node.textContent = text;
}

/** @param {string} text @param {boolean} [good] */
function tell(text, good = false) {
  put('said', text);
  slot('said')?.classList.toggle('good', good);
}

/** @param {Outcome} outcome */
function became({ state, by, at_ms, entry, reason }) {
  const at = clock.format(at_ms);
  return state === 'retried' ? say('deadletters.retried.by', at, by, entry) : say('deadletters.discarded.by', at, by, reason);
}

/** @param {Letter} letter */
function show(letter) {
  open = letter;
  pane.hidden = false;
  for (const name of /** @type {const} */ (['id', 'source', 'place', 'field', 'value'])) put(name, letter[name]);
  put('at', clock.format(letter.at_ms));
  put('why', letter.reason);
  put('outcome', letter.outcome ? became(letter.outcome) : '');
  put('size', say('deadletters.bytes', letter.bytes.toLocaleString('en')) + (letter.cut ? say('deadletters.cut') : ''));
  content.value = letter.text ?? letter.hex ?? '';
  content.readOnly = letter.state === 'retried';
  reason.value = '';
  for (const button of deeds) button.disabled = letter.state === 'retried' || (letter.state !== 'open' && button.dataset.deed === 'discard');
  tell(letter.no ? say(`deadletters.no.${letter.no}`, letter.source) : '');
  for (const row of document.querySelectorAll('[data-letter]'))
    row.toggleAttribute('aria-selected', /** @type {HTMLElement} */ (row).dataset.letter === letter.id);
}

/** @param {string} id @param {object} [order] @returns {Promise<any>} the answer; its `error` says what is wrong */
async function ask(id, order) {
  const sent = order && { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(order) };
  try {
    const answer = await fetch(`/api/deadletters/${encodeURIComponent(id)}`, sent);
    return await answer.json();
  } catch (fault) {
    return { error: { key: 'failed', reason: String(fault) } };
  }
}

/** @param {{key: string, field?: string, reason: string}} error */
function refused({ key, reason: why }) {
  const own = { frame: 'no.frame', source: 'no.source', settled: 'settled', malformed: 'wrong' }[key] ?? 'failed';
  tell(say(`deadletters.${own}`, own.startsWith('no.') ? (open?.source ?? '') : why));
}

/** @param {string} id */
async function choose(id) {
  const letter = await ask(id);
  if (letter.error) refused(letter.error);
  else show(letter);
}

/** @param {string} action */
async function act(action) {
  if (!open) return;
  const letter = open, before = letter.text ?? letter.hex ?? '';
  const by = localStorage.getItem(SEAT) || say('deadletters.unnamed');
  const changed = content.value !== before && action !== 'discard' ? { data: content.value } : {};
  for (const button of deeds) button.disabled = true;
  const answer = await ask(letter.id, { action, by, ...(reason.value && { reason: reason.value }), ...changed });
  for (const button of deeds) button.disabled = false;
  if (answer.error) return refused(answer.error);
  if (action === 'check') return tell(say('deadletters.fine', answer.type, answer.id), true);
  await choose(letter.id);
  if (answer.entry) tell(say('deadletters.retried.as', answer.entry), true);
  document.querySelector(`[data-letter="${CSS.escape(letter.id)}"]`)?.classList.add('small');
}

for (const row of document.querySelectorAll('[data-letter]'))
  row.addEventListener('click', () => void choose(/** @type {HTMLElement} */ (row).dataset.letter ?? ''));
for (const button of deeds) button.addEventListener('click', () => void act(button.dataset.deed ?? ''));
