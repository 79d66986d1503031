/**
 * One row of the queue as DOM: made once an event, then only what changed is touched. Knows no order and no groups.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('../types.mjs').EventRow} EventRow
 * @typedef {import('./order.mjs').Row} Row
 * @typedef {import('./marks.mjs').Mark} Mark
 */
import { el, setAttr, setHidden, setText } from '../dom.mjs';
import { dots, stepName } from '../process.mjs';
import { flash } from '../top.mjs';
import { ageWords, departmentName, marks, pictureOf, timeText, workerName } from './marks.mjs';
import { Photo } from './photo.mjs';

export const SEVERITY = ['', 'normal', 'serious', 'major', 'urgent'];

/** Real titles carry newlines, tabs and runs of blanks. @param {string} title */
export const oneLine = (title) => title.replace(/\s+/g, ' ').trim();

/** Severity by shape, word and colour. @param {number} level @param {string} word */
export function severityTag(level, word) {
  return el('span', `sev s${level}`, el('i', `shape s${level}`), el('span', '', word));
}

/** The parts that the rows of the wall and of the console share: tag, dots, marks, time. */
export class RowParts {
  /** @param {Context} ctx */
  constructor(ctx) {
    this.ctx = ctx;
    this.tag = el('span', '');
    this.title = el('div', 't1 el');
    this.marks = el('span', 'qmarks');
    this.dots = el('span', 'steps');
    this.step = el('span', 'stepname el');
    this.left = el('b', '');
    this.bar = el('i', '');
    this.sla = el('span', 'sla', this.bar);
    this.said = '';
  }

  /** @param {EventRow} event @param {number} now */
  paint(event, now) {
    const words = oneLine(event.title);
    setText(this.title, words);
    setAttr(this.title, 'title', words);
    setText(this.step, stepName(this.ctx, event));
    this.paintDots(event);
    this.paintTag(event, now);
  }

  /** @param {EventRow} event */
  paintDots(event) {
    const row = dots(this.ctx.config, event);
    while (this.dots.children.length > row.length) this.dots.lastChild?.remove();
    while (this.dots.children.length < row.length) this.dots.append(el('i', ''));
    row.forEach((dot, at) => setAttr(this.dots.children[at], 'class', dot));
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

  /** What moves with time alone, and the class of the whole row. @param {Row} row @param {number} now @param {HTMLElement} node */
  clock(row, now, node) {
    const { left, used, late, still } = row;
    const words = timeText(row, this.ctx.t);
    setText(this.left, words);
    setAttr(this.bar, 'style', `width:${Math.round(used * 100)}%`);
    setAttr(this.sla, 'class', `sla ${left === null ? 'none' : still ? 'still' : late}`);
    for (const name of ['over', 'near']) node.classList.toggle(name, late === name);
    node.classList.toggle('still', still);
    this.paintMarks(marks(this.ctx, row, now));
  }

  /** @param {Mark[]} list */
  paintMarks(list) {
    const said = JSON.stringify(list);
    if (said === this.said) return;
    this.said = said;
    this.marks.replaceChildren(...list.map(({ key, text, title }) => {
      const mark = el('span', `qm ${key}`, text);
      setAttr(mark, 'title', title);
      return mark;
    }));
  }
}

/** A small picture of an event. */
export class Thumb {
  constructor() {
    this.photo = new Photo('thumb');
    this.node = this.photo.node;
    this.node.hidden = true;
  }

  /** @param {string[]} media */
  paint(media) {
    const src = pictureOf(media, location.href);
    setHidden(this.node, src === '');
    this.photo.show(src);
  }
}

/** The row of one event. */
export class QueueRow {
  /** @param {Context} ctx @param {EventRow} event */
  constructor(ctx, event) {
    this.ctx = ctx;
    this.parts = new RowParts(ctx);
    this.thumb = new Thumb();
    this.lines = Array.from({ length: 5 }, () => el('span', '')); // place, channel, department, worker, age
    const { tag, title, marks: listed, dots: points, step, left, sla } = this.parts;
    this.node = el('div', 'row', tag,
      el('div', 'tt', el('div', 't0', title, listed), el('div', 't2 el', ...this.lines)), this.thumb.node,
      el('div', 'sp8', points, step), el('div', 'tm', left, sla));
    const hooks = { 'data-testid': 'event-row', 'data-event-id': event.id, tabindex: '0', role: 'button' };
    for (const [name, value] of Object.entries(hooks)) setAttr(this.node, name, value);
  }

  /** The event changed. @param {Row} row @param {number} now */
  paint(row, now) {
    const { event } = row;
    const { ctx, lines } = this;
    setText(lines[0], event.place || event.region);
    setText(lines[1], ctx.name(ctx.config.channels[event.channel], event.channel));
    setText(lines[2], departmentName(ctx, event.dept));
    setText(lines[3], workerName(ctx, event.worker));
    setAttr(this.node, 'data-step', event.step);
    this.node.classList.remove('gone');
    this.thumb.paint(event.media);
    this.parts.paint(event, now);
    this.clock(row, now);
  }

  /** Only time went by. @param {Row} row @param {number} now */
  clock(row, now) {
    setText(this.lines[4], ageWords(row.event, now, this.ctx.t));
    this.parts.clock(row, now, this.node);
  }

  /** Closed: it keeps its place, greyed, until the next sort. @param {string} words */
  retire(words) {
    this.node.classList.add('gone');
    this.node.removeAttribute('data-testid');
    setText(this.parts.left, words);
  }
}
