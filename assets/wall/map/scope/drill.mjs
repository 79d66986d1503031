/**
 * The wall's scope, put together: the city's tree is fetched, the address and the keyboard lead to a region and away from it,
 * the maps show it (its outline, the rest dimmed, its children's names first). What each screen then shows is the screen's.
 *
 * @typedef {import('../../types.mjs').Context} Context
 * @typedef {import('../../scope.mjs').RegionTree} Tree
 * @typedef {import('../viewport.mjs').Viewport} Viewport
 * @typedef {import('../ground/names.mjs').PlaceName} PlaceName
 */
import { byId, el, setHidden, setText } from '../../dom.mjs';
import { RegionTree, waitingOutside } from '../../scope.mjs';
import { Crumbs } from './crumbs.mjs';
import { namesOfTree } from '../ground/names.mjs';
import { Land } from './regions.mjs';
import { scopeLayer } from './scopelayer.mjs';

const RETRY_MS = 5000;
const PARAMETER = 'scope';
/** Screens that say in their title what part of the city they show; the map has the path instead. */
const TITLED = ['screen-queue', 'screen-workers', 'screen-kpi'];
const KINDS = /** @type {const} */ (['district', 'district', 'town', 'community', 'grid']);

/** What a key means for the scope, null for nothing. @param {{key: string, altKey: boolean, ctrlKey: boolean, metaKey: boolean}} pressed
 * @returns {'up'|'next'|'previous'|'search'|'menu'|null} */
export function meaning({ key, altKey, ctrlKey, metaKey }) {
  if (ctrlKey || metaKey) return null;
  if (altKey) return /** @type {const} */ ({ ArrowUp: 'up', ArrowRight: 'next', ArrowLeft: 'previous', ArrowDown: 'menu' })[/** @type {'ArrowUp'} */ (key)] ?? null;
  return /** @type {const} */ ({ Backspace: 'up', '/': 'search', Enter: 'menu' })[/** @type {'/'} */ (key)] ?? null;
}

/** The address with the scope in it. @param {string} href @param {string} scope @returns {string} */
export function addressOf(href, scope) {
  const url = new URL(href);
  if (scope) url.searchParams.set(PARAMETER, scope);
  else url.searchParams.delete(PARAMETER);
  return url.href;
}

/** @param {Context} ctx @returns {import('../../types.mjs').Screen} */
export function mount(ctx) {
  return new Drill(ctx);
}

class Drill {
  /** @param {Context} ctx */
  constructor(ctx) {
    this.ctx = ctx;
    this.asked = -Infinity;
    this.titles = TITLED.map((id) => titleOf(byId(id)));
    this.outside = outsideNotice(ctx);
    this.crumbs = new Crumbs(ctx, byId('screen-map'), (node) => this.go(node));
    this.grids = byId('screen-map').querySelector('[data-slot=grids]');
    ctx.on('scope', () => this.#show());
    document.addEventListener('keydown', (event) => this.#key(event));
    void this.#load();
  }

  frame() {}

  /** @param {number} now UTC ms */
  tick(now) {
    if (!this.ctx.regions && now - this.asked > RETRY_MS) void this.#load();
    this.outside(waitingOutside(this.ctx.picture, this.ctx.scope)[4]);
  }

  /** Make a region the scope. @param {number} node */
  go(node) {
    const { regions } = this.ctx;
    if (regions && node >= 0) this.ctx.setScope(regions.scope(node));
  }

  async #load() {
    const { ctx } = this;
    this.asked = ctx.now();
    const [codes, file] = await Promise.all([ctx.map.furnished, fetch('/city/regions.json').then((answer) => (answer.ok ? answer.json() : null), () => null)]);
    if (!file || ctx.regions) return;
    const { stage } = ctx.map;
    const tree = new RegionTree(file, ctx.config.locale === 'en' ? this.#foreign(file.codes[0]) : undefined);
    ctx.regions = tree;
    if (stage.grids) this.#settle(new Land(stage.grids, codes, tree));
    this.#enter(tree);
  }

  /** Names in the reader's language, as far as the city has them. @param {string} city its code @returns {Map<string, string>} */
  #foreign(city) {
    const { ctx } = this;
    const coded = ctx.map.stage.names.filter(({ code }) => code);
    return new Map([[city, ctx.name(ctx.config.city.name, '')], ...coded.map(({ code, name }) => /** @type {[string, string]} */ ([code, name]))]);
  }

  /** The tree has ground to stand on. @param {Land} land */
  #settle(land) {
    const { map } = this.ctx;
    map.land = land;
    map.stage.names = namesOfTree(map.stage.names, land.tree, land, KINDS);
    map.layers.add(scopeLayer(this.ctx, land, (node) => this.go(node)));
  }

  /** What the address asks for. @param {Tree} tree */
  #enter(tree) {
    const asked = new URL(location.href).searchParams.get(PARAMETER) ?? '';
    const node = tree.node(asked);
    if (node < 0) this.crumbs.say(this.ctx.t('scope.unknown', asked.slice(0, 20)));
    if (node > 0) this.go(node);
    else this.#show();
  }

  /** The scope is another. */
  #show() {
    const { ctx, ctx: { regions: tree, map: { land } } } = this;
    if (!tree) return;
    const node = Math.max(0, tree.node(ctx.scope));
    this.crumbs.paint(node);
    for (const title of this.titles) title(node > 0 ? tree.name(node) : '');
    if (this.grids) setText(this.grids, String(land ? land.rings(node).length.toLocaleString('en-US') : '—'));
    const address = addressOf(location.href, ctx.scope);
    if (address !== location.href) history.replaceState(history.state, '', address);
    this.tick(ctx.now());
    const { stage } = ctx.map;
    const children = new Set(tree.children(node).map((child) => tree.codes[child]));
    for (const name of stage.names) name.first = node > 0 && children.has(name.code);
    stage.restyle(stage.palette, stage.u);
    if (land && (node > 0 || this.moved)) ctx.map.settle(node > 0 ? degrees(land.bounds(node)) : null);
    this.moved = true;
  }

  /** The city's whole view is the first one already: it is gone to only after another. */
  moved = false;

  /** @param {KeyboardEvent} event */
  #key(event) {
    const target = /** @type {Element} */ (event.target);
    const tree = this.ctx.regions;
    const wish = meaning(event);
    if (!wish || !tree || event.defaultPrevented || target.closest('input, textarea, select, [contenteditable], [role=menu]')) return;
    if (event.key === 'Enter' && !target.classList.contains('wallmap')) return; // elsewhere Enter is the focused thing's
    event.preventDefault();
    const node = Math.max(0, tree.node(this.ctx.scope));
    if (wish === 'search') this.crumbs.search();
    else if (wish === 'menu') this.crumbs.open(node);
    else this.go(wish === 'up' ? tree.parent(node) : tree.sibling(node, wish === 'next' ? 1 : -1));
  }
}

/** @param {[number, number, number, number]|null} bounds Mercator @returns {[[number, number], [number, number]]|null} degrees */
export function degrees(bounds) {
  if (!bounds) return null;
  const lat = (/** @type {number} */ y) => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
  const lon = (/** @type {number} */ x) => (x - 0.5) * 360;
  return [[lat(bounds[3]), lon(bounds[0])], [lat(bounds[1]), lon(bounds[2])]];
}

/** The region's name after a screen's title. @param {HTMLElement} root @returns {(name: string) => void} */
function titleOf(root) {
  const node = el('span', 'where el');
  root.querySelector('.ph h2')?.after(node);
  return (name) => {
    setText(node, name);
    setHidden(node, name === '');
  };
}

/** 紧急 that nobody has accepted must not vanish behind a drill: a way back to the city, in the top bar.
 * @param {Context} ctx @returns {(count: number) => void} */
function outsideNotice(ctx) {
  const words = el('span', '');
  const button = el('button', 'outside', el('i', 'shape s4'), words);
  button.setAttribute('type', 'button');
  button.setAttribute('title', ctx.t('scope.back'));
  button.dataset.testid = 'outside';
  button.addEventListener('click', () => ctx.setScope(''));
  byId('top').querySelector('.alm')?.append(button);
  return (count) => {
    setHidden(button, !ctx.scope || count === 0);
    setText(words, ctx.t('scope.outside', count));
  };
}
