/**
 * The maps on the keyboard: arrows, + and −, Home; the situation map's readout, the list of keys and Escape. A map that has
 * the focus gets the keys, else the situation map. The scope's own keys are `drill.mjs`'s; they are only listed here.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('leaflet').Map} LeafletMap
 * @typedef {{key: string, ctrlKey: boolean, altKey: boolean, metaKey: boolean, shiftKey: boolean}} Pressed
 * @typedef {{do: 'pan', by: [number, number]}|{do: 'zoom', by: number}|{do: 'home'}|{do: 'tool', tool: string}|{do: 'clear'}} Act
 *   `by` of a pan: shares of `STEP`.
 */
import { el } from '../dom.mjs';

/** @type {Record<string, Act>} */
const ACTS = {
  ArrowLeft: { do: 'pan', by: [-1, 0] }, ArrowRight: { do: 'pan', by: [1, 0] }, ArrowUp: { do: 'pan', by: [0, -1] }, ArrowDown: { do: 'pan', by: [0, 1] },
  '+': { do: 'zoom', by: 1 }, '=': { do: 'zoom', by: 1 }, '-': { do: 'zoom', by: -1 }, _: { do: 'zoom', by: -1 },
  Home: { do: 'home' }, c: { do: 'tool', tool: 'readout' }, C: { do: 'tool', tool: 'readout' }, '?': { do: 'tool', tool: 'keys' }, '？': { do: 'tool', tool: 'keys' }, Escape: { do: 'clear' },
};
/** What the list says: keys, and the words for what they do. */
const LISTED = /** @type {const} */ ([
  ['← ↑ → ↓', 'map.keys.pan'], ['+ −', 'map.keys.zoom'], ['Home', 'map.home'], ['c', 'map.readout'], ['Alt+↑', 'map.keys.up'], ['/', 'map.keys.search'], ['Esc', 'map.keys.clear'], ['Tab', 'map.keys.tab'], ['?', 'map.keys'],
]);
const STEP = 80; // u
const FASTER = 3;

/** What a key means for a map, null for nothing. @param {Pressed} pressed @returns {Act|null} */
export function actOf({ key, ctrlKey, altKey, metaKey, shiftKey }) {
  if (ctrlKey || altKey || metaKey) return null;
  const act = Object.hasOwn(ACTS, key) ? ACTS[key] : null;
  if (act?.do !== 'pan' || !shiftKey) return act;
  return { do: 'pan', by: [FASTER * act.by[0], FASTER * act.by[1]] };
}

/** The next even step of zoom: on whole steps tiles are shown pixel by pixel. @param {number} zoom @param {number} step
 * @param {number} by 1 or −1 @returns {number} */
export function nextZoom(zoom, step, by) {
  const at = by > 0 ? Math.floor(zoom / step + 1e-3) : Math.ceil(zoom / step - 1e-3);
  return (at + by) * step;
}

/** Whether keys typed there are text or move a control of its own. @param {EventTarget|null} target @returns {boolean} */
function typing(target) {
  return target instanceof Element && target.closest('input,select,textarea,[contenteditable=true],[role=menu],[role=listbox],[role=slider],dialog') !== null;
}

class Keys {
  /** @param {Context} ctx @param {boolean} still no gliding */
  constructor(ctx, still) {
    this.ctx = ctx;
    this.still = still;
    document.addEventListener('keydown', (event) => this.#key(event), true); // before Leaflet, which would glide
    document.addEventListener('keydown', (event) => event.key === 'Escape' && !event.defaultPrevented && this.#clear(event));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const act = actOf(event);
    if (!act || act.do === 'clear' || typing(event.target)) return;
    const map = this.#mapFor(event.target);
    if (act.do !== 'tool' && !map) return;
    event.preventDefault();
    event.stopPropagation();
    this.#act(act, map);
  }

  /** The map that has the focus, or the situation map when nothing has. @param {EventTarget|null} target @returns {LeafletMap|null} */
  #mapFor(target) {
    const views = [...this.ctx.map.stage.views].filter(({ visible }) => visible);
    const own = views.find(({ map }) => map.getContainer() === target);
    const free = target === document.body || target === document.documentElement;
    return (own ?? (free ? views.find(({ kind }) => kind.events) : undefined))?.map ?? null;
  }

  /** @param {Act} act @param {LeafletMap|null} map */
  #act(act, map) {
    const { tools } = this.ctx.map;
    if (act.do === 'tool') return tools.show(tools.shown === act.tool ? null : act.tool);
    if (!map) return;
    if (act.do === 'home') map.getContainer().querySelector('a.home')?.dispatchEvent(new MouseEvent('click', { cancelable: true }));
    else if (act.do === 'zoom') map.setZoom(nextZoom(map.getZoom(), map.options.zoomDelta ?? 1, act.by), { animate: false });
    else if (act.do === 'pan') this.#pan(map, act.by);
  }

  /** @param {LeafletMap} map @param {[number, number]} by */
  #pan(map, [x, y]) {
    const step = STEP * this.ctx.map.stage.u;
    map.panBy([x * step, y * step], { animate: !this.still });
  }

  /** A drawer is closed first, then the selection is dropped. @param {KeyboardEvent} event */
  #clear(event) {
    const { ctx } = this;
    if (ctx.map.tools.shown !== null) ctx.map.tools.show(null);
    else if (ctx.selection && !typing(event.target)) ctx.select(null);
  }
}

/** @param {Context} ctx @param {HTMLElement} box */
function list(ctx, box) {
  const rows = LISTED.flatMap(([keys, word]) => [el('dt', '', ...keys.split(' ').map((key) => el('kbd', '', key))), el('dd', '', ctx.t(word))]);
  box.append(el('dl', 'keylist', ...rows));
}

/** @param {Context} ctx */
export function mount(ctx) {
  ctx.map.tools.add({ key: 'keys', sign: '?', title: ctx.t('map.keys'), open: (box) => list(ctx, box) });
  new Keys(ctx, matchMedia('(prefers-reduced-motion: reduce)').matches);
}
