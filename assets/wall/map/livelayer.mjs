/**
 * One map's live drawing: what is drawn anew when, by which renderer, and the way back and forth between them. What is drawn
 * comes from the stage, how it looks from the planes and overlay.mjs.
 *
 * @typedef {import('leaflet').Map} LeafletMap
 * @typedef {import('./palette.mjs').Palette} Palette
 * @typedef {import('./overlay.mjs').Scene} Scene
 * @typedef {import('./people/hexfield.mjs').Crowd & {palette: Palette, u: number, scene: Scene, partial: boolean, near: MapView|null,
 *   pace: import('./people/pace.mjs').Pace, fresh: boolean, stepped: number, layers: import('./layers.mjs').Layers,
 *   grids: import('./ground/basemap.mjs').Grids|null, names: readonly import('./ground/names.mjs').PlaceName[]}} Stage
 *   What every map draws; owned by maps.mjs. `partial`: this browser does not know everybody, so that every view but `near` shows density.
 */
import { drawGrids } from './ground/basemap.mjs';
import { Crowds } from './people/crowds.mjs';
import { GlPlane } from './people/glplane.mjs';
import { Density } from './people/hexfield.mjs';
import { drawNames } from './ground/names.mjs';
import { drawOverlay } from './overlay.mjs';
import { Losses, rendererOfPage } from './people/renderer.mjs';
import { Sheets } from './sheets.mjs';
import { Viewport, modeOf, weigh } from './viewport.mjs';
import { WorkerPlane } from './people/workerplane.mjs';

export { carrier } from './carrier.mjs';

const CROWDS_MS = 1000;

export class MapView {
  /**
   * @param {LeafletMap} map @param {{name: import('./layers.mjs').MapName, density: boolean, events: boolean}} kind
   * @param {() => void} request ask for a frame @param {() => void} [atOnce] draw now
   */
  constructor(map, kind, request, atOnce = request) {
    this.map = map;
    this.kind = kind;
    this.request = request;
    this.atOnce = atOnce;
    this.vp = new Viewport();
    this.density = new Density();
    this.crowds = new Crowds();
    this.counted = -Infinity; // when crowds were found last, monotonic ms
    this.sheets = new Sheets(map, this.density.canvas);
    this.context = /** @type {CanvasRenderingContext2D} */ (this.sheets.flat.getContext('2d'));
    this.flat = new WorkerPlane(this.context);
    /** Who draws the workers. @type {WorkerPlane|GlPlane} */
    this.plane = this.flat;
    this.losses = new Losses();
    /** Kept after a loss, for when the context comes back. @type {GlPlane|null} */
    this.gl = rendererOfPage() === 'webgl' ? this.#watched(GlPlane.make(document.createElement('canvas'))) : null;
    if (this.gl) this.#use(this.gl);
    /** @type {import('./viewport.mjs').Mode} */
    this.mode = 'dots';
    this.weights = { hexes: 0, dots: 1, shapes: 0 };
    /** What the stage knew when this view was looked at last. */
    this.known = { partial: false, cells: /** @type {object|null} */ (null) };
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

  /** @returns {import('./people/renderer.mjs').Renderer} */
  get renderer() {
    return this.plane === this.flat ? 'canvas' : 'webgl';
  }

  /** @returns {HTMLCanvasElement} the one that workers are drawn on */
  get canvas() {
    return this.plane.canvas;
  }

  /** Bytes this map holds on the GPU, by its own doing. */
  get gpuBytes() {
    return this.renderer === 'webgl' ? this.gl?.bytes ?? 0 : 0;
  }

  remove() {
    this.map.off('move zoom viewreset resize', this.#onMove, this);
    this.map.off('moveend zoomend', this.#onRest, this);
    const gone = this.gl;
    this.gl = null;
    gone?.free();
    this.sheets.remove();
  }

  /** @param {GlPlane|null} gl @returns {GlPlane|null} */
  #watched(gl) {
    gl?.canvas.addEventListener('webglcontextlost', (event) => {
      event.preventDefault(); // asks the browser to restore it
      if (this.gl) this.#lost();
    });
    gl?.canvas.addEventListener('webglcontextrestored', () => this.#restored());
    return gl;
  }

  /** The canvas takes over before the next picture. */
  #lost() {
    this.losses.add(performance.now());
    this.#use(this.flat);
    this.atOnce();
  }

  #restored() {
    if (!this.gl || this.losses.final) return;
    this.gl.build();
    this.#use(this.gl);
    this.request();
  }

  /** @param {WorkerPlane|GlPlane} plane */
  #use(plane) {
    this.plane = plane;
    this.sheets.show(plane === this.flat ? null : plane.canvas);
    this.moved = this.rested = this.restyle = true;
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

  /** Whether the CPU must find everybody's place for every frame. */
  get steps() {
    return this.plane === this.flat && this.weights.hexes < 1;
  }

  /** News of some rows, or with `rows` null of the first `count`. @param {Stage} stage @param {Uint32Array|null} rows @param {number} count */
  take({ motion, look }, rows, count) {
    this.plane.take(motion, look, this.vp, rows, count);
    this.density.dirty = true;
  }

  /** A row looks otherwise. @param {Stage} stage @param {number} row */
  relook({ motion, look }, row) {
    this.plane.relook(motion, look[row], row);
    this.density.dirty = true;
  }

  /** Draw if anything changed. @param {Stage} stage @param {number} t monotonic ms */
  draw(stage, t) {
    if (!this.visible) return;
    this.#heed(stage);
    if (this.moved || this.restyle) this.#show(stage);
    else if (this.steps && stage.stepped === t) this.plane.project(stage.motion, this.vp, stage.motion.active, stage.motion.moving);
    if (this.underDirty) this.#beneath(stage);
    if (t - this.counted >= CROWDS_MS) this.#crowd(stage, t);
    const haze = this.weights.hexes > 0 && this.density.due(t, this.known.partial);
    if (haze) this.density.paint(stage, this.vp, stage.palette, t);
    if (haze || this.topDirty || this.plane.due(t, stage.pace.gap(stage.fresh, this.vp.still), stage.motion.until)) this.#compose(stage, t);
  }

  /** Whether this map can show density alone. @param {Stage} stage @returns {boolean} */
  #coarse({ partial, near }) {
    return partial && near !== this;
  }

  /** Who is known, and who counts those who are not, decides between density and dots. @param {Stage} stage */
  #heed(stage) {
    const [{ known }, partial, { density }] = [this, this.#coarse(stage), stage];
    if (known.partial !== partial) this.moved = this.rested = true;
    if (known.cells !== density) this.density.dirty = true;
    known.partial = partial;
    known.cells = density;
  }

  /** Crowds are found where people have shapes. @param {Stage} stage @param {number} t */
  #crowd({ motion, look }, t) {
    this.counted = t;
    if (this.weights.shapes < 0.5 || motion.n === 0) this.crowds.list = [];
    else if (this.crowds.find(motion, look, this.vp)) this.topDirty = true;
  }

  /** Those at a device pixel where one mark stands for many: a hexagon or a crowd. @param {Stage} stage @param {number} x @param {number} y
   * @returns {import('./people/hexfield.mjs').Found|null} */
  manyAt(stage, x, y) {
    if (this.mode === 'hexes') return this.density.at(stage, this.vp, x, y);
    const crowd = this.crowds.at(this.vp, x, y);
    if (!crowd) return null;
    const duties = this.crowds.duties(crowd, stage.motion, stage.look, this.vp);
    return { count: duties.reduce((sum, n) => sum + n, 0), duties };
  }

  /** The layers below the workers. @param {Stage} stage */
  #beneath({ layers, palette }) {
    this.underDirty = false;
    const { under } = this.sheets;
    const shown = layers.of(this.kind.name, true);
    under.hidden = shown.length === 0;
    if (shown.length === 0) return;
    this.sheets.fit(under, this.vp);
    const c = /** @type {CanvasRenderingContext2D} */ (under.getContext('2d'));
    c.clearRect(0, 0, under.width, under.height);
    for (const layer of shown) layer.draw(c, this.vp, palette);
  }

  /** Whether this map still shows the picture of before drawing number `since`. @param {number} since @returns {boolean} */
  behind(since) {
    return this.visible && this.drawings === since && (this.plane.waiting || (this.known.partial && this.density.dirty));
  }

  /** Whether another frame is wanted. @param {Stage} stage @returns {boolean} */
  busy({ motion }) {
    return this.visible && (this.plane.waiting || (this.renderer === 'webgl' && this.plane.shown && this.plane.painted < motion.until));
  }

  /** @param {Stage} stage @param {number} t */
  #compose(stage, t) {
    if (this.topDirty) this.#above(stage);
    this.topDirty = false;
    if (this.plane.shown || this.renderer === 'canvas') this.plane.paint(stage.motion, stage.look, t, this.vp);
    if (this.renderer === 'canvas') this.#flatten();
    this.drawings++;
  }

  /** @param {Stage} stage */
  #above({ scene, layers, palette }) {
    drawOverlay(this.sheets.top, this.vp, this.#scene(scene), palette, this.crowds, layers.of(this.kind.name, false));
  }

  /** The canvas renderer's one visible canvas: density, cells and names below single workers, but cells and names above density. */
  #flatten() {
    const { context, weights: { hexes, dots, shapes } } = this;
    const alone = dots + shapes === 0;
    context.globalCompositeOperation = alone ? 'source-over' : 'destination-over';
    if (alone) this.#haze(hexes);
    if (!this.flat.grounded) this.#lay();
    if (!alone && hexes) this.#haze(hexes);
    context.globalCompositeOperation = 'source-over';
    context.drawImage(this.sheets.top, 0, 0);
  }

  /** @param {number} weight */
  #haze(weight) {
    this.context.globalAlpha = weight;
    this.context.drawImage(this.density.canvas, 0, 0);
    this.context.globalAlpha = 1;
  }

  #lay() {
    const { vp: { left, top, dpr }, sheets: { ground, corner } } = this;
    this.context.drawImage(ground, Math.round((corner.left - left) * dpr), Math.round((corner.top - top) * dpr));
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
    if (this.#coarse(stage)) Object.assign(this.weights, { hexes: 1, dots: 0, shapes: 0 });
    else weigh(this.vp.mpu, this.kind.density, motion.still, this.weights);
    this.mode = modeOf(this.weights);
    this.sheets.place(this.vp);
    this.sheets.order(this.weights);
    this.plane.look(this.vp, palette, this.restyle, this.weights);
    this.plane.project(motion, this.vp, null, motion.n);
    this.density.dirty = true;
    this.density.painted = -Infinity;
    this.counted = -Infinity;
    this.crowds.list = [];
    if (rested) this.#settle(stage);
    this.moved = this.rested = this.restyle = false;
    this.topDirty = this.underDirty = true;
    if (rested) this.onRest();
  }

  /** The ground of a view at rest. @param {Stage} stage */
  #settle({ palette, grids, names }) {
    this.sheets.settle(this.vp);
    const c = this.sheets.cleared();
    if (grids) drawGrids(c, this.vp, grids, palette);
    drawNames(c, this.vp, this.kind.events ? names : names.filter(({ kind }) => kind !== 'neighbour'), palette);
    this.plane.settle(c);
  }
}
