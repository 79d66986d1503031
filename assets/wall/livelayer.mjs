/**
 * One map's live canvases and what the pointer does over them. The Leaflet layer only carries them into the Dash map;
 * what is drawn comes from the stage (maps.mjs), how it looks from workerplane.mjs and overlay.mjs.
 *
 * @typedef {import('leaflet').Map} LeafletMap
 * @typedef {import('./palette.mjs').Palette} Palette
 * @typedef {import('./overlay.mjs').Scene} Scene
 * @typedef {{motion: import('./motion.mjs').Motion, look: Uint8Array, palette: Palette, u: number, scene: Scene,
 *   grids: import('./basemap.mjs').Grids|null, names: readonly import('./names.mjs').PlaceName[]}} Stage
 *   What every map draws; owned by maps.mjs.
 */
import { drawGrids } from './basemap.mjs';
import { drawNames } from './names.mjs';
import { drawOverlay } from './overlay.mjs';
import { Viewport } from './viewport.mjs';
import { WorkerPlane } from './workerplane.mjs';

const PANES = /** @type {const} */ (['cells', 'workers', 'top']);

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

export class MapView {
  /**
   * @param {LeafletMap} map @param {{density: boolean, events: boolean}} kind @param {() => void} request ask for a frame
   */
  constructor(map, kind, request) {
    this.map = map;
    this.kind = kind;
    this.request = request;
    this.vp = new Viewport();
    const [cells, workers, top] = PANES.map((name) => this.#canvas(name));
    this.cells = /** @type {CanvasRenderingContext2D} */ (cells.getContext('2d'));
    this.plane = new WorkerPlane(workers, kind.density);
    this.top = top;
    this.names = document.createElement('canvas');
    /** What must be drawn anew: the view moved, it came to rest, the looks changed, the overlay changed. */
    this.moved = true;
    this.rested = true;
    this.restyle = true;
    this.topDirty = true;
    /** @type {() => void} after a view came to rest */
    this.onRest = () => {};
    map.on('move zoom viewreset resize', this.#onMove, this);
    map.on('moveend zoomend', this.#onRest, this);
  }

  /** @param {string} name @returns {HTMLCanvasElement} */
  #canvas(name) {
    const pane = this.map.getPane(`wall-${name}`) ?? this.map.createPane(`wall-${name}`);
    pane.style.zIndex = String(410 + 10 * PANES.indexOf(/** @type {any} */ (name)));
    pane.style.pointerEvents = 'none';
    const canvas = document.createElement('canvas');
    canvas.className = 'leaflet-layer live';
    pane.replaceChildren(canvas);
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

  /** Draw what changed. @param {Stage} stage @param {number} t monotonic ms @returns {boolean} whether marks still wait */
  draw(stage, t) {
    if (!this.visible) return false;
    const { motion, look, palette } = stage;
    if (this.moved || this.restyle) this.#show(stage);
    else this.plane.project(motion, this.vp, motion.active, motion.moving);
    this.plane.paint(motion, look, this.vp, palette, t);
    if (this.topDirty) {
      this.topDirty = false;
      drawOverlay(this.top, this.names, this.vp, { ...stage.scene, events: this.kind.events, ...(this.kind.events ? {} : { card: null, taken: [] }) }, palette);
    }
    return this.plane.dirty;
  }

  /** Everything for another view or another look. @param {Stage} stage */
  #show({ motion, palette, u, grids, names }) {
    this.vp.read(this.map, u);
    this.#fit(this.plane.canvas);
    this.#fit(this.top);
    this.plane.look(this.vp, palette, this.restyle);
    this.plane.project(motion, this.vp, null, motion.n);
    if (this.rested || this.restyle) {
      this.#fit(this.cells.canvas);
      if (grids) drawGrids(this.cells, this.vp, grids, palette);
    }
    this.#size(this.names);
    drawNames(this.names, this.vp, names, palette);
    const rested = this.rested || this.restyle;
    this.moved = this.rested = this.restyle = false;
    this.topDirty = true;
    if (rested) this.onRest();
  }

  /** @param {HTMLCanvasElement} canvas */
  #fit(canvas) {
    this.#size(canvas);
    const { x, y } = this.map.containerPointToLayerPoint([0, 0]);
    canvas.style.transform = `translate3d(${x}px, ${y}px, 0)`;
  }

  /** @param {HTMLCanvasElement} canvas */
  #size(canvas) {
    const { width, height, dpr } = this.vp;
    const [w, h] = [Math.max(1, Math.round(width * dpr)), Math.max(1, Math.round(height * dpr))];
    if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
}
