/**
 * One row of the queue as DOM: made once an event, then only what changed is touched. Knows no order and no groups.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('../types.mjs').EventRow} EventRow
 * @typedef {import('./order.mjs').Row} Row
 */
import { leftText } from '../i18n.mjs';
import { el, setAttr, setText } from '../dom.mjs';
import { flash } from '../top.mjs';

export const SEVERITY = ['', 'normal', 'serious', 'major', 'urgent'];
const STEPS = [1, 2, 3, 4, 5, 6, 7, 8];

/** Real titles carry newlines, tabs and runs of blanks. @param {string} title */
export const oneLine = (title) => title.replace(/\s+/g, ' ').trim();

/** Class of step dot `place` when the event stands at `n`. @param {number} place @param {number} n */
export const dotClass = (place, n) => (place === n ? 'c' : place > n ? 'f' : '');

/** Severity by shape, word and colour. @param {number} level @param {string} word */
export function severityTag(level, word) {
  return el('span', `sev s${level}`, el('i', `shape s${level}`), el('span', '', word));
}

/** The row of one event. */
export class QueueRow {
  /** @param {Context} ctx @param {EventRow} event */
  constructor(ctx, event) {
    this.ctx = ctx;
    this.tag = el('span', '');
    this.title = el('div', 't1 el');
    this.lines = [el('span', ''), el('span', ''), el('span', '')]; // place, channel, department
    this.dots = STEPS.map(() => el('i', ''));
    this.step = el('span', 'stepname');
    this.left = el('b', '');
    this.bar = el('i', '');
    this.sla = el('span', 'sla', this.bar);
    this.node = el('div', 'row', this.tag, el('div', 'tt', this.title, el('div', 't2 el', ...this.lines)),
      el('div', 'sp8', el('span', 'steps', ...this.dots), this.step), el('div', 'tm', this.left, this.sla));
    const marks = { 'data-testid': 'event-row', 'data-event-id': event.id, tabindex: '0', role: 'button' };
    for (const [name, value] of Object.entries(marks)) setAttr(this.node, name, value);
  }

  /** The event changed. @param {Row} row @param {number} now */
  paint(row, now) {
    const { event } = row;
    const { ctx } = this;
    const words = oneLine(event.title);
    setText(this.title, words);
    setAttr(this.title, 'title', words);
    setText(this.lines[0], event.place || event.region);
    setText(this.lines[1], ctx.name(ctx.config.channels[event.channel], event.channel));
    setText(this.lines[2], ctx.name(ctx.config.departments[event.dept], event.dept));
    setText(this.step, ctx.t(`step.${event.step}`));
    setAttr(this.node, 'data-step', event.step);
    this.node.classList.remove('gone');
    STEPS.forEach((n, at) => setAttr(this.dots[at], 'class', dotClass(n, event.n)));
    this.paintTag(event, now);
    this.clock(row);
  }

  /** Only time went by. @param {Row} row */
  clock({ left, used, late }) {
    setText(this.left, leftText(left, this.ctx.t));
    setAttr(this.bar, 'style', `width:${Math.round(used * 100)}%`);
    setAttr(this.sla, 'class', `sla ${left === null ? 'none' : late}`);
    for (const name of ['over', 'near']) this.node.classList.toggle(name, late === name);
  }

  /** Closed: it keeps its place, greyed, until the next sort. @param {string} words */
  retire(words) {
    this.node.classList.add('gone');
    this.node.removeAttribute('data-testid');
    setText(this.left, words);
  }

  /** @param {EventRow} event @param {number} now */
  paintTag({ sev, step }, now) {
    if (this.tag.dataset.level !== String(sev)) {
      this.tag.dataset.level = String(sev);
      this.tag.className = `sev s${sev}`;
      this.tag.replaceChildren(...severityTag(sev, this.ctx.t(`severity.${SEVERITY[sev]}`)).childNodes);
    }
    flash(this.tag, sev === 4 && step === 'reported', now);
  }
}
