/**
 * What was found in the history (查历史), in the place of the queue: newest first, closed or not, with a way back.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('./past.mjs').Answer} Answer
 * @typedef {import('./past.mjs').Found} Found
 * @typedef {import('./past.mjs').PastEvent} PastEvent
 */
import { el, setAttr, setHidden, setText } from '../dom.mjs';
import { numberText } from '../i18n.mjs';
import { button } from '../map/controls.mjs';
import { refusalWords } from '../console/refusal.mjs';
import { stepped } from '../workers/listing.mjs';
import { askPast, saidOf } from './past.mjs';
import { SEVERITY, oneLine, severityTag } from './row.mjs';

const PAGE = 8;
const part = (/** @type {string} */ words) => el('span', '', words);

export class PastList {
  /** @param {Context} ctx @param {(open: boolean) => void} shown called when it takes the queue's place, and when it gives it back */
  constructor(ctx, shown) {
    const { t } = ctx;
    this.ctx = ctx;
    this.shown = shown;
    this.text = '';
    this.flight = 0;
    this.active = '';
    this.title = el('b', 'el', '');
    this.count = el('span', '');
    this.list = el('div', 'plist');
    this.note = el('p', 'pnote');
    const back = button(t('queue.past.back'), 'btn sm', () => this.close());
    this.node = el('section', 'dpast', el('div', 'phead', this.title, this.count, back), this.list, this.note);
    for (const [key, value] of [['role', 'listbox'], ['tabindex', '0'], ['aria-label', t('queue.past')]]) setAttr(this.list, key, value);
    setAttr(this.count, 'role', 'status');
    setHidden(this.node, true);
    this.list.addEventListener('click', ({ target }) => this.#pick(target instanceof Element ? target.closest('[data-past-id]') : null));
    this.list.addEventListener('keydown', (event) => this.#keyed(event));
    ctx.on('select', () => this.#mark());
  }

  get isOpen() {
    return !this.node.hidden;
  }

  /** @param {string} text @returns {Promise<void>} */
  async ask(text) {
    const flight = ++this.flight;
    this.text = text;
    this.active = '';
    if (!this.isOpen) {
      setHidden(this.node, false);
      this.shown(true);
    }
    this.#say(this.ctx.t('queue.past.loading'), false);
    const answer = await askPast(text);
    if (flight === this.flight) this.#paint(answer); // else something else has been asked for, or nothing any more
  }

  close() {
    if (!this.isOpen) return;
    this.flight += 1;
    setHidden(this.node, true);
    this.shown(false);
  }

  focus() {
    this.list.focus();
  }

  /** Moves and selects. @param {Pick<KeyboardEvent, 'key'>} event @returns {boolean} whether it was for the list */
  key({ key }) {
    const rows = [...this.list.querySelectorAll('[data-past-id]')];
    const at = rows.findIndex((row) => row.getAttribute('data-past-id') === this.active);
    if (key === 'Enter' && at >= 0) this.#pick(rows[at]);
    if (key === 'Enter') return at >= 0;
    const to = stepped({ j: 'ArrowDown', k: 'ArrowUp' }[key] ?? key, at, rows.length, PAGE);
    if (to === null) return false;
    this.active = rows[to].getAttribute('data-past-id') ?? '';
    rows[to].scrollIntoView({ block: 'nearest' });
    this.#mark();
    return true;
  }

  /** @param {KeyboardEvent} event */
  #keyed(event) {
    const { key, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey) return;
    if (key === 'Escape') this.close();
    else if (!this.key(event)) return;
    event.preventDefault();
    event.stopPropagation(); // to the map Escape means something else
  }

  /** @param {Element|null} row */
  #pick(row) {
    if (!row) return;
    this.active = row.getAttribute('data-past-id') ?? '';
    this.ctx.select({ kind: 'event', id: this.active });
  }

  #mark() {
    const { selection } = this.ctx;
    for (const row of this.list.querySelectorAll('[data-past-id]')) {
      const id = row.getAttribute('data-past-id');
      const chosen = selection?.kind === 'event' && selection.id === id;
      setAttr(row, 'aria-selected', String(chosen));
      row.classList.toggle('sel', chosen);
      row.classList.toggle('at', id === this.active);
    }
    setAttr(this.list, 'aria-activedescendant', this.active && `past-${this.active}`);
  }

  /** Instead of lines. @param {string} words @param {boolean} again whether it may be asked once more */
  #say(words, again) {
    const { t } = this.ctx;
    setText(this.title, t('queue.past.head', this.text));
    setText(this.count, '');
    this.list.replaceChildren(el('p', 'none', words), ...(again ? [button(t('queue.past.again'), 'btn sm', () => void this.ask(this.text))] : []));
    setHidden(this.note, true);
  }

  /** @param {Answer} answer */
  #paint(answer) {
    const { t } = this.ctx;
    if (answer.state === 'refused') this.#say(answer.fault.field === 'q' ? t('queue.past.length') : refusalWords(answer.fault, this.ctx), false);
    else if (answer.state !== 'found') this.#say(t(`queue.past.${answer.state}`), true);
    else this.#found(answer.found);
  }

  /** @param {Found} found */
  #found({ events, truncated }) {
    const { t } = this.ctx;
    if (events.length === 0) this.#say(t('queue.past.none'), false);
    else {
      const now = this.ctx.now();
      setText(this.count, t('queue.past.count', numberText(events.length)));
      this.list.replaceChildren(...events.map((event) => this.#row(event, now)));
      this.list.scrollTop = 0;
      this.#mark();
    }
    const notes = [events.length === 0 ? t('queue.past.how') : '', truncated ? t('queue.past.more', events.length) : ''].filter(Boolean);
    setText(this.note, notes.join(t('console.semicolon')));
    setHidden(this.note, notes.length === 0);
  }

  /** @param {PastEvent} event @param {number} now */
  #row(event, now) {
    const { where, what, pace, verdict } = saidOf(this.ctx, event, now);
    const title = oneLine(event.title);
    const words = el('div', 't1 el', title);
    const node = el('div', 'prow', severityTag(event.severity, this.ctx.t(`severity.${SEVERITY[event.severity]}`)), words,
      el('div', 't2', ...where.map(part)), el('b', pace, verdict), el('div', 't2', ...what.map(part)));
    for (const [key, value] of [['role', 'option'], ['data-past-id', event.id], ['id', `past-${event.id}`]]) setAttr(node, key, value);
    setAttr(words, 'title', title);
    return node;
  }
}
