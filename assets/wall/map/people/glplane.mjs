/**
 * All workers on one map, drawn by a GPU: what workerplane.mjs draws, behind the same interface. The rows lie in one buffer on
 * the GPU, only blocks of rows that changed are sent, and where somebody is between two fixes is found there: a frame without
 * news is one draw call (one for each of three layers where shapes show). Knows neither density nor the ground.
 *
 * @typedef {import('./motion.mjs').Motion} Motion
 * @typedef {import('../viewport.mjs').Viewport} Viewport
 * @typedef {import('../viewport.mjs').Weights} Weights
 * @typedef {import('../palette.mjs').Palette} Palette
 */
import { workerSheet } from '../glyphs.mjs';
import { GpuRows, STRIDE } from './glrows.mjs';
import { makeProgram } from './shaders.mjs';
import { dotColours, dotSize } from './workerplane.mjs';

const SHEET_CELLS = 9; // one arrow and one nose: the GPU turns them
const DOTS = -1;
const SLACK_MS = 4;
/** While only known ways are walked, so much time per metre a device pixel covers: half a pixel at 10 m/s. */
const MS_PER_METRE = 50;
const SLOWEST_MS = 250;

export class GlPlane {
  /** A plane on a canvas of its own, or null where there is no WebGL2 or its driver refuses the shaders.
   * @param {HTMLCanvasElement} canvas @returns {GlPlane|null} */
  static make(canvas) {
    const gl = canvas.getContext('webgl2', { antialias: false, depth: false, powerPreference: 'high-performance' });
    try {
      return gl ? new GlPlane(canvas, gl) : null;
    } catch (error) {
      reportError(error);
      return null;
    }
  }

  /** @param {HTMLCanvasElement} canvas @param {WebGL2RenderingContext} gl */
  constructor(canvas, gl) {
    this.canvas = canvas;
    this.gl = gl;
    this.rows = new GpuRows();
    /** @type {Weights} */
    this.weights = { hexes: 0, dots: 1, shapes: 0 };
    this.dirty = true;
    this.painted = -Infinity;
    /** How long a picture of people on their ways may stand, ms. */
    this.still = 0;
    this.colours = new Float32Array(16);
    this.dot = 1;
    this.grounded = true; // cells and names stand on another canvas
    /** Rows the GPU's buffer has room for, and the size of a mark on its sheet, px. */
    this.held = this.sheet = 0;
    const { program, at } = makeProgram(gl);
    this.program = program;
    this.at = at;
    this.buffer = gl.createBuffer();
    this.texture = gl.createTexture();
    this.#bind();
  }

  /** Make everything that lives on the GPU anew, after the context was lost and restored. */
  build() {
    const { gl } = this;
    const { program, at } = makeProgram(gl);
    this.program = program;
    this.at = at;
    this.buffer = gl.createBuffer();
    this.texture = gl.createTexture();
    this.held = this.sheet = 0;
    this.rows.anchorX = NaN;
    this.#bind();
  }

  #bind() {
    const { gl } = this;
    gl.useProgram(this.program);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 4, gl.FLOAT, false, STRIDE, 0);
    gl.enableVertexAttribArray(1);
    gl.vertexAttribPointer(1, 2, gl.FLOAT, false, STRIDE, 16);
    gl.enableVertexAttribArray(2);
    gl.vertexAttribIPointer(2, 4, gl.UNSIGNED_BYTE, STRIDE, 24);
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    for (const side of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, side, gl.LINEAR);
    for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
    gl.enable(gl.BLEND);
  }

  /** Bytes held on the GPU: rows and marks. @returns {number} */
  get bytes() {
    return this.held * STRIDE + this.sheet * this.sheet * SHEET_CELLS * 4;
  }

  /** Give back what is held. */
  free() {
    const { gl } = this;
    gl.deleteBuffer(this.buffer);
    gl.deleteTexture(this.texture);
    gl.deleteProgram(this.program);
    gl.getExtension('WEBGL_lose_context')?.loseContext();
    this.held = this.sheet = 0;
  }

  /** The view or the colours changed. @param {Viewport} vp @param {Palette} palette @param {boolean} restyle
   * @param {Weights} weights how far dots and shapes show; the same object from now on */
  look(vp, palette, restyle, weights) {
    this.weights = weights;
    this.dot = dotSize(vp.mpu) * vp.unit;
    this.still = Math.min(SLOWEST_MS, (MS_PER_METRE * vp.mpu) / vp.unit);
    dotColours(palette, vp.mpu, weights.dots).forEach((colour, kind) => {
      const alpha = (colour >>> 24) / 255;
      for (let k = 0; k < 3; k++) this.colours[4 * kind + k] = (((colour >>> (8 * k)) & 255) / 255) * alpha;
      this.colours[4 * kind + 3] = alpha;
    });
    if (restyle || !this.sheet) this.#draw(palette, vp.unit);
    this.dirty = true;
    this.painted = -Infinity;
  }

  /** @param {Palette} palette @param {number} unit */
  #draw(palette, unit) {
    const { gl } = this;
    const { canvas, cell } = workerSheet(palette, unit, 1);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, canvas);
    this.sheet = cell;
  }

  /** Nothing to do: the ground has a canvas of its own. */
  settle() {}

  /** Nothing to do: the GPU finds the pixels. */
  project() {}

  /** News of some rows, or with `rows` null of the first `count`. @param {Motion} motion @param {Uint8Array} look
   * @param {Viewport} vp @param {Uint32Array|null} rows @param {number} count */
  take(motion, look, vp, rows, count) {
    void vp;
    if (this.rows.anchorX === this.rows.anchorX) this.rows.take(motion, look, rows, count);
    this.dirty = true;
  }

  /** A row looks otherwise. @param {Motion} motion @param {number} look @param {number} row */
  relook(motion, look, row) {
    this.rows.relook(motion, look, row);
    this.dirty = true;
  }

  /** Whether single marks show at all; density is drawn elsewhere. */
  get shown() {
    return this.weights.hexes < 1;
  }

  /** Whether there is reason to draw and the last drawing is old enough. @param {number} t monotonic ms @param {number} gap ms
   * between two pieces of news @param {number} until when the last walk ends, monotonic ms @returns {boolean} */
  due(t, gap, until) {
    if (!this.shown) return false;
    return this.dirty ? t - this.painted >= gap - SLACK_MS : this.painted < until && t - this.painted >= this.still - SLACK_MS;
  }

  /** Whether news of single workers waits to be drawn. */
  get waiting() {
    return this.dirty && this.shown;
  }

  /** Draw all workers. @param {Motion} motion @param {Uint8Array} look @param {number} t monotonic ms @param {Viewport} vp */
  paint(motion, look, t, vp) {
    const { gl, rows, weights } = this;
    if (gl.isContextLost()) return;
    this.dirty = false;
    this.painted = t;
    this.#send(motion, look, vp, t);
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!rows.n) return;
    this.#aim(vp, t);
    if (weights.dots) this.#dots();
    if (weights.shapes) this.#shapes();
  }

  /** What changed goes to the GPU. @param {Motion} motion @param {Uint8Array} look @param {Viewport} vp @param {number} t */
  #send(motion, look, vp, t) {
    const { gl, rows } = this;
    const x = (vp.left + vp.width / 2) / vp.scale;
    const y = (vp.top + vp.height / 2) / vp.scale;
    if (rows.strained(x, y, vp.scale * vp.dpr, t)) rows.fill(motion, look, x, y, t);
    if (this.held !== rows.capacity) {
      gl.bufferData(gl.ARRAY_BUFFER, rows.capacity * STRIDE, gl.DYNAMIC_DRAW);
      this.held = rows.capacity;
      rows.dirty.fill(1);
    }
    for (let from = rows.next(0); from >= 0; from = rows.next(rows.end))
      gl.bufferSubData(gl.ARRAY_BUFFER, from * STRIDE, rows.bytes, from * STRIDE, (rows.end - from) * STRIDE);
  }

  /** @param {Viewport} vp @param {number} t */
  #aim(vp, t) {
    const { gl, rows, at } = this;
    const x = (vp.left + vp.width / 2) / vp.scale - rows.anchorX;
    const y = (vp.top + vp.height / 2) / vp.scale - rows.anchorY;
    const highX = Math.fround(x);
    const highY = Math.fround(y);
    gl.uniform4f(at.centre, highX, highY, x - highX, y - highY);
    gl.uniform1f(at.scale, vp.scale * vp.dpr);
    gl.uniform1f(at.time, t - rows.epoch);
    gl.uniform2f(at.view, this.canvas.width / 2, this.canvas.height / 2);
    gl.uniform2f(at.half_, (vp.width * vp.dpr) / 2, (vp.height * vp.dpr) / 2);
    gl.uniform4fv(at.colours, this.colours);
  }

  /** Of two dots the more opaque wins, so that the order of rows does not show. */
  #dots() {
    const { gl, at } = this;
    gl.blendEquation(gl.MAX);
    gl.uniform1i(at.pass, DOTS);
    gl.uniform1f(at.radius, Math.max(this.dot, 1.4) / 2);
    gl.uniform1f(at.size, Math.ceil(this.dot) + 2);
    gl.drawArrays(gl.POINTS, 0, this.rows.n);
  }

  /** Off duty below, then the idle, then whoever is under way. */
  #shapes() {
    const { gl, at } = this;
    gl.blendEquation(gl.FUNC_ADD);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.uniform1f(at.size, this.sheet);
    gl.uniform1f(at.count, SHEET_CELLS);
    gl.uniform1f(at.weight, this.weights.shapes);
    for (let pass = 0; pass < 3; pass++) {
      gl.uniform1i(at.pass, pass);
      gl.drawArrays(gl.POINTS, 0, this.rows.n);
    }
  }
}
