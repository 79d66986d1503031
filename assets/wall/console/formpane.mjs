/**
 * The small form of a deed, inline above the buttons: paints the fields it is given, reads them out, Ctrl+Enter or Enter in a
 * single line sends, Escape puts it away. What the fields are is `forms.mjs`'s business.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('./forms.mjs').Field} Field
 * @typedef {import('./forms.mjs').Values} Values
 * @typedef {{node: HTMLElement, first: HTMLElement|null, value: () => string}} Control
 */
import { departmentPick } from './deptpick.mjs';
import { el, setAttr, setHidden } from '../dom.mjs';
import { button, choice, field, statusLine } from '../map/controls.mjs';

/** @param {Context} ctx @param {Field} one @returns {Control} */
function control(ctx, one) {
  if (one.kind === 'pick') return pick(one);
  if (one.kind === 'departments' || one.kind === 'department') return departmentPick(ctx, one.words, one.kind === 'departments');
  const input = document.createElement(one.kind === 'text' ? 'textarea' : 'input');
  input.value = one.value;
  if (input instanceof HTMLInputElement) input.type = one.kind === 'when' ? 'datetime-local' : one.kind === 'number' ? 'number' : 'text';
  if (one.kind === 'number') Object.assign(input, { step: 'any', min: '0' });
  if (input instanceof HTMLTextAreaElement) input.rows = 2;
  if (one.required) setAttr(input, 'aria-required', 'true');
  const node = field(one.words, input);
  if (one.kind === 'text') node.classList.add('wide');
  return { node, first: input, value: () => input.value };
}

/** @param {Field} one @returns {Control} */
function pick({ words, options, value }) {
  let chosen = value;
  const { node } = choice(words, options, value, (key) => { chosen = key; });
  const box = el('div', 'fld wide', el('span', '', words), node);
  setHidden(box, options.length === 0);
  return { node: box, first: node.querySelector('input'), value: () => chosen };
}

export class FormPane {
  /** @param {Context} ctx @param {HTMLElement} box */
  constructor(ctx, box) {
    this.ctx = ctx;
    this.box = box;
    /** @type {(() => void)|null} */
    this.send = null;
    this.subject = '';
    setHidden(box, true);
    box.addEventListener('keydown', (event) => this.#key(event));
  }

  get isOpen() {
    return !this.box.hidden;
  }

  /** @param {string} title @param {string} subject what it is about @param {Field[]} fields @param {(values: Values) => string} send '' when it was
   * sent, else what is wrong */
  open(title, subject, fields, send) {
    const { t } = this.ctx;
    const controls = fields.map((one) => ({ key: one.key, ...control(this.ctx, one) }));
    const status = statusLine();
    this.send = () => {
      const wrong = send(Object.fromEntries(controls.map(({ key, value }) => [key, value()])));
      status.say(wrong, true);
      if (!wrong) this.close();
    };
    this.subject = subject;
    const go = button(t('console.send'), 'btn pri sm', () => this.send?.());
    go.append(el('kbd', '', 'Ctrl ⏎'));
    const away = button(t('console.away'), 'btn sm', () => this.close());
    away.append(el('kbd', '', 'Esc'));
    this.box.replaceChildren(el('h4', '', title), ...controls.map(({ node }) => node), el('div', 'acts', status.node, el('span', 'sp'), away, go));
    setAttr(this.box, 'aria-label', title);
    setHidden(this.box, false);
    const filled = fields.map(({ kind, value }) => kind === 'line' && value !== ''); // an event's id that has been chosen already
    (controls.find(({ first }, k) => first && !filled[k])?.first ?? go).focus(); // a person asked for the form, by key or press
  }

  close() {
    const held = this.box.contains(document.activeElement);
    setHidden(this.box, true);
    this.box.replaceChildren();
    this.send = null;
    if (held && document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const line = event.target instanceof HTMLInputElement && event.target.type !== 'search';
    if (event.key !== 'Enter' || event.isComposing || !(event.ctrlKey || event.metaKey || line)) return;
    event.preventDefault();
    this.send?.();
  }
}
