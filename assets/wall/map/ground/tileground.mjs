/**
 * Raster tiles in a Leaflet map: one canvas between the base map and the live layers, with the base map's lines over the
 * tiles. Where no tile came, the canvas is clear and the base map shows. A server that does not answer is asked for one tile
 * at a time, ever more rarely. One canvas and no element per tile, because a browser without a GPU would put every tile
 * together anew for every frame drawn above it. Knows no data and never moves the map.
 *
 * @typedef {import('leaflet').Map} LeafletMap
 * @typedef {import('./tiles.mjs').TileSpec} TileSpec
 * @typedef {import('../palette.mjs').Palette} Palette
 */
import { el, setHidden, unit } from '../../dom.mjs';
import { styleOf } from './basemap.mjs';
import { mercatorX, mercatorY } from '../geo.mjs';
import { readPalette } from '../palette.mjs';
import { Gate, above, depthOf, spotOf, tileUrl, tilesIn } from './tiles.mjs';
import { TileStore, toneOf } from './tilestore.mjs';
import { Viewport } from '../viewport.mjs';

const PANE = 'wall-tiles';
const HEIGHT = '405'; // the base map stands at 400, the live canvases at 410
const BASEMAP = '/city/basemap.json';
const LINES = ['district', 'city', 'metro'];
const CLIMB = 4; // zooms up, for something to show until a tile comes
const MOVES = 'move zoom viewreset resize';

export class Ground {
  /** @param {LeafletMap} map @param {TileSpec} spec */
  constructor(map, spec) {
    this.map = map;
    this.spec = spec;
    this.vp = new Viewport();
    this.gate = new Gate();
    this.asked = this.timer = 0;
    this.tried = NaN; // zoom of the last try
    /** @type {any[]} the base map's features that show lines */
    this.lines = [];
    this.canvas = document.createElement('canvas');
    this.canvas.className = 'live';
    const pane = map.getPane(PANE) ?? map.createPane(PANE);
    [pane.style.zIndex, pane.style.pointerEvents] = [HEIGHT, 'none'];
    pane.replaceChildren(this.canvas);
    this.note = el('div', 'tilenote', spec.note);
    setHidden(this.note, true);
    map.getContainer().append(this.note);
    this.stores = spec.urls.map((url) => new TileStore(url, spec.subdomains, (came) => this.#heard(came)));
    this.request = this.request.bind(this);
    map.on(MOVES, this.request);
    addEventListener('wall:theme', this.request);
    void this.#fetchLines();
    if (spec.own) this.gate.came();
    this.request();
  }

  async #fetchLines() {
    const answer = await fetch(BASEMAP).catch(() => null);
    const features = answer?.ok ? (await answer.json()).features : [];
    this.lines = features.filter((/** @type {any} */ f) => LINES.includes(f.properties.kind) && f.geometry.type !== 'Point');
    this.request();
  }

  /** Draw in the next animation frame. */
  request() {
    this.asked ||= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.asked = 0;
    this.vp.read(this.map, unit());
    if (!(this.vp.width > 0)) return;
    this.#place();
    const z = depthOf(this.vp, this.spec);
    if (this.gate.open) this.#paint(z);
    else if (z !== this.tried) this.#try(z); // another zoom may have tiles where this one has none
  }

  /** The canvas over the view, clear. */
  #place() {
    const { canvas, vp } = this;
    const { x, y } = this.map.containerPointToLayerPoint([0, 0]);
    const [width, height] = [Math.round(vp.width * vp.dpr), Math.round(vp.height * vp.dpr)];
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    else canvas.getContext('2d')?.clearRect(0, 0, width, height);
    [canvas.style.width, canvas.style.height] = [`${vp.width}px`, `${vp.height}px`];
    canvas.style.transform = `translate3d(${x}px, ${y}px, 0)`;
  }

  /** @param {number} z */
  #paint(z) {
    const c = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d'));
    const palette = readPalette(document.documentElement);
    const tone = toneOf(this.spec.tone, document.documentElement.dataset.theme !== 'day', palette.land);
    const tiles = tilesIn(this.vp, this.spec, z);
    const drawn = this.stores.map((store) => {
      store.want(tiles);
      return tiles.filter((coords) => this.#tile(c, store, coords, tone)).length;
    });
    if (drawn.some(Boolean)) drawLines(c, this.vp, this.lines, palette);
    this.#cover(this.lines.length > 0 && tiles.length > 0 && drawn[0] === tiles.length);
  }

  /** A base map that nobody can see need not be drawn with every frame. @param {boolean} whole */
  #cover(whole) {
    this.map.getContainer().classList.toggle('covered', whole && !this.spec.bounds);
  }

  /**
   * A tile, or what one above it shows of the place. @param {CanvasRenderingContext2D} c @param {TileStore} store
   * @param {import('./tiles.mjs').Coords} coords @param {import('./tilestore.mjs').Tone|null} tone @returns {boolean}
   */
  #tile(c, store, coords, tone) {
    for (let up = 0; up <= Math.min(CLIMB, coords.z); up++) {
      const { coords: from, part: [left, top, side] } = above(coords, up);
      const picture = store.picture(from, tone);
      if (!picture) continue;
      const { width, height } = picture instanceof HTMLImageElement ? { width: picture.naturalWidth, height: picture.naturalHeight } : picture;
      c.drawImage(picture, left * width, top * height, side * width, side * height, ...spotOf(this.vp, coords, this.spec.shifted));
      return true;
    }
    return false;
  }

  /** @param {boolean} came */
  #heard(came) {
    if (came) this.gate.came();
    else if (!this.spec.own && this.gate.missed()) this.#shut();
    this.request();
  }

  /** No tiles for now: the base map alone, and a word about it. */
  #shut() {
    this.#cover(false);
    setHidden(this.note, false);
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.#try(depthOf(this.vp, this.spec)), this.gate.wait);
  }

  /** Ask for the one tile in the middle. @param {number} z */
  #try(z) {
    this.tried = z;
    const [middle] = tilesIn(this.vp, this.spec, z);
    if (!middle) return;
    const one = new Image();
    one.onload = () => this.#open();
    one.onerror = () => this.gate.missed() && this.#shut();
    one.src = tileUrl(this.spec.urls[0], middle, this.spec.subdomains);
  }

  #open() {
    clearTimeout(this.timer);
    this.gate.came();
    this.tried = NaN;
    setHidden(this.note, true);
    for (const store of this.stores) store.forget();
    this.request();
  }

  /** Take everything out of the map again. */
  remove() {
    cancelAnimationFrame(this.asked);
    clearTimeout(this.timer);
    this.map.off(MOVES, this.request);
    removeEventListener('wall:theme', this.request);
    for (const store of this.stores) store.close();
    this.#cover(false);
    this.canvas.remove();
    this.note.remove();
  }
}

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {any[]} features @param {Palette} palette */
function drawLines(c, vp, features, palette) {
  c.lineJoin = 'round';
  for (const { properties: { kind }, geometry } of features) {
    const style = styleOf(kind, geometry.type, palette, vp.unit);
    c.beginPath();
    for (const line of linesOf(geometry)) for (const [k, [lon, lat]] of line.entries()) c[k ? 'lineTo' : 'moveTo'](vp.x(mercatorX(lon)), vp.y(mercatorY(lat)));
    [c.strokeStyle, c.lineWidth, c.globalAlpha] = [style.color ?? '', style.weight ?? 1, style.opacity ?? 1];
    c.stroke();
  }
  c.globalAlpha = 1;
}

/** The lines of a GeoJSON geometry. @param {any} geometry @returns {[number, number][][]} */
export function linesOf({ type, coordinates }) {
  if (type === 'LineString') return [coordinates];
  return type === 'MultiPolygon' ? coordinates.flat() : coordinates;
}

/**
 * A Leaflet layer that brings tiles into the map it is added to. @param {TileSpec} spec
 * @param {(onAdd: (map: LeafletMap) => void, onRemove: () => void) => import('leaflet').Layer} carry
 * @returns {import('leaflet').Layer}
 */
export function groundLayer(spec, carry) {
  /** @type {Ground|null} */
  let ground = null;
  return carry((map) => (ground = new Ground(map, spec)), () => ground?.remove());
}
