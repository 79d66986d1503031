/**
 * The path to the scope in the situation map's header: 常州市 › 武进区 › 湖塘镇. A name leads there; the sign after it opens the
 * list of what lies below it; a search finds any region by name. Knows no map.
 *
 * @typedef {import('../../types.mjs').Context} Context
 */
import { el, setAttr, setHidden, setText } from '../../dom.mjs';
import { numberText } from '../../i18n.mjs';
import { openByChild } from '../../scope.mjs';

const FOUND = 12;
const NOTICE_MS = 10_000;

export class Crumbs {
  /** @param {Context} ctx @param {HTMLElement} root the map's panel @param {(node: number) => void} go */
  constructor(ctx, root, go) {
    this.ctx = ctx;
    this.go = go;
    this.path = el('ol', '');
    this.notice = el('span', 'note');
    this.menu = el('div', 'regionmenu');
    this.nav = el('nav', 'crumbs', this.path, this.notice);
    setAttr(this.nav, 'aria-label', ctx.t('scope.path'));
    setAttr(this.notice, 'role', 'status');
    setHidden(this.menu, true);
    root.querySelector('.ph h2')?.after(this.nav);
    root.append(this.menu);
    /** What opened the menu, to which the focus goes back. @type {HTMLElement|null} */
    this.opener = null;
    this.menu.addEventListener('keydown', (event) => this.#key(event));
    document.addEventListener('pointerdown', (event) => {
      if (!this.menu.hidden && event.target instanceof Node && !this.menu.contains(event.target) && !this.nav.contains(event.target)) this.close();
    });
  }

  /** A sentence that goes away by itself. @param {string} words */
  say(words) {
    setText(this.notice, words);
    setTimeout(() => setText(this.notice, ''), NOTICE_MS);
  }

  /** @param {number} node the scope */
  paint(node) {
    const tree = this.ctx.regions;
    if (!tree) return;
    this.close();
    const path = tree.path(node);
    this.path.replaceChildren(...path.map((step) => this.#step(step, step === node)), this.#finder());
  }

  /** @param {number} step @param {boolean} last @returns {HTMLElement} */
  #step(step, last) {
    const tree = /** @type {import('../../scope.mjs').RegionTree} */ (this.ctx.regions);
    const name = button('name el', tree.name(step), tree.place(step), () => this.go(step));
    if (last) setAttr(name, 'aria-current', 'location');
    const item = el('li', '', name);
    if (tree.children(step).length === 0) return item;
    const below = button('below', '›', this.ctx.t('scope.below', tree.name(step)), () => (this.opener === below ? this.close() : this.#list(step, below)));
    for (const [key, value] of Object.entries({ 'aria-haspopup': 'menu', 'aria-expanded': 'false' })) setAttr(below, key, value);
    item.append(below);
    return item;
  }

  /** @returns {HTMLElement} */
  #finder() {
    const find = button('find', '', this.ctx.t('scope.search'), () => (this.opener === find ? this.close() : this.#search(find)));
    find.append(el('i', 'icon i-find'));
    return el('li', '', find);
  }

  /** The list of what lies below a region of the path. @param {number} node */
  open(node) {
    const buttons = [...this.path.querySelectorAll('.below')];
    const at = this.ctx.regions?.path(node).length ?? 0;
    const below = buttons[at - 1];
    if (below instanceof HTMLElement) this.#list(node, below);
  }

  search() {
    const find = this.path.querySelector('.find');
    if (find instanceof HTMLElement) this.#search(find);
  }

  close() {
    const had = this.menu.contains(document.activeElement);
    setHidden(this.menu, true);
    this.menu.replaceChildren();
    this.opener?.setAttribute('aria-expanded', 'false');
    if (had && this.opener?.isConnected) this.opener.focus();
    this.opener = null;
  }

  /** @param {HTMLElement} opener @param {...HTMLElement} parts */
  #show(opener, ...parts) {
    this.close();
    this.opener = opener;
    opener.setAttribute('aria-expanded', 'true');
    this.menu.replaceChildren(...parts);
    setHidden(this.menu, false);
    const [frame, at] = [/** @type {HTMLElement} */ (this.menu.parentElement).getBoundingClientRect(), opener.getBoundingClientRect()];
    this.menu.style.left = `${Math.max(0, Math.min(at.left - frame.left, frame.width - this.menu.offsetWidth))}px`;
  }

  /** @param {number} node @param {HTMLElement} opener */
  #list(node, opener) {
    const { ctx } = this;
    const tree = /** @type {import('../../scope.mjs').RegionTree} */ (ctx.regions);
    const counts = openByChild(ctx.picture.events.values(), tree.scope(node));
    const inPath = new Set(tree.path(Math.max(0, tree.node(ctx.scope))));
    const items = tree.children(node).map((child) => this.#item(child, tree.name(child), counts.get(tree.codes[child]), inPath.has(child)));
    this.#show(opener, el('header', '', ctx.t('scope.below', tree.name(node)), el('span', '', ctx.t('scope.open'))), this.#box(items));
    const first = items.find((item) => item.classList.contains('on')) ?? items[0];
    first?.focus();
  }

  /** @param {HTMLElement[]} items @returns {HTMLElement} */
  #box(items) {
    const box = el('div', 'items', ...items);
    setAttr(box, 'role', 'menu');
    return box;
  }

  /** @param {number} node @param {string} words @param {{open: number, urgent: number}|undefined} count @param {boolean} on @returns {HTMLElement} */
  #item(node, words, count, on) {
    const item = button(on ? 'on' : '', '', '', () => this.go(node));
    setAttr(item, 'role', 'menuitem');
    item.append(el('span', 'el', words));
    if (count?.urgent) item.append(el('i', 'shape s4'));
    if (count) item.append(el('b', '', numberText(count.open)));
    return item;
  }

  /** @param {HTMLElement} opener */
  #search(opener) {
    const { t } = this.ctx;
    const input = /** @type {HTMLInputElement} */ (el('input', ''));
    for (const [key, value] of Object.entries({ type: 'search', placeholder: t('scope.search.hint'), 'aria-label': t('scope.search'), autocomplete: 'off' })) setAttr(input, key, value);
    const box = this.#box([]);
    const none = el('p', '', '');
    this.#show(opener, input, box, none);
    input.addEventListener('input', () => {
      const tree = this.ctx.regions;
      const found = tree?.search(input.value, FOUND) ?? [];
      box.replaceChildren(...found.map((node) => this.#item(node, tree?.place(node) ?? '', undefined, false)));
      setText(none, found.length === 0 && input.value.trim() ? t('scope.search.none') : '');
    });
    input.focus();
  }

  /** Arrows move, Enter takes, Escape leaves. @param {KeyboardEvent} event */
  #key(event) {
    const items = /** @type {HTMLElement[]} */ ([...this.menu.querySelectorAll('[role=menuitem]')]);
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === 'Escape') this.close();
    else if (event.key === 'Enter' && at < 0) items[0]?.click();
    else if (to !== undefined && items.length && !(at < 0 && event.key.length < 5)) (to < 0 ? this.menu.querySelector('input') ?? items[0] : items[Math.min(to, items.length - 1)]).focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** @param {string} className @param {string} words @param {string} title @param {() => void} press @returns {HTMLElement} */
function button(className, words, title, press) {
  const made = el('button', className, words);
  setAttr(made, 'type', 'button');
  if (title) for (const key of ['title', 'aria-label']) setAttr(made, key, title);
  made.addEventListener('click', press);
  return made;
}
