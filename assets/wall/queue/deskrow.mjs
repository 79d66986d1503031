/**
 * One line of the console's queue as DOM, used again for whatever event scrolls under it, and the head of a group.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('./order.mjs').Row} Row
 */
import { numberText } from '../i18n.mjs';
import { el, setAttr, setText } from '../dom.mjs';
import { ageBrief, departmentName, workerName } from './marks.mjs';
import { RowParts } from './row.mjs';

export class DeskRow {
  /** @param {Context} ctx */
  constructor(ctx) {
    this.ctx = ctx;
    this.parts = new RowParts(ctx);
    this.age = el('span', 'dage');
    this.lines = Array.from({ length: 4 }, () => el('span', '')); // place, channel, department, worker
    const { tag, title, left, sla, dots, step, marks } = this.parts;
    this.node = el('div', 'row drow', tag, title, this.age, el('div', 't2 el', ...this.lines), el('div', 'sp8', dots, step, marks), el('div', 'tm', left, sla));
    setAttr(this.node, 'role', 'option');
    setAttr(this.node, 'data-testid', 'event-row');
  }

  /** @param {Row} row @param {number} now @param {{y: number, gone: boolean, at: boolean, fresh: boolean}} look `y` px from the top */
  paint(row, now, { y, gone, at, fresh }) {
    const { event } = row;
    const { ctx, node, lines, parts } = this;
    node.hidden = false;
    setAttr(node, 'style', `transform:translateY(${y}px)`);
    setAttr(node, 'data-event-id', event.id);
    setAttr(node, 'data-step', event.step);
    setAttr(node, 'id', `desk-${event.id}`);
    const chosen = ctx.selection?.kind === 'event' && ctx.selection.id === event.id;
    setAttr(node, 'aria-selected', String(chosen));
    parts.paint(event, now);
    parts.clock(row, now, node);
    if (gone) setText(parts.left, ctx.t('queue.closed'));
    for (const [name, on] of Object.entries({ sel: chosen, gone, at, fresh })) node.classList.toggle(name, on);
    setText(this.age, ageBrief(event, now, ctx.t));
    const words = [event.place || event.region, ctx.name(ctx.config.channels[event.channel], event.channel), departmentName(ctx, event.dept), workerName(ctx, event.worker)];
    words.forEach((text, k) => setText(lines[k], text));
  }
}

/** The head of a group in the list. @param {string} title */
export function deskHead(title) {
  const count = el('span', '');
  const node = el('div', 'grp dgrp', el('b', '', title), count, el('i', ''));
  setAttr(node, 'role', 'presentation');
  return {
    node,
    /** @param {{count: number, at: number}|undefined} head @param {number} slot px of a slot */
    paint(head, slot) {
      node.hidden = !head;
      if (!head) return;
      setText(count, numberText(head.count));
      setAttr(node, 'style', `transform:translateY(${head.at * slot}px)`);
    },
  };
}
