/**
 * Choosing workers: a search over the roster by name or number, the worker selected on the wall, and those chosen as
 * numbered chips. Up to six, because there are six data colours.
 *
 * @typedef {import('../../types.mjs').Context} Context
 * @typedef {import('../../types.mjs').Workers} Workers
 */
import { person } from '../dispatch/card.mjs';
import { button } from '../controls.mjs';
import { el, setAttr, setHidden, setText } from '../../dom.mjs';
import { tokenOf } from './trackdraw.mjs';

/** Workers at once. */
export const MOST = 6;
const SHOWN = 6;

/**
 * Rows whose name or number holds `text`: those that begin with it first. @param {Workers} workers @param {string} text
 * @param {number} [most] @returns {{rows: number[], more: number}} `more`: how many others there are
 */
export function search({ n, ids, names }, text, most = SHOWN) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return { rows: [], more: 0 };
  /** @type {[number[], number[]]} */
  const found = [[], []];
  for (let row = 0; row < n; row++) {
    const [id, name] = [(ids[row] ?? '').toLowerCase(), (names[row] ?? '').toLowerCase()];
    if (id.startsWith(wanted) || name.startsWith(wanted)) found[0].push(row);
    else if (id.includes(wanted) || name.includes(wanted)) found[1].push(row);
  }
  const rows = [...found[0], ...found[1]];
  return { rows: rows.slice(0, most), more: Math.max(0, rows.length - most) };
}

/** Who is chosen, each in a slot of their own; slots keep their worker until it is taken out. */
export class Slots {
  constructor() {
    /** @type {(string|null)[]} */
    this.ids = Array(MOST).fill(null);
  }

  /** @param {string} id @returns {boolean} false when there is no room */
  add(id) {
    if (this.ids.includes(id)) return true;
    const free = this.ids.indexOf(null);
    if (free >= 0) this.ids[free] = id;
    return free >= 0;
  }

  /** @param {string} id */
  remove(id) {
    this.ids = this.ids.map((one) => (one === id ? null : one));
  }

  clear() {
    this.ids.fill(null);
  }

  /** @returns {{id: string, slot: number}[]} */
  get chosen() {
    return this.ids.flatMap((id, slot) => (id === null ? [] : [{ id, slot }]));
  }
}

export class WhoPick {
  /** @param {Context} ctx @param {() => void} changed */
  constructor(ctx, changed) {
    this.ctx = ctx;
    this.changed = changed;
    this.slots = new Slots();
    this.input = document.createElement('input');
    this.input.type = 'search';
    this.input.autocomplete = 'off';
    for (const name of ['placeholder', 'aria-label']) setAttr(this.input, name, ctx.t('who.search'));
    this.input.addEventListener('input', () => this.#search());
    this.input.addEventListener('keydown', (event) => event.key === 'Enter' && this.#first());
    this.found = el('ul', 'found');
    this.picked = button('', 'add', () => this.#addSelected());
    this.chips = el('ul', 'chips');
    this.node = el('div', 'whopick', this.chips, this.picked, this.input, this.found);
    ctx.on('select', () => this.show());
    this.show();
  }

  /** @param {string} id */
  add(id) {
    if (!this.slots.add(id)) return;
    this.show();
    this.changed();
  }

  /** @param {string} id */
  #remove(id) {
    this.slots.remove(id);
    this.show();
    this.changed();
  }

  /** The worker selected on the wall, if not chosen yet. @returns {string|null} */
  get selected() {
    const { selection } = this.ctx;
    return selection?.kind === 'worker' && !this.slots.ids.includes(selection.id) ? selection.id : null;
  }

  #addSelected() {
    if (this.selected) this.add(this.selected);
  }

  #first() {
    const { rows: [row] } = search(this.ctx.picture.workers, this.input.value, 1);
    if (row !== undefined) return this.#take(row);
    const typed = this.input.value.trim();
    if (typed && this.ctx.picture.partial) this.add(typed); // not everybody is known here: a number may be right all the same
  }

  /** @param {number} row */
  #take(row) {
    this.input.value = '';
    this.#search();
    this.add(this.ctx.picture.workers.ids[row]);
    this.input.focus();
  }

  #search() {
    const { rows, more } = search(this.ctx.picture.workers, this.input.value);
    const items = rows.map((row) => el('li', '', button(this.#words(row), 'row', () => this.#take(row))));
    if (more) items.push(el('li', 'more', this.ctx.t('who.more', more)));
    else if (!rows.length && this.input.value.trim()) items.push(el('li', 'more', this.ctx.t('who.none')));
    this.found.replaceChildren(...items);
  }

  /** Name, role and town: there are many of one name. @param {number} row @returns {string} */
  #words(row) {
    const { name, role } = person(this.ctx, row);
    const town = this.ctx.config.towns[this.ctx.picture.workers.regions[row]?.slice(0, 9)] ?? '';
    return [name, role, town].filter(Boolean).join(' ');
  }

  /** @param {string} id @returns {string} */
  nameOf(id) {
    const row = this.ctx.picture.workers.rowOf.get(id);
    return row === undefined ? id : this.ctx.picture.workers.names[row] || id;
  }

  show() {
    const { t } = this.ctx;
    const { chosen } = this.slots;
    this.chips.replaceChildren(...chosen.map(({ id, slot }) => this.#chip(id, slot)));
    const full = chosen.length >= MOST;
    setText(this.picked, this.selected ? t('who.add', this.nameOf(this.selected)) : '');
    setHidden(this.picked, full || !this.selected);
    setHidden(this.input, full);
  }

  /** @param {string} id @param {number} slot @returns {HTMLElement} */
  #chip(id, slot) {
    const out = button('×', 'out', () => this.#remove(id));
    setAttr(out, 'aria-label', this.ctx.t('who.remove', this.nameOf(id)));
    const number = el('b', 'num', String(slot + 1));
    number.style.background = tokenOf(slot);
    return el('li', 'chip', number, el('span', 'el', this.nameOf(id)), out);
  }
}
