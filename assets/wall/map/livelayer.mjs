/**
 * One map's live canvases and what the pointer does over them. The Leaflet layer only carries them into the Dash map;
 * what is drawn comes from the stage (maps.mjs), how it looks from workerplane.mjs and overlay.mjs.
 *
 * @typedef {import('leaflet').Map} LeafletMap
 * @typedef {import('./palette.mjs').Palette} Palette
 * @typedef {import('./overlay.mjs').Scene} Scene
 * @typedef {{motion: import('./motion.mjs').Motion, look: Uint8Array, palette: Palette, u: number, scene: Scene,
 *   pace: import('./pace.mjs').Pace, fresh: boolean, layers: import('./layers.mjs').Layers,
 *   grids: import('./basemap.mjs').Grids|null, names: readonly import('./names.mjs').PlaceName[]}} Stage
 *   What every map draws; owned by maps.mjs.
 */
import { drawGrids } from './basemap.mjs';
import { drawNames } from './names.mjs';
import { drawOverlay } from './overlay.mjs';
import { Viewport } from './viewport.mjs';
import { WorkerPlane } from './workerplane.mjs';

const PANE = 'wall-live';
const ABOVE_SHAPES = '410'; // Leaflet's own vectors stand at 400

/**
 * A Leaflet layer that draws nothing and says when its map is there.
 * @param {typeof import('leaflet')} L @param {(map: LeafletMap) => void} onAdd @param {(map: LeafletMap) => void} onRemove
 * @returns {import('leaflet').Layer}
 */
export function carrier(L, onAdd, onRemove) {
  const Carrier = class extends L.Layer {
    /** @param {LeafletMap} map @returns {this} */
    onAdd(map) {
      onAdd(map);
      return this;
    }
    /** @param {LeafletMap} map @returns {this} */
    onRemove(map) {
      onRemove(map);
      return this;
    }
  };
  return new Carrier();
}

/**
 * One visible canvas, composed of ground, workers and overlay. One and not three, because a browser without a GPU copies
 * every visible canvas for every frame, changed or not.
 */
export class MapView {
  /**
   * @param {LeafletMap} map @param {{name: import('./layers.mjs').MapName, density: boolean, events: boolean}} kind @param {() => void} request ask for a frame
   */
  constructor(map, kind, request) {
    this.map = map;
    this.kind = kind;
    this.request = request;
    this.vp = new Viewport();
    /** Layers below the workers; shown only while there are any, because every visible canvas costs. */
    this.under = document.createElement('canvas');
    this.canvas = this.#visible();
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d'));
    this.plane = new WorkerPlane(this.context, kind.density);
    this.top = document.createElement('canvas');
    /** Cells and names, and the world pixel of their corner: they stay as they are while a map is dragged. */
    this.ground = document.createElement('canvas');
    this.corner = { left: 0, top: 0 };
    /** What must be drawn anew: the view moved, it came to rest, the looks changed, the overlay changed. */
    this.moved = true;
    this.rested = true;
    this.restyle = true;
    this.topDirty = true;
    this.underDirty = true;
    /** How often this map has been drawn. */
    this.drawings = 0;
    /** @type {() => void} after a view came to rest */
    this.onRest = () => {};
    map.on('move zoom viewreset resize', this.#onMove, this);
    map.on('moveend zoomend', this.#onRest, this);
  }

  /** @returns {HTMLCanvasElement} */
  #visible() {
    const pane = this.map.getPane(PANE) ?? this.map.createPane(PANE);
    pane.style.zIndex = ABOVE_SHAPES;
    pane.style.pointerEvents = 'none';
    const canvas = document.createElement('canvas');
    canvas.className = 'leaflet-layer live';
    this.under.className = 'leaflet-layer live';
    this.under.hidden = true;
    pane.replaceChildren(this.under, canvas);
    return canvas;
  }

  remove() {
    this.map.off('move zoom viewreset resize', this.#onMove, this);
    this.map.off('moveend zoomend', this.#onRest, this);
  }

  #onMove() {
    this.moved = true;
    this.request();
  }

  #onRest() {
    this.moved = this.rested = true;
    this.request();
  }

  get visible() {
    const box = this.map.getContainer();
    return box.clientWidth > 0 && box.clientHeight > 0;
  }

  /** Draw if anything changed. @param {Stage} stage @param {number} t monotonic ms */
  draw(stage, t) {
    if (!this.visible) return;
    if (this.moved || this.restyle) this.#show(stage);
    else this.plane.project(stage.motion, this.vp, stage.motion.active, stage.motion.moving);
    if (this.underDirty) this.#beneath(stage);
    if (this.topDirty || this.plane.due(t, stage.pace.gap(stage.fresh))) this.#compose(stage, t);
  }

  /** The layers below the workers. @param {Stage} stage */
  #beneath({ layers, palette }) {
    this.underDirty = false;
    const shown = layers.of(this.kind.name, true);
    this.under.hidden = shown.length === 0;
    if (shown.length === 0) return;
    this.#size(this.under);
    this.under.style.transform = this.canvas.style.transform;
    const c = /** @type {CanvasRenderingContext2D} */ (this.under.getContext('2d'));
    c.clearRect(0, 0, this.under.width, this.under.height);
    for (const layer of shown) layer.draw(c, this.vp, palette);
  }

  /** Whether this map still shows the picture of before drawing number `since`. @param {number} since */
  behind(since) {
    return this.visible && this.plane.waiting && this.drawings === since;
  }

  /** @param {Stage} stage @param {number} t */
  #compose(stage, t) {
    const { motion, look, palette } = stage;
    if (this.topDirty) this.#above(stage);
    this.topDirty = false;
    this.plane.paint(motion, look, this.vp, palette, t);
    if (!this.plane.grounded) this.#lay();
    this.context.drawImage(this.top, 0, 0);
    this.drawings++;
  }

  /** @param {Stage} stage */
  #above({ scene, layers, palette }) {
    drawOverlay(this.top, this.vp, this.#scene(scene), palette);
    const c = /** @type {CanvasRenderingContext2D} */ (this.top.getContext('2d'));
    for (const layer of layers.of(this.kind.name, false)) layer.draw(c, this.vp, palette);
  }

  /** Cells and names below single workers, above density. */
  #lay() {
    const { left, top, dpr } = this.vp;
    this.context.globalCompositeOperation = this.plane.mode === 'hexes' ? 'source-over' : 'destination-over';
    this.context.drawImage(this.ground, Math.round((this.corner.left - left) * dpr), Math.round((this.corner.top - top) * dpr));
    this.context.globalCompositeOperation = 'source-over';
  }

  /** The workers map has no card and shows only the event in focus. @param {Scene} scene @returns {Scene} */
  #scene(scene) {
    return this.kind.events ? scene : { ...scene, events: false, card: null, taken: [] };
  }

  /** Everything for another view or another look. @param {Stage} stage */
  #show(stage) {
    const { motion, palette, u } = stage;
    const rested = this.rested || this.restyle;
    this.vp.read(this.map, u);
    for (const canvas of [this.canvas, this.top]) this.#size(canvas);
    const { x, y } = this.map.containerPointToLayerPoint([0, 0]);
    this.canvas.style.transform = `translate3d(${x}px, ${y}px, 0)`;
    this.plane.look(this.vp, palette, this.restyle);
    this.plane.project(motion, this.vp, null, motion.n);
    if (rested) this.#settle(stage);
    this.moved = this.rested = this.restyle = false;
    this.topDirty = this.underDirty = true;
    if (rested) this.onRest();
  }

  /** The ground of a view at rest. @param {Stage} stage */
  #settle({ palette, grids, names }) {
    this.#size(this.ground);
    const c = /** @type {CanvasRenderingContext2D} */ (this.ground.getContext('2d', { willReadFrequently: true }));
    c.clearRect(0, 0, this.ground.width, this.ground.height);
    if (grids) drawGrids(c, this.vp, grids, palette);
    drawNames(c, this.vp, this.kind.events ? names : names.filter(({ kind }) => kind !== 'neighbour'), palette);
    this.corner = { left: this.vp.left, top: this.vp.top };
    this.plane.settle(c);
  }

  /** @param {HTMLCanvasElement} canvas */
  #size(canvas) {
    const { width, height, dpr } = this.vp;
    const [w, h] = [Math.max(1, Math.round(width * dpr)), Math.max(1, Math.round(height * dpr))];
    if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
    if (canvas !== this.top && canvas !== this.ground) [canvas.style.width, canvas.style.height] = [`${width}px`, `${height}px`];
  }
}
