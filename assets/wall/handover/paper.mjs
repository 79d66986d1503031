/**
 * The sheet of a shift handover as DOM: numbers, lines in groups with a note each, free notes, two signatures. Typed text is
 * repeated as plain text beside its field, which is what gets printed. Sends nothing.
 *
 * @typedef {import('./sheet.mjs').Group} Group
 * @typedef {import('./sheet.mjs').Item} Item
 * @typedef {import('../i18n.mjs').Translate} Translate
 * @typedef {{role: string, name: string, at: string, press: null|{words: string, name: string, notes: string|null, sign: (name: string, notes: string) => void}}} Signature
 *   Whose: `role`; signed: `name` and `at`. `press`: may be signed here, with a name to begin with; `notes` the label of remarks.
 * @typedef {{above: string, shift: string, span: string, state: string, counts: {key: string, label: string, n: number}[], groups: Group[],
 *   notes: string, remarks: string, type: null|{say: (item: Item, words: string) => void, notes: (words: string) => void}, signatures: Signature[]}} Paper
 *   `type`: what is typed into a draft; null for what has been signed. `remarks` of who took over.
 */
import { el, setAttr } from '../dom.mjs';
import { numberText } from '../i18n.mjs';
import { button } from '../map/controls.mjs';

const MOST = 4000;
const MOST_NAME = 64;

/** @param {HTMLElement} sheet @param {Paper} paper @param {Translate} t */
export function paint(sheet, paper, t) {
  const [above, title, span] = [el('p', 'ho-above', paper.above), el('h3', '', t('handover.title')), el('p', 'ho-span', el('b', '', paper.shift), paper.span)];
  const counts = el('dl', 'ho-counts', ...paper.counts.map(({ key, label, n }) => el('div', `ho-${key}`, el('dt', '', label), el('dd', '', numberText(n)))));
  const lines = paper.groups.length > 0 ? paper.groups.map((group) => groupNode(group, paper.type, t)) : [el('p', 'ho-none', t('handover.nothing'))];
  const signed = el('footer', 'ho-signs', ...paper.signatures.map((one) => signatureNode(one, t)));
  sheet.replaceChildren(above, title, span, el('p', 'ho-state', paper.state), counts, ...lines, notesNode(paper, t), ...remarksNode(paper, t), signed);
}

/** @param {Group} group @param {Paper['type']} type @param {Translate} t */
function groupNode({ kind, items, rest }, type, t) {
  const head = el('h4', '', t(`handover.kind.${kind}`), el('span', '', t('handover.items', numberText(items.length + rest))));
  const rows = items.map((item) => {
    const note = type ? writing(item.say, t('handover.note', item.title), '', (words) => type.say(item, words)) : el('p', 'ho-text', item.say);
    return el('li', '', el('div', 'ho-what', el('b', '', item.title), el('span', '', [item.place, item.id].filter(Boolean).join(' · '))), note);
  });
  const more = rest > 0 ? [el('p', 'ho-rest', t('handover.rest', numberText(rest)))] : [];
  return el('section', `ho-group ho-${kind}`, head, el('ol', '', ...rows), ...more);
}

/** @param {Paper} paper @param {Translate} t */
function notesNode({ notes, type }, t) {
  const words = t('handover.notes');
  const body = type ? writing(notes, words, t('handover.notes.hint'), type.notes) : el('p', 'ho-text', notes || t('handover.notes.none'));
  return el('section', 'ho-group ho-notes', el('h4', '', words), body);
}

/** @param {Paper} paper @param {Translate} t */
const remarksNode = ({ remarks }, t) => (remarks ? [el('section', 'ho-group ho-notes', el('h4', '', t('handover.taken.notes')), el('p', 'ho-text', remarks))] : []);

/** @param {Signature} signature @param {Translate} t */
function signatureNode({ role, name, at, press }, t) {
  const parts = press ? signing(press, t) : [el('b', name ? '' : 'ho-unsigned', name || t('handover.waiting')), el('time', '', at)];
  const line = el('p', 'ho-hand', t('handover.handwritten'));
  return el('section', 'ho-sign', el('h4', '', role), ...parts, line);
}

/** @param {NonNullable<Signature['press']>} press @param {Translate} t @returns {HTMLElement[]} */
function signing(press, t) {
  const name = document.createElement('input');
  Object.assign(name, { value: press.name, placeholder: t('handover.name'), maxLength: MOST_NAME, autocomplete: 'off', spellcheck: false });
  setAttr(name, 'aria-label', t('handover.name'));
  let notes = '';
  const remarks = press.notes === null ? [] : [writing('', press.notes, press.notes, (words) => { notes = words; })];
  const sign = button(press.words, 'btn pri', () => press.sign(name.value, notes));
  return [...remarks, el('div', 'ho-field', name, sign)];
}

/** A field that grows with what is typed, and what of it is printed. @param {string} words @param {string} label @param {string} hint
 * @param {(words: string) => void} typed @returns {HTMLElement} */
function writing(words, label, hint, typed) {
  const field = document.createElement('textarea');
  Object.assign(field, { value: words, placeholder: hint, maxLength: MOST, rows: 1, spellcheck: false });
  setAttr(field, 'aria-label', label);
  const printed = el('p', 'ho-text ho-printed', words);
  field.addEventListener('input', () => {
    printed.textContent = field.value;
    typed(field.value);
  });
  return el('div', 'ho-write', field, printed);
}
