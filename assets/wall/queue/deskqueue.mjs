/**
 * The queue on the console: filtered, searched, only the lines in sight in the page. What arrives never moves what is being
 * read: it is announced, and comes in when it is asked for, or at once while nobody reads. Groups and order are desk.mjs's.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('../types.mjs').Screen} Screen
 * @typedef {import('./desk.mjs').Layout} Layout
 * @typedef {import('./order.mjs').Row} Row
 */
import { numberText } from '../i18n.mjs';
import { el, setAttr, setHidden, setText, unit } from '../dom.mjs';
import { frozen } from '../panel.mjs';
import { eventsIn } from '../scope.mjs';
import { revealed, stepped, windowOf } from '../workers/listing.mjs';
import { DESK_GROUPS, ROW_SLOTS, deskRows, difference, fits, laidOut, mayRearrange, rowsWithin } from './desk.mjs';
import { deskBar } from './deskbar.mjs';
import { DeskRow, deskHead } from './deskrow.mjs';
import { Finder, loadSpell, partsOf } from './find.mjs';
import { row } from './order.mjs';
import { PastList } from './pastlist.mjs';
import { makeRoom } from './queue.mjs';

const SLOT_U = 31;
const SORT_MS = 5000; // time alone moves rows between groups
const BUSY_MS = 1000;
const FRESH_MS = 5000;
const LETTERS = /** @type {Record<string, string>} */ ({ j: 'ArrowDown', k: 'ArrowUp' });

/**
 * @param {Context} ctx @param {HTMLElement} box emptied and filled
 * @returns {Screen & {key: (event: KeyboardEvent) => boolean, find: () => void}} `key`: moves and selects, for keys pressed elsewhere on the page (true: it was one
 *   of the list's); `find`: puts the cursor into the search
 */
export function mount(ctx, box) {
  return new DeskQueue(ctx, box);
}

class DeskQueue {
  /** @param {Context} ctx @param {HTMLElement} box */
  constructor(ctx, box) {
    this.ctx = ctx;
    this.finder = new Finder(ctx);
    /** What is shown. @type {Row[][]} */
    this.groups = DESK_GROUPS.map(() => []);
    /** @type {Layout} */
    this.layout = laidOut(this.groups);
    this.state = { dirty: true, sorted: -Infinity, first: true, asked: 0, warming: false };
    this.reader = { inside: false, keyed: -Infinity };
    this.active = '';
    /** When a row came in, for its edge. @type {Map<string, number>} */
    this.born = new Map();
    this.past = new PastList(ctx, (open) => this.giveWay(open));
    this.bar = deskBar(ctx, {
      changed: () => { this.past.close(); this.again(); },
      down: () => (this.past.isOpen ? this.past : this.list).focus(),
      past: (text) => void this.past.ask(text),
    });
    this.list = el('div', 'dlist');
    this.win = el('div', 'dwin'); // the list and the announcement over it: a pointer on either is reading
    this.spacer = el('div', 'dall');
    this.none = el('p', 'none', ctx.t('queue.desk.none'));
    this.news = el('button', 'btn sm dnews');
    this.heads = DESK_GROUPS.map((key) => deskHead(ctx.t(`queue.desk.${key}`)));
    /** @type {DeskRow[]} */
    this.pool = [];
    this.jumps = DESK_GROUPS.map((_, group) => this.jump(group));
    this.jumpBar = el('div', 'djumps', ...this.jumps.map(({ node }) => node));
    this.build(box);
    this.listen();
    loadSpell().then((spell) => { this.finder.learn(spell); if (this.bar.wanted.text) this.again(); }, () => undefined); // initials remain
  }

  /** @param {HTMLElement} box */
  build(box) {
    const { ctx: { t }, list, news } = this;
    for (const [key, value] of [['role', 'listbox'], ['tabindex', '0'], ['aria-label', t('queue.desk.list')]]) setAttr(list, key, value);
    setAttr(news, 'type', 'button');
    news.hidden = true;
    const said = el('div', 'dsaid', news);
    this.win.append(list, said);
    setAttr(said, 'aria-live', 'polite');
    this.spacer.append(...this.heads.map(({ node }) => node));
    list.append(this.spacer, this.none);
    box.replaceChildren(el('div', 'deskq', this.bar.node, this.jumpBar, this.win, this.past.node));
  }

  /** A group's count, which leads to it. @param {number} group */
  jump(group) {
    const [count, node] = [el('b', ''), el('button', `tab g-${DESK_GROUPS[group]}`, this.ctx.t(`queue.desk.${DESK_GROUPS[group]}`))];
    setAttr(node, 'type', 'button');
    node.append(count);
    node.addEventListener('click', () => {
      const head = this.layout.heads.find((one) => one.group === group);
      if (head) this.list.scrollTop = head.at * this.slot;
    });
    return {
      node,
      /** @param {number} n */
      paint: (n) => { setText(count, numberText(n)); node.classList.toggle('some', n > 0); },
    };
  }

  listen() {
    const { ctx, list, win, reader } = this;
    list.addEventListener('scroll', () => this.soon(), { passive: true });
    win.addEventListener('pointerenter', () => { reader.inside = true; });
    win.addEventListener('pointerleave', () => { reader.inside = false; });
    list.addEventListener('click', (event) => {
      const line = event.target instanceof Element ? event.target.closest('[data-event-id]') : null;
      if (line) this.pick(line.getAttribute('data-event-id') ?? '');
    });
    list.addEventListener('keydown', (event) => { if (this.key(event)) event.preventDefault(); });
    this.news.addEventListener('click', () => this.bringIn());
    new ResizeObserver(() => this.soon()).observe(list);
    ctx.on('select', () => this.soon());
    ctx.on('scope', () => this.again());
  }

  find() {
    this.bar.find();
  }

  /** To what was found in the history, and back. @param {boolean} past */
  giveWay(past) {
    for (const node of [this.jumpBar, this.win]) setHidden(node, past);
    if (!past) this.again();
  }

  /** @param {import('../types.mjs').Change} change */
  frame({ snapshot, put, del, keys }) {
    if (keys.has('roster')) this.finder.renamed();
    if (!snapshot && put.length === 0 && del.length === 0 && !keys.has('risk') && !keys.has('roster')) return;
    this.state.dirty = true;
    const now = this.ctx.now();
    if (this.state.first || now - this.state.sorted >= BUSY_MS) this.settle(now);
    else this.soon();
  }

  /** @param {number} now */
  tick(now) {
    if (frozen(this.ctx, now)) return; // timers stop with the link
    const { dirty, sorted } = this.state;
    if (this.list.offsetParent !== null && this.finder.spell) this.warm();
    if ((dirty && now - sorted >= BUSY_MS) || now - sorted >= SORT_MS) this.settle(now);
    else this.soon();
  }

  /** In idle moments, so that the first search need not wait. */
  warm() {
    if (this.state.warming) return;
    this.state.warming = true;
    requestIdleCallback((idle) => {
      this.state.warming = false;
      if (!this.finder.warm(this.ctx.picture.events, () => idle.timeRemaining() < 2)) this.warm();
    });
  }

  /** The rows as they should stand now. @param {number} now @returns {Row[][]} */
  sortedNow(now) {
    const { ctx, bar: { wanted }, finder } = this;
    const parts = partsOf(wanted.text);
    const events = eventsIn(ctx.picture, ctx.scope);
    return deskRows({ events, risk: ctx.picture.risk }, now, ctx.config, (event) => fits(event, wanted) && (parts.length === 0 || finder.has(event, parts)));
  }

  /** Rearranges if nobody reads, else says what would come. @param {number} now */
  settle(now) {
    const { state, reader, list, ctx } = this;
    if (!ctx.picture.asOf || list.offsetParent === null) return;
    const wanted = this.sortedNow(now);
    Object.assign(state, { dirty: false, sorted: now });
    const { arrived, moved } = state.first ? { arrived: [], moved: true } : difference(this.groups, wanted);
    if (state.first || mayRearrange({ top: list.scrollTop, ...reader }, now)) return void this.adopt(wanted, arrived, now);
    this.announce(arrived.length > 0 ? ctx.t('queue.desk.arrived', numberText(arrived.length)) : moved ? ctx.t('queue.desk.moved') : '');
    this.soon();
  }

  /** @param {string} words */
  announce(words) {
    setText(this.news, words);
    setHidden(this.news, words === '');
  }

  /** @param {Row[][]} groups @param {string[]} arrived ids to be marked as new @param {number} now */
  adopt(groups, arrived, now) {
    for (const [id, at] of this.born) if (now - at >= FRESH_MS) this.born.delete(id);
    for (const id of arrived) this.born.set(id, now);
    this.groups = groups;
    this.layout = laidOut(groups);
    this.state.first = false;
    this.announce('');
    this.jumps.forEach(({ paint }, group) => paint(groups[group].length));
    makeRoom(this.list, this.ctx, this.layout.rows.map((one) => one.event));
    this.soon();
  }

  /** What has been announced comes in, and the first of it into sight. */
  bringIn() {
    const now = this.ctx.now();
    const wanted = this.sortedNow(now);
    const { arrived } = difference(this.groups, wanted);
    this.adopt(wanted, arrived, now);
    const fresh = new Set(arrived);
    const line = this.layout.rows.findIndex((one) => fresh.has(one.event.id));
    this.stretch();
    this.list.focus();
    if (line < 0) return void (this.list.scrollTop = 0);
    this.active = this.layout.rows[line].event.id;
    this.reveal(line);
  }

  /** A person wants it otherwise: at once. */
  again() {
    if (!this.ctx.picture.asOf) return;
    const now = this.ctx.now();
    this.list.scrollTop = 0;
    Object.assign(this.state, { dirty: false, sorted: now });
    this.adopt(this.sortedNow(now), [], now);
  }

  /** Paint with the next picture of the screen, once. */
  soon() {
    if (!this.state.asked) this.state.asked = requestAnimationFrame(() => { this.state.asked = 0; this.paint(); });
  }

  get slot() {
    return SLOT_U * unit();
  }

  stretch() {
    setAttr(this.spacer, 'style', `height:${this.layout.slots * this.slot}px`);
  }

  paint() {
    if (this.list.offsetParent === null) return;
    const { layout: { rows, at, heads, slots }, list, pool, slot } = this;
    this.stretch();
    setHidden(this.none, rows.length > 0 || this.state.first);
    this.heads.forEach((head, group) => head.paint(heads.find((one) => one.group === group), slot));
    const [from, to] = rowsWithin(at, ...windowOf(list.scrollTop, list.clientHeight, slot, slots));
    while (pool.length < to - from) this.spacer.append(pool[pool.push(new DeskRow(this.ctx)) - 1].node);
    for (let line = from; line < from + pool.length; line += 1) {
      const painted = pool[line % pool.length];
      if (line < to) this.paintRow(painted, rows[line], at[line] * slot);
      else painted.node.hidden = true;
    }
    setAttr(list, 'aria-activedescendant', this.active ? `desk-${this.active}` : '');
  }

  /** @param {DeskRow} painted @param {Row} shown @param {number} y */
  paintRow(painted, { event: before }, y) {
    const { ctx, born } = this;
    const now = ctx.now();
    const event = ctx.picture.events.get(before.id);
    const one = row(event ?? before, now, ctx.picture.risk[before.id]);
    painted.paint(one, now, { y, gone: !event, at: before.id === this.active, fresh: now - (born.get(before.id) ?? -Infinity) < FRESH_MS });
  }

  /** @param {string} id */
  pick(id) {
    this.active = id;
    this.ctx.select({ kind: 'event', id });
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether it was for the list */
  key({ key, ctrlKey, metaKey, altKey }) {
    if (ctrlKey || metaKey || altKey) return false;
    if (this.past.isOpen) return this.past.key({ key });
    const { rows } = this.layout;
    const line = rows.findIndex((one) => one.event.id === this.active);
    if (key === 'Enter' && line >= 0) this.pick(this.active);
    if (key === 'Enter') return line >= 0;
    const page = Math.max(1, Math.floor(this.list.clientHeight / (ROW_SLOTS * this.slot)) - 1);
    const to = stepped(LETTERS[key] ?? key, line, rows.length, page);
    if (to === null) return false;
    this.reader.keyed = this.ctx.now();
    this.active = rows[to].event.id;
    this.reveal(to);
    this.soon();
    return true;
  }

  /** @param {number} line */
  reveal(line) {
    const { layout: { at }, list, slot } = this;
    const first = line === 0 ? 0 : at[line]; // above the first row its group's head is seen, too
    for (const one of [first, at[line], at[line] + ROW_SLOTS - 1]) list.scrollTop = revealed(one, list.scrollTop, list.clientHeight, slot);
  }
}
