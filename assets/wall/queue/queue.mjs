/**
 * The event queue: paints what order.mjs says, keyed by event, calmly. It re-sorts at most once in five seconds and never
 * under a moving pointer; only a new 紧急 may come in sooner.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('../types.mjs').Screen} Screen
 * @typedef {import('../types.mjs').EventRow} EventRow
 * @typedef {import('./order.mjs').Group} Group
 * @typedef {{id: string, row: QueueRow, v: number, born: number}} Shown  `v` the version painted, `born` when it came in.
 */
import { clockText, momentText, numberText } from '../i18n.mjs';
import { arrange, byId, el, setAttr, setHidden, setText, slot, unit } from '../dom.mjs';
import { GROUPS, newest, overdue, row, rows } from './order.mjs';
import { QueueRow, SEVERITY, oneLine, severityTag } from './row.mjs';
import { widest } from '../process.mjs';
import { frozen } from '../panel.mjs';
import { eventsIn } from '../scope.mjs';

export { rows } from './order.mjs';

const SORT_MS = 5000;
const URGENT_MS = 1000;
const NEW_MS = 5000;
const HOLD_MS = 10_000; // a pointer that has not moved for so long holds nothing back
const ROW_UNITS = 35;
const HEAD_UNITS = 20;

/** Rows that fit into `height` px besides the three group heads. @param {number} height @param {number} u px of a unit */
export const fitting = (height, u) => Math.max(3, Math.floor((height / u - GROUPS.length * HEAD_UNITS) / ROW_UNITS));

/**
 * Whether to sort again now.
 * @param {{dirty: boolean, urgent: boolean, sorted: number, moved: number, inside: boolean}} state
 *   `urgent` a new 紧急 waits; `sorted`, `moved` when the queue was last sorted and the pointer last moved over it (ms).
 * @param {number} now
 */
export function mayResort({ dirty, urgent, sorted, moved, inside }, now) {
  if (inside && now - moved < HOLD_MS) return false;
  return now - sorted >= (urgent ? URGENT_MS : SORT_MS) && (urgent || dirty);
}

/** @param {EventRow|undefined} event @param {number} now */
const isNewUrgent = (event, now) => event?.sev === 4 && event.step === 'reported' && now - event.step_at < 2 * SORT_MS;

/** @param {Context} ctx @returns {Screen} */
export function mount(ctx) {
  return new Queue(ctx);
}

class Queue {
  /** @param {Context} ctx */
  constructor(ctx) {
    this.ctx = ctx;
    const root = byId('screen-queue');
    this.box = slot(root, 'rows');
    this.empty = slot(root, 'empty');
    this.counts = { open: slot(root, 'open'), overdue: slot(root, 'overdue'), reported: slot(root, 'reported') };
    this.heads = GROUPS.map((key) => head(ctx.t(`queue.${key}`)));
    this.latest = latestLine(ctx, slot(root, 'newest'));
    /** @type {Map<string, Shown>} */
    this.shown = new Map();
    this.pointer = { dirty: true, urgent: false, sorted: -Infinity, moved: -Infinity, inside: false };
    this.first = true;
    this.listen();
  }

  listen() {
    const { box, ctx, pointer } = this;
    const pick = (/** @type {Event} */ event) => {
      const target = event.target instanceof Element ? event.target.closest('[data-event-id]') : null;
      const id = target?.getAttribute('data-event-id');
      if (id) ctx.select({ kind: 'event', id });
    };
    box.addEventListener('click', pick);
    box.addEventListener('keydown', (event) => event.key === 'Enter' && pick(event));
    box.addEventListener('pointermove', () => Object.assign(pointer, { inside: true, moved: ctx.now() }));
    box.addEventListener('pointerleave', () => Object.assign(pointer, { inside: false }));
    new ResizeObserver(() => { pointer.dirty = true; pointer.sorted = -Infinity; this.settle(ctx.now()); }).observe(box);
    ctx.on('select', () => this.mark());
    ctx.on('scope', () => { this.first = true; this.settle(ctx.now()); this.latest(ctx.now(), this.shown); });
  }

  /** @param {import('../types.mjs').Change} change */
  frame(change) {
    const { snapshot, put, del, keys } = change;
    if (!snapshot && put.length === 0 && del.length === 0 && !keys.has('risk') && !keys.has('roster')) return;
    const now = this.ctx.now();
    this.pointer.dirty = true;
    this.pointer.urgent ||= put.some((id) => !this.shown.has(id) && isNewUrgent(this.ctx.picture.events.get(id), now));
    if (snapshot) this.pointer.sorted = -Infinity;
    for (const id of keys.has('roster') ? this.shown.keys() : put) this.refresh(id, now); // names have come
    for (const id of del) this.shown.get(id)?.row.retire(this.ctx.t('queue.closed'));
    this.settle(now);
    this.latest(now, this.shown);
  }

  /** @param {number} now */
  tick(now) {
    if (frozen(this.ctx, now)) return; // timers stop with the link
    this.settle(now);
    for (const shown of this.shown.values()) {
      const event = this.ctx.picture.events.get(shown.id);
      if (event) shown.row.clock(this.rowOf(event, now), now);
      shown.row.node.classList.toggle('new', now - shown.born < NEW_MS);
    }
    this.count(now);
    this.latest(now, this.shown);
  }

  /** The events this queue is of: those of the wall's scope. */
  get events() {
    return { events: eventsIn(this.ctx.picture, this.ctx.scope), risk: this.ctx.picture.risk };
  }

  /** @param {EventRow} event @param {number} now */
  rowOf(event, now) {
    return row(event, now, this.ctx.picture.risk[event.id]);
  }

  /** Sorts when it may. @param {number} now */
  settle(now) {
    if (!mayResort(this.pointer, now) && !this.first) return;
    if (!this.ctx.picture.asOf) return;
    Object.assign(this.pointer, { dirty: true, urgent: false, sorted: now }); // time alone moves rows between groups
    makeRoom(this.box, this.ctx, this.events.events.values());
    this.place(rows(this.events, now, { fit: fitting(this.box.clientHeight, unit()) }), now);
    this.first = false;
    this.count(now);
  }

  /** @param {Group[]} groups @param {number} now */
  place(groups, now) {
    const wanted = new Set(groups.flatMap((group) => group.rows.map((one) => one.event.id)));
    for (const id of [...this.shown.keys()]) if (!wanted.has(id)) this.shown.delete(id);
    const nodes = groups.flatMap((group, at) => {
      this.heads[at].paint(group, this.ctx.t);
      return [this.heads[at].node, ...group.rows.map((one) => this.nodeOf(one, now))];
    });
    const none = groups.every(({ total }) => total === 0);
    arrange(this.box, none ? [] : nodes);
    setHidden(this.empty, !none);
    if (none) this.sayEmpty(now);
    this.mark();
  }

  /** @param {import('./order.mjs').Row} one @param {number} now */
  nodeOf(one, now) {
    const { id, v } = one.event;
    let shown = this.shown.get(id);
    if (!shown) {
      const fresh = !this.first && now - one.event.reported < 2 * SORT_MS;
      shown = { id, row: new QueueRow(this.ctx, one.event), v: -1, born: fresh ? now : -Infinity };
      shown.row.node.classList.toggle('new', fresh);
      this.shown.set(id, shown);
    }
    if (shown.v !== v) shown.row.paint(one, now);
    shown.v = v;
    return shown.row.node;
  }

  /** @param {string} id @param {number} now */
  refresh(id, now) {
    const [shown, event] = [this.shown.get(id), this.ctx.picture.events.get(id)];
    if (!shown || !event) return;
    shown.row.paint(this.rowOf(event, now), now);
    shown.v = event.v;
  }

  mark() {
    const { selection } = this.ctx;
    for (const { id, row: { node } } of this.shown.values()) {
      const on = selection?.kind === 'event' && selection.id === id;
      node.classList.toggle('sel', on);
      setAttr(node, 'aria-pressed', String(on));
    }
  }

  /** @param {number} now */
  count(now) {
    const { ctx: { picture }, events } = this;
    const over = overdue(events, now);
    setText(this.counts.open, numberText(events.events.size));
    setText(this.counts.overdue, numberText(over));
    this.counts.overdue.parentElement?.classList.toggle('od', over > 0);
    setText(this.counts.reported, picture.kpi ? numberText(picture.kpi.city.reported) : '—');
  }

  /** @param {number} now */
  sayEmpty(now) {
    const { t, picture } = this.ctx;
    const last = picture.kpi?.last_closed ?? null;
    const note = last === null ? t('queue.empty.none') : t('queue.empty.last', momentText(last, now, t));
    if (this.empty.dataset.note === note) return;
    this.empty.dataset.note = note;
    this.empty.replaceChildren(el('span', '', t('queue.empty')), el('small', '', note));
  }
}

/** Dots and names of steps get one width down the list. @param {HTMLElement} box @param {Context} ctx @param {Iterable<EventRow>} events */
export function makeRoom(box, ctx, events) {
  const { dots, characters } = widest(ctx, events);
  box.style.setProperty('--dots', String(dots));
  box.style.setProperty('--characters', String(characters));
}

/** @param {string} title */
function head(title) {
  const [count, more] = [el('span', ''), el('span', 'more')];
  const node = el('div', 'grp', el('b', '', title), count, el('i', ''), more);
  return {
    node,
    /** @param {Group} group @param {Context['t']} t */
    paint({ total, rows: listed }, t) {
      setText(count, numberText(total));
      const rest = total - listed.length;
      setText(more, rest > 0 ? t('queue.more', numberText(rest)) : '');
    },
  };
}

/**
 * The line under the list: what was reported last, even when it stands too far down to be listed.
 * @param {Context} ctx @param {HTMLElement} box @returns {(now: number, shown: Map<string, unknown>) => void}
 */
function latestLine(ctx, box) {
  const [time, mark, title, where] = [el('b', ''), el('span', ''), el('span', 't1 el'), el('span', 'where el')];
  const line = el('div', 'latest', el('span', 'lab', ctx.t('queue.newest')), time, mark, title, where);
  box.append(line);
  let painted = '';
  line.addEventListener('click', () => line.dataset.eventId && ctx.select({ kind: 'event', id: line.dataset.eventId }));
  return (now, shown) => {
    const event = newest({ events: eventsIn(ctx.picture, ctx.scope) });
    setHidden(line, !event);
    if (!event) return;
    if (shown.has(event.id)) line.removeAttribute('data-testid');
    else setAttr(line, 'data-testid', 'event-row');
    line.classList.toggle('new', now - event.reported < NEW_MS);
    if (painted === `${event.id} ${event.v}`) return;
    painted = `${event.id} ${event.v}`;
    line.dataset.eventId = event.id;
    line.dataset.step = event.step;
    setText(time, clockText(event.reported));
    mark.replaceChildren(severityTag(event.sev, ctx.t(`severity.${SEVERITY[event.sev]}`)));
    setText(title, oneLine(event.title));
    setText(where, event.place);
  };
}
