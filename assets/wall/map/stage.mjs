/**
 * What all maps draw, and when: positions, looks, events, focus and track, and the one animation frame in which every
 * map draws what changed. Reads the picture; touches no DOM but the canvases, through the views.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('../types.mjs').Change} Change
 * @typedef {import('./livelayer.mjs').MapView} MapView
 */
import { inFocus } from './dispatch/card.mjs';
import { Layers } from './layers.mjs';
import { lookOf } from './people/looks.mjs';
import { Motion } from './people/motion.mjs';
import { Pace } from './people/pace.mjs';
import { Pins, pinOf } from './pins.mjs';
import { nearTo } from './people/plates.mjs';
import { frozen } from '../panel.mjs';
import { extend, pathOf } from './tracks/track.mjs';
import { GRID_MPU } from './viewport.mjs';

const HALF_FLASH_MS = 500;
/** Where GPUs find everybody's place, those who ask for it on the CPU get it so often. */
const STEP_MS = 250;

/** Which half of the flash `now` lies in; one phase for the whole wall. @param {number} now UTC ms @returns {boolean} */
export function litAt(now) {
  return now % (2 * HALF_FLASH_MS) < HALF_FLASH_MS;
}

export class Stage {
  /** @param {Context} ctx @param {import('./palette.mjs').Palette} palette @param {number} u @param {boolean} still */
  constructor(ctx, palette, u, still) {
    this.ctx = ctx;
    this.palette = palette;
    this.u = u;
    this.motion = new Motion(still);
    /** @type {Uint8Array} */
    this.look = new Uint8Array(0);
    this.pace = new Pace();
    this.pins = new Pins();
    /** This browser does not know everybody: maps show density, whatever the zoom. */
    this.partial = false;
    /** The map in whose view everybody is known all the same. @type {MapView|null} */
    this.near = null;
    /** Density counted elsewhere, null where the rows held here are counted. @type {{cells: import('./people/hexfield.mjs').Cells}|null} */
    this.density = null;
    /** When all positions were brought up to date last, monotonic ms. */
    this.stepped = 0;
    /** When the drawing under measurement began, 0 when none is. */
    this.began = 0;
    this.bell = new MessageChannel();
    this.bell.port1.onmessage = () => this.#measured();
    /** @type {Set<MapView>} */
    this.views = new Set();
    /** What the card says, whose numbers the plates bear. @type {import('./dispatch/card.mjs').Content|null} */
    this.card = null;
    this.layers = new Layers((under) => this.touch(under));
    /** @type {import('./ground/basemap.mjs').Grids|null} */
    this.grids = null;
    /** @type {import('./ground/names.mjs').PlaceName[]} */
    this.names = [];
    /** @type {import('./overlay.mjs').Scene} */
    this.scene = { pins: [], focus: null, lit: true, worker: null, path: null, near: [], events: true, card: null, taken: [], districts: [], scope: '' };
    this.row = -1; // of the selected worker
    this.asked = 0;
    this.flashTimer = 0;
    /** @type {number|null} when the log took the oldest record not drawn yet */
    this.t0 = null;
    this.fresh = false;
    /** How often each map had been drawn when the oldest frame not yet painted came. @type {WeakMap<MapView, number>} */
    this.since = new WeakMap();
    /** @type {((t0: number|null) => void)[]} */
    this.listeners = [];
    this.draw = this.draw.bind(this);
    this.request = this.request.bind(this);
  }

  request() {
    if (!this.asked) this.asked = requestAnimationFrame(this.draw);
  }

  /** Something on the overlay changed, or `under` the workers. @param {boolean} [under] */
  touch(under = false) {
    for (const view of this.views) view[under ? 'underDirty' : 'topDirty'] = true;
    this.request();
  }

  /** Colours or the unit changed. @param {import('./palette.mjs').Palette} palette @param {number} u */
  restyle(palette, u) {
    this.palette = palette;
    this.u = u;
    for (const view of this.views) view.restyle = true;
    this.request();
  }

  /** @param {Change} change */
  frame(change) {
    const { workers } = this.ctx.picture;
    const rows = change.snapshot ? null : change.rows;
    const all = change.snapshot || change.rows === null;
    if (all || (rows && rows.length)) this.#workers(workers, all ? null : rows);
    if (change.snapshot || change.put.length || change.del.length) this.#events(change);
    this.t0 = document.hidden ? null : this.t0 ?? change.t0; // a hidden page draws nothing, and that is no delay
    if (!this.fresh) for (const view of this.views) this.since.set(view, view.drawings);
    this.fresh = true;
    this.request();
  }

  /** @param {import('../types.mjs').Workers} workers @param {Uint32Array|null} rows */
  #workers(workers, rows) {
    const now = this.ctx.now();
    this.motion.update(workers, rows, performance.now());
    if (this.look.length < this.motion.x.length) this.look = grown(this.look, this.motion.x.length);
    const count = rows ? rows.length : workers.n;
    for (let k = 0; k < count; k++) this.#relook(workers, rows ? rows[k] : k, now);
    for (const view of this.views) view.take(this, rows, count);
    this.#watch(workers);
  }

  /** @param {import('../types.mjs').Workers} workers @param {number} row @param {number} now */
  #relook(workers, row, now) {
    const look = lookOf(workers.flag[row], now - workers.fixTime[row], this.ctx.config.fix);
    if (look === this.look[row]) return;
    this.look[row] = look;
    for (const view of this.views) view.relook(this, row);
  }

  /** The selected worker's track grows with every fix. @param {import('../types.mjs').Workers} workers */
  #watch(workers) {
    const { path } = this.scene;
    if (this.row < 0 || !path) return;
    if (extend(path, workers.lon[this.row], workers.lat[this.row], workers.fixTime[this.row])) this.touch();
  }

  /** The events and what is in focus. @param {Change} change */
  #events({ snapshot, put, del }) {
    const { events } = this.ctx.picture;
    if (snapshot) this.pins.reset(events.values());
    for (const id of snapshot ? [] : del) this.pins.del(id);
    for (const id of snapshot ? [] : put) {
      const event = events.get(id);
      if (event) this.pins.put(event);
    }
    this.focus();
    this.flash();
  }

  focus() {
    const event = inFocus(this.ctx);
    const pin = event ? this.pins.byId.get(event.id) ?? pinOf(event) : null;
    this.scene.pins = !pin || this.pins.byId.has(pin.id) ? this.pins.list : [...this.pins.list, pin];
    this.scene.focus = pin;
    this.nearby();
    this.touch();
  }

  /** The workers nearest to the event in focus, where a map is close enough to name them. */
  nearby() {
    const { scene } = this;
    const close = [...this.views].some(({ visible, kind, vp }) => visible && kind.events && vp.mpu <= GRID_MPU);
    const had = scene.near.length;
    scene.near = close && scene.focus ? nearTo(this.ctx, this.motion, scene.focus.id, this.card) : [];
    if (had || scene.near.length) this.touch();
  }

  /** The selected worker, if any, and their track of the last hour. */
  async follow() {
    const { selection, picture: { workers }, config } = this.ctx;
    this.row = selection?.kind === 'worker' ? workers.rowOf.get(selection.id) ?? -1 : -1;
    this.scene.path = this.scene.worker = null;
    this.touch();
    if (this.row < 0 || !selection) return;
    const track = await this.ctx.track(selection.id).catch(() => null);
    if (this.ctx.selection !== selection) return;
    const since = this.ctx.now() - config.track_minutes * 60_000;
    this.scene.path = track ? pathOf(track, since) : { x: [], y: [], time: [] };
    this.#watch(workers);
    this.touch();
  }

  /** The one flash: half a second on, half off, while a 紧急 waits and the picture is current. */
  flash() {
    clearTimeout(this.flashTimer);
    this.flashTimer = 0;
    const now = this.ctx.now();
    const waits = this.pins.waiting && !frozen(this.ctx, now);
    const lit = !waits || litAt(now);
    if (lit !== this.scene.lit) {
      this.scene.lit = lit;
      for (const view of this.views) view.topDirty ||= view.kind.events;
      this.request();
    }
    if (waits) this.flashTimer = window.setTimeout(() => this.flash(), HALF_FLASH_MS - (now % HALF_FLASH_MS) + 4);
  }

  /** Once a second: fixes grow old. @param {number} now UTC ms */
  tick(now) {
    const { workers } = this.ctx.picture;
    for (let row = 0; row < workers.n && row < this.look.length; row++) this.#relook(workers, row, now);
    this.nearby();
    this.flash();
    this.request();
  }

  /** The animation frame. */
  draw() {
    this.asked = 0;
    const t = performance.now();
    let again = this.#step(t) > 0;
    this.#carry();
    let drew = false;
    let behind = false;
    for (const view of this.views) {
      const before = view.drawings;
      view.draw(this, t);
      drew ||= view.drawings !== before;
      again ||= view.busy(this);
      behind ||= view.behind(this.since.get(view) ?? 0);
    }
    if (drew) this.#measure(t);
    if (!behind) this.#painted();
    if (again) this.request();
  }

  /** Bring positions up to date: all where a canvas draws them, else the watched one's, and all from time to time and at the end.
   * @param {number} t monotonic ms @returns {number} how many are under way */
  #step(t) {
    const { motion } = this;
    let all = t - this.stepped >= STEP_MS || t >= motion.until;
    for (const view of this.views) all ||= view.visible && view.steps && t - this.stepped >= view.vp.still;
    if (this.row >= 0) motion.settle(this.row, t);
    for (const { row } of this.scene.near) motion.settle(row, t);
    if (!all) return motion.moving;
    this.stepped = t;
    return motion.step(t);
  }

  /** A message posted now is read after this frame has left the main thread. @param {number} t monotonic ms */
  #measure(t) {
    if (this.began || document.hidden) return;
    this.began = t;
    this.bell.port2.postMessage(null);
  }

  #measured() {
    this.pace.took(performance.now() - this.began);
    this.began = 0;
  }

  /** What stands at a worker goes along when it moves half a pixel: the plates, and the ring round the selected one. */
  #carry() {
    for (const near of this.scene.near) {
      if (near.row < 0) continue; // not held here: stays where the server saw it
      const x = this.motion.x[near.row];
      const y = this.motion.y[near.row];
      if (near.row < 0 || this.#same(near, x, y)) continue;
      near.x = x;
      near.y = y;
      for (const view of this.views) view.topDirty ||= view.kind.events;
    }
    this.#ring();
  }

  /** Whether a place lies on the same pixel of every map as another. @param {{x: number, y: number}} old @param {number} x @param {number} y */
  #same(old, x, y) {
    for (const { vp } of this.views) if (!(Math.hypot(x - old.x, y - old.y) * vp.scale * vp.dpr < 0.5)) return false;
    return true;
  }

  #ring() {
    if (this.row < 0 || !(this.motion.x[this.row] >= 0)) return;
    const x = this.motion.x[this.row];
    const y = this.motion.y[this.row];
    if (this.scene.worker && this.#same(this.scene.worker, x, y)) return;
    this.scene.worker = { x, y };
    for (const view of this.views) view.topDirty = true;
  }

  /** How the maps are drawn, for `window.wall.debug()`. @returns {{renderer: import('./people/renderer.mjs').Renderer, gpuBytes: number}} */
  report() {
    const views = [...this.views];
    return { renderer: views.some(({ renderer }) => renderer === 'webgl') ? 'webgl' : 'canvas', gpuBytes: views.reduce((sum, { gpuBytes }) => sum + gpuBytes, 0) };
  }

  #painted() {
    if (!this.fresh) return;
    const { t0 } = this;
    this.fresh = false;
    this.t0 = null;
    for (const listener of this.listeners) listener(t0);
  }
}

/** @param {Uint8Array} old @param {number} size @returns {Uint8Array} */
function grown(old, size) {
  const column = new Uint8Array(size);
  column.set(old);
  return column;
}
