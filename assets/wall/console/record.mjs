/**
 * The record of the chosen event (办理记录) as DOM: the lines with a filter by whose they are, and the box in which the officer
 * adds one. A draft stays with its event.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('./source.mjs').Detail} Detail
 * @typedef {import('./orders.mjs').Order} Order
 * @typedef {import('./trail.mjs').Line} Line
 */
import { el, setAttr, setText } from '../dom.mjs';
import { button } from '../map/controls.mjs';
import { FILTERS, lines } from './trail.mjs';
import { repaint } from './repaint.mjs';

/** @param {Line} line @param {boolean} last @param {Context['t']} t */
function item({ time, what, who, text, gap, pending }, last, t) {
  const node = el('li', `${pending ? 'pending' : ''} ${last ? 'new' : ''}`.trim(), el('time', '', time), el('i', ''),
    el('div', '', el('b', '', what), el('span', 'who', who), ...(gap ? [el('em', 'gap', t('console.gap', gap))] : []), ...(text ? [el('p', '', text)] : [])));
  return node;
}

export class RecordPane {
  /** @param {Context} ctx @param {HTMLElement} box @param {(text: string) => void} comment */
  constructor(ctx, box, comment) {
    this.ctx = ctx;
    /** @type {import('./trail.mjs').Filter} */
    this.filter = 'all';
    this.note = el('span', 'note');
    this.list = el('ol', 'tl');
    this.tabs = FILTERS.map((key) => button(ctx.t(`console.filter.${key}`), 'chip', () => this.choose(key)));
    this.draft = document.createElement('textarea');
    Object.assign(this.draft, { rows: 1, placeholder: ctx.t('console.comment') });
    setAttr(this.draft, 'aria-label', ctx.t('console.comment'));
    this.draft.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && this.draft.value.trim()) {
        comment(this.draft.value.trim());
        this.draft.value = '';
      } else if (event.key === 'Escape') this.draft.blur();
    });
    /** @type {Map<string, string>} */
    this.drafts = new Map();
    this.event = '';
    box.append(el('div', 'tlh', el('b', '', ctx.t('console.record')), this.note, el('span', 'sp'), ...this.tabs), this.list,
      el('label', 'say', this.draft, el('em', '', ctx.t('console.comment.key'))));
    /** @type {() => void} */
    this.again = () => {};
  }

  /** @param {import('./trail.mjs').Filter} key */
  choose(key) {
    this.filter = key;
    this.again();
  }

  /** @param {Detail} detail @param {readonly Order[]} orders @param {number} now */
  paint(detail, orders, now) {
    const { ctx, list } = this;
    this.again = () => this.paint(detail, orders, now);
    this.#keepDraft(detail.event.id);
    const shown = lines(ctx, detail, orders, this.filter, now);
    const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 8;
    const before = list.childElementCount;
    setText(this.note, ctx.t('console.record.note', detail.trail.length));
    FILTERS.forEach((key, k) => setAttr(this.tabs[k], 'class', `chip${key === this.filter ? ' on' : ''}`));
    FILTERS.forEach((key, k) => setAttr(this.tabs[k], 'aria-pressed', String(key === this.filter)));
    repaint(list, shown, (all) => all.map((line, k) => item(line, k === all.length - 1 && detail.open, ctx.t)));
    if (atEnd && list.childElementCount !== before) list.scrollTop = list.scrollHeight; // what is read above stays where it is
  }

  /** @param {string} event */
  #keepDraft(event) {
    if (event === this.event) return;
    this.drafts.set(this.event, this.draft.value);
    this.draft.value = this.drafts.get(event) ?? '';
    this.event = event;
    this.list.scrollTop = this.list.scrollHeight;
  }
}
