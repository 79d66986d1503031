/**
 * Both maps: what Dash-Leaflet finds on `window.wall`, the pointer, the card and the legend. Never moves a view because
 * of data; a selection made by a person does, when it lies out of sight.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('../types.mjs').Screen & {onPaint: (listener: (t0: number|null) => void) => void}} MapScreen
 *   `onPaint`: `listener(t0)` runs in the animation frame that drew the newest frame, right after the drawing.
 * @typedef {import('leaflet').Map} LeafletMap
 * @typedef {{map: LeafletMap, layer: any, kind: string, type: string}} BaseLayer
 */
import { decodeGrids, isShape, rankOf, styleOf } from './ground/basemap.mjs';
import { cardPainter } from './dispatch/card.mjs';
import { byId, unit } from '../dom.mjs';
import { fetchJson } from '../json.mjs';
import { groundLayer } from './ground/tileground.mjs';
import { drawInset } from './dispatch/inset.mjs';
import { legend, scaleBar } from './legend.mjs';
import { carrier } from './livelayer.mjs';
import { communityNames, namesOf } from './ground/names.mjs';
import { readPalette } from './palette.mjs';
import { Stage } from './stage.mjs';
import { Tools } from './tools.mjs';
import { Desk } from './desk.mjs';

const KINDS = {
  'map-situation': { name: /** @type {const} */ ('map-situation'), density: false, events: true },
  'map-workers': { name: /** @type {const} */ ('map-workers'), density: true, events: false },
};
/** @typedef {import('./layers.mjs').MapName} MapName */

/** Maps and base layers that are there, whichever of the page and mount() comes first. @type {Map<MapName, LeafletMap>} */
const present = new Map();
/** @type {BaseLayer[]} */
const base = [];
/** @type {((name: MapName) => void)|null} */
let arrived = null;
let settling = 0;
/** Where the maps begin, null: with the whole city. @type {import('leaflet').LatLngBoundsLiteral|null} */
let firstView = null;

/** @returns {ReturnType<typeof readPalette>} */
const palette = () => readPalette(document.documentElement);

/** The functions of `{"variable": "wall.…"}` in layouts/map_screen.py. */
const lookedUp = {
  baseFilter: isShape,
  /** @param {any} feature */
  baseStyle: (feature) => styleOf(feature.properties.kind, feature.geometry.type, palette(), unit()),
  /** @param {any} feature @param {any} layer @param {{map: LeafletMap}} context */
  baseEach(feature, layer, { map }) {
    base.push({ map, layer, kind: feature.properties.kind, type: feature.geometry.type });
    clearTimeout(settling);
    settling = window.setTimeout(() => restyleBase(false), 0);
  },
  /** @param {any} feature */
  tileLayer: ({ properties }) => groundLayer(properties, (onAdd, onRemove) => carrier(/** @type {any} */ (window).L, onAdd, onRemove)),
  /** What each map shows now, for tests and other onlookers. */
  views: () => Object.fromEntries([...present].map(([name, map]) => [name, { ...map.getCenter(), zoom: map.getZoom() }])),
  /** @param {any} feature @param {any} _at @param {{map: LeafletMap}} context */
  liveLayer(feature, _at, context) {
    const { L } = /** @type {any} */ (window);
    const name = /** @type {MapName} */ (feature.properties.map);
    void context;
    return carrier(L, (map) => {
      present.set(name, map);
      arrived?.(name);
    }, () => present.delete(name));
  },
};
if (typeof window !== 'undefined') {
  const page = /** @type {any} */ (window);
  page.wall = Object.assign(page.wall ?? {}, lookedUp);
}

/** Put the base layers in order and, when asked, into the colours of now. @param {boolean} colours */
function restyleBase(colours) {
  const [tokens, u] = [palette(), unit()];
  base.sort((a, b) => rankOf(a.kind) - rankOf(b.kind));
  for (const { map, layer, kind, type } of base) {
    if (!map.hasLayer(layer)) continue;
    if (colours) layer.setStyle(styleOf(kind, type, tokens, u));
    layer.bringToFront();
  }
}

/** Grid cells and names, once for both maps. @param {Stage} stage @param {'zh'|'en'} locale @returns {Promise<string[]>} codes of the cells */
async function furnish(stage, locale) {
  const [grids, shapes, lists] = await Promise.all(['/city/grids.json', '/city/basemap.json', '/city/names.json'].map(fetchJson));
  if (grids) stage.grids = decodeGrids(grids);
  stage.names = [...(shapes ? namesOf(shapes, locale) : []), ...(lists ? communityNames(lists) : [])];
  stage.scene.districts = stage.names.filter(({ kind }) => kind === 'district');
  stage.restyle(stage.palette, stage.u);
  return grids?.codes ?? [];
}

/** One desk per map that is there or comes, each time it comes. @param {Stage} stage @param {() => void} restyle
 * @param {ReturnType<typeof legend>} numbers @returns {Map<MapName, Desk>} */
function openDesks(stage, restyle, numbers) {
  /** @type {Map<MapName, Desk>} */
  const desks = new Map();
  arrived = (name) => {
    const map = /** @type {LeafletMap} */ (present.get(name));
    desks.get(name)?.remove();
    const around = name === 'map-situation' ? { card: byId('map-card'), onRest: numbers.scale } : { card: null, onRest: scaleBar(document.getElementById(`${name}-scale`)) };
    const desk = new Desk(map, KINDS[name], stage, around, restyle);
    desks.set(name, desk);
    if (firstView) desk.settle(firstView);
  };
  for (const name of present.keys()) arrived(name);
  return desks;
}

/** @param {Context} ctx @returns {MapScreen} */
export function mount(ctx) {
  const stage = new Stage(ctx, palette(), unit(), matchMedia('(prefers-reduced-motion: reduce)').matches);
  const card = cardPainter(byId('map-card'), ctx, () => paintCard(ctx.now()));
  const numbers = legend(ctx);
  const paintCard = (/** @type {number} */ now) => {
    card.paint(now);
    stage.card = card.content();
    drawInset(card.inset, stage.card, stage);
  };
  const restyle = () => {
    stage.restyle(palette(), unit());
    restyleBase(true);
    paintCard(ctx.now());
  };
  const desks = openDesks(stage, restyle, numbers);
  const furnished = furnish(stage, ctx.config.locale);
  const body = /** @type {HTMLElement} */ (byId('map-card').parentElement);
  ctx.map = {
    stage, layers: stage.layers, tools: new Tools(body, ctx.t('map.close')), fit: (bounds) => desks.get('map-situation')?.fit(bounds),
    settle: (bounds) => {
      firstView = bounds; // also of a map that is still on its way
      desks.forEach((desk) => desk.settle(bounds));
    },
    furnished, land: null,
  };
  ctx.on('theme', restyle);
  ctx.on('scope', () => {
    stage.scene.scope = ctx.scope;
    stage.focus();
    numbers.counts();
    paintCard(ctx.now());
  });
  ctx.on('select', () => {
    stage.focus();
    void stage.follow();
    paintCard(ctx.now());
    for (const desk of desks.values()) desk.reveal();
  });
  return {
    frame(change) {
      stage.frame(change);
      if (change.snapshot || change.put.length || change.del.length) paintCard(ctx.now());
    },
    tick(now) {
      stage.tick(now);
      numbers.counts();
      paintCard(now);
    },
    onPaint: (listener) => void stage.listeners.push(listener),
  };
}
