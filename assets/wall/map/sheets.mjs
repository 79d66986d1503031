/**
 * The canvases of one map, one above the other in a pane of their own: which of them are visible, how large, and where they
 * lie on the map. Draws nothing.
 *
 * With the canvas renderer all but the layers below are composed on one visible canvas, because a browser without a GPU
 * copies every visible canvas for every frame, changed or not; with WebGL each is visible and the GPU composes them.
 *
 * @typedef {import('leaflet').Map} LeafletMap
 * @typedef {import('./viewport.mjs').Viewport} Viewport
 */

const PANE = 'wall-live';
const ABOVE_SHAPES = '410'; // Leaflet's own vectors stand at 400
const LIVE = 'leaflet-layer live';

/** @returns {HTMLCanvasElement} */
function sheet() {
  const canvas = document.createElement('canvas');
  canvas.className = LIVE;
  return canvas;
}

export class Sheets {
  /** @param {LeafletMap} map @param {HTMLCanvasElement} haze where density is drawn */
  constructor(map, haze) {
    this.map = map;
    this.pane = map.getPane(PANE) ?? map.createPane(PANE);
    this.pane.style.zIndex = ABOVE_SHAPES;
    this.pane.style.pointerEvents = 'none';
    /** Layers below the workers; shown only while there are any, because every visible canvas costs. */
    this.under = sheet();
    this.under.hidden = true;
    haze.className = LIVE;
    this.haze = haze;
    /** Cells and names, and the world pixel of their corner: they stay as they are while a map is dragged. */
    this.ground = sheet();
    this.corner = { left: 0, top: 0 };
    /** Where the canvas renderer draws workers and composes the rest. */
    this.flat = sheet();
    /** Where WebGL draws workers, null with the canvas renderer. @type {HTMLCanvasElement|null} */
    this.glass = null;
    /** What stands above the workers. */
    this.top = sheet();
    this.transform = '';
    this.show(null);
  }

  /** Lay out the sheets for WebGL on `glass`, or for the canvas. @param {HTMLCanvasElement|null} glass */
  show(glass) {
    this.glass = glass;
    if (glass) glass.className = `${LIVE} glass`;
    this.pane.replaceChildren(...(glass ? [this.under, this.haze, this.ground, glass, this.top] : [this.under, this.flat]));
  }

  /** Which way workers are shown: cells and names lie below shapes, above density and dots. @param {import('./viewport.mjs').Weights} weights */
  order({ hexes, shapes }) {
    this.haze.style.opacity = String(hexes);
    if (!this.glass) return;
    const above = shapes < 0.5;
    if ((this.ground.previousElementSibling === this.glass) === above) return;
    this.pane.insertBefore(this.ground, above ? this.top : this.glass);
  }

  /** All sheets that move with the view get its size and its place. @param {Viewport} vp */
  place(vp) {
    const { x, y } = this.map.containerPointToLayerPoint([0, 0]);
    this.transform = `translate3d(${x}px, ${y}px, 0)`;
    for (const canvas of [this.flat, this.glass, this.haze, this.top]) if (canvas) this.fit(canvas, vp);
  }

  /** Give one canvas the view's size and place. @param {HTMLCanvasElement} canvas @param {Viewport} vp */
  fit(canvas, { width, height, dpr }) {
    const [w, h] = [Math.max(1, Math.round(width * dpr)), Math.max(1, Math.round(height * dpr))];
    if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
    if (canvas.style.width !== `${width}px`) canvas.style.width = `${width}px`;
    if (canvas.style.height !== `${height}px`) canvas.style.height = `${height}px`;
    canvas.style.transform = this.transform;
  }

  /** The ground gets the size and place of a view at rest. @param {Viewport} vp */
  settle(vp) {
    this.fit(this.ground, vp);
    this.corner = { left: vp.left, top: vp.top };
  }

  /** @returns {CanvasRenderingContext2D} cleared, for the canvas renderer's readback */
  cleared() {
    const c = /** @type {CanvasRenderingContext2D} */ (this.ground.getContext('2d', { willReadFrequently: true }));
    c.clearRect(0, 0, this.ground.width, this.ground.height);
    return c;
  }

  remove() {
    this.pane.replaceChildren();
  }
}
