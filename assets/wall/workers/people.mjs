/**
 * The list of all workers on the screen's own page: searched, filtered, sorted; only the lines in sight are in the page. Its
 * order changes when a person changes it, else at most once in five seconds and never under the pointer or the keyboard.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('./listing.mjs').Wanted} Wanted
 * @typedef {import('./listing.mjs').SortKey} SortKey
 */
import { ageText, numberText } from '../i18n.mjs';
import { el, setAttr, setText, slot, unit } from '../dom.mjs';
import { options, select } from './board.mjs';
import { DUTY_FILTERS, Hay, forgetNames, listed, revealed, stateOf, stepped, windowOf } from './listing.mjs';
import { areaName, placeOf } from './place.mjs';
import { ROLES, dutyOf, roleOf } from './roster.mjs';

const LINE_U = 30;
const SORT_MS = 5000;
const COLUMNS = /** @type {SortKey[]} */ (['name', 'id', 'role', 'duty', 'place', 'age']);

/** @param {Context} ctx @param {HTMLElement} root */
export function mount(ctx, root) {
  return new People(ctx, root);
}

export class People {
  /** @param {Context} ctx @param {HTMLElement} root */
  constructor(ctx, root) {
    this.ctx = ctx;
    this.lostMs = ctx.config.fix.lost_s * 1000;
    /** @type {Wanted} */
    this.wanted = { text: '', role: null, duty: null, scope: '', sort: 'place', down: false };
    this.area = '';
    this.hay = new Hay((region) => placeOf(ctx, region));
    /** @type {Uint32Array} */
    this.rows = new Uint32Array(0);
    this.sortedAt = -Infinity;
    this.active = '';
    this.pointed = false;
    this.asked = 0;
    this.box = slot(root, 'people');
    this.note = slot(root, 'people-note');
    this.spacer = el('div', 'people-all');
    this.none = el('p', 'none');
    /** @type {HTMLElement[]} */
    this.pool = [];
    this.box.append(this.spacer, this.none);
    this.heads = this.makeHeads(slot(root, 'people-head'));
    this.areas = this.makeFilters(slot(root, 'people-filter'));
    this.listen();
  }

  get shown() {
    return this.box.offsetParent !== null;
  }

  listen() {
    this.box.addEventListener('scroll', () => this.soon(), { passive: true });
    this.box.addEventListener('pointerenter', () => { this.pointed = true; });
    this.box.addEventListener('pointerleave', () => { this.pointed = false; });
    this.box.addEventListener('click', (event) => {
      const line = event.target instanceof Element ? event.target.closest('[data-worker-id]') : null;
      if (line) this.pick(line.getAttribute('data-worker-id') ?? '');
    });
    this.box.addEventListener('keydown', (event) => this.key(event));
    new ResizeObserver(() => this.soon()).observe(this.box);
    this.ctx.on('select', () => this.soon());
    this.ctx.on('scope', () => this.again());
  }

  /** @param {HTMLElement} row */
  makeHeads(row) {
    const heads = COLUMNS.map((key) => {
      const node = el('button', `h-${key}`, this.ctx.t(`workers.${key}`));
      setAttr(node, 'type', 'button');
      node.addEventListener('click', () => {
        this.wanted.down = this.wanted.sort === key && !this.wanted.down;
        this.wanted.sort = key;
        this.again();
      });
      return { key, node };
    });
    row.append(...heads.map(({ node }) => node));
    return heads;
  }

  /** @param {HTMLElement} bar @returns {HTMLSelectElement} the list of regions, whose entries come later */
  makeFilters(bar) {
    const { t } = this.ctx;
    const search = /** @type {HTMLInputElement} */ (el('input', 'find'));
    for (const [name, value] of [['type', 'search'], ['placeholder', t('workers.search')], ['aria-label', t('workers.search')]]) setAttr(search, name, value);
    search.addEventListener('input', () => { this.wanted.text = search.value; this.again(); });
    search.addEventListener('keydown', (event) => { if (event.key === 'ArrowDown') this.box.focus(); });
    const roles = select(t('workers.role'), (value) => { this.wanted.role = value === '' ? null : Number(value); this.again(); });
    options(roles, [['', t('workers.every.role')], ...ROLES.map((role, at) => /** @type {[string, string]} */ ([String(at), t(`role.${role}`)]))]);
    const duties = select(t('workers.duty'), (value) => { this.wanted.duty = value || null; this.again(); });
    options(duties, [['', t('workers.every.duty')], ...DUTY_FILTERS.map((key) => /** @type {[string, string]} */ ([key, t(`workers.${key}`)]))]);
    const areas = select(t('workers.district'), (value) => { this.area = value; this.again(); });
    bar.append(search, areas, roles, duties);
    return areas;
  }

  /** After the roster has changed. */
  renamed() {
    this.hay.clear();
    forgetNames();
    this.sortedAt = -Infinity;
  }

  /** The regions to choose from are those the board shows. */
  regions() {
    const rows = this.ctx.picture.staff?.rows ?? [];
    const codes = rows.map(({ code }) => code).join();
    if (codes === this.areas.dataset.codes) return;
    this.areas.dataset.codes = codes;
    options(this.areas, [['', this.ctx.t('workers.every.region')], ...rows.map(({ code }) => /** @type {[string, string]} */ ([code, areaName(this.ctx, code, this.ctx.picture.staff)]))]);
    this.area = this.areas.value;
  }

  /** A person wants it otherwise: at once. */
  again() {
    this.box.scrollTop = 0;
    this.sort(this.ctx.now());
  }

  /** @param {number} now */
  tick(now) {
    if (!this.shown || !this.ctx.picture.asOf) return;
    this.regions();
    const busy = this.pointed || this.box.contains(document.activeElement);
    if (now - this.sortedAt >= SORT_MS && (!busy || this.sortedAt === -Infinity)) this.sort(now);
    else this.soon();
  }

  /** @param {number} now */
  sort(now) {
    this.sortedAt = now;
    this.wanted.scope = this.area || this.ctx.scope;
    this.rows = listed(this.ctx.picture.workers, this.wanted, { now, lostMs: this.lostMs, hay: this.hay });
    setText(this.note, this.ctx.picture.partial ? this.ctx.t('workers.list.partial') : this.ctx.t('workers.count', numberText(this.rows.length)));
    setText(this.none, this.rows.length === 0 ? this.ctx.t('workers.list.none') : '');
    for (const { key, node } of this.heads) setAttr(node, 'aria-sort', key !== this.wanted.sort ? 'none' : this.wanted.down ? 'descending' : 'ascending');
    this.soon();
  }

  /** Paint with the next picture of the screen, once. */
  soon() {
    if (!this.asked) this.asked = requestAnimationFrame(() => { this.asked = 0; this.paint(); });
  }

  paint() {
    if (!this.shown) return;
    const high = LINE_U * unit();
    this.high = high;
    setAttr(this.spacer, 'style', `height:${this.rows.length * high}px`);
    const [first, end] = windowOf(this.box.scrollTop, this.box.clientHeight, high, this.rows.length);
    while (this.pool.length < end - first) this.pool.push(this.spacer.appendChild(this.line()));
    const size = this.pool.length;
    for (let at = first; at < first + size; at += 1) this.paintLine(this.pool[at % size], at, at < end, high);
    setAttr(this.box, 'aria-activedescendant', this.active ? `person-${this.active}` : '');
  }

  line() {
    const node = el('div', 'person', ...COLUMNS.map((key) => el('span', `el p-${key}`)));
    setAttr(node, 'role', 'option');
    return node;
  }

  /** @param {HTMLElement} node @param {number} at @param {boolean} seen @param {number} high */
  paintLine(node, at, seen, high) {
    if (!seen) return void (node.hidden = true);
    const { workers } = this.ctx.picture;
    const row = this.rows[at];
    const id = workers.ids[row] ?? '';
    node.hidden = false;
    setAttr(node, 'style', `transform:translateY(${at * high}px)`);
    setAttr(node, 'data-worker-id', id);
    setAttr(node, 'id', `person-${id}`);
    setAttr(node, 'aria-selected', String(this.ctx.selection?.kind === 'worker' && this.ctx.selection.id === id));
    node.classList.toggle('at', id === this.active);
    const state = stateOf(workers, row, this.ctx.now(), this.lostMs);
    setAttr(node, 'data-state', state);
    this.words(row, state).forEach((text, k) => setText(node.children[k], text));
  }

  /** @param {number} row @param {string} state */
  words(row, state) {
    const { t, picture: { workers } } = this.ctx;
    const time = workers.fixTime[row];
    return [
      workers.names[row] || workers.ids[row], workers.ids[row], t(`role.${roleOf(workers.flag[row])}`),
      t(`duty.${state === 'lost' ? 'lost' : dutyOf(workers.flag[row])}`), placeOf(this.ctx, workers.regions[row] ?? ''),
      Number.isNaN(time) ? t('workers.never') : ageText(this.ctx.now() - time, t),
    ];
  }

  /** @param {string} id */
  pick(id) {
    this.active = id;
    this.ctx.select({ kind: 'worker', id });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === 'Enter' && this.active) return this.pick(this.active);
    const high = this.high ?? LINE_U * unit();
    const { ids } = this.ctx.picture.workers;
    const page = Math.max(1, Math.floor(this.box.clientHeight / high) - 1);
    const to = stepped(event.key, this.rows.findIndex((row) => ids[row] === this.active), this.rows.length, page);
    if (to === null) return;
    event.preventDefault();
    this.active = ids[this.rows[to]];
    this.box.scrollTop = revealed(to, this.box.scrollTop, this.box.clientHeight, high);
    this.soon();
  }
}
