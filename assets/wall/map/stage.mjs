/**
 * What all maps draw, and when: positions, looks, events, focus and track, and the one animation frame in which every
 * map draws what changed. Reads the picture; touches no DOM but the canvases, through the views.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('../types.mjs').Change} Change
 * @typedef {import('./livelayer.mjs').MapView} MapView
 * @typedef {import('./overlay.mjs').Pin} Pin
 * @typedef {import('../types.mjs').EventRow} EventRow
 */
import { mostUrgent } from './card.mjs';
import { mercatorX, mercatorY } from './geo.mjs';
import { shortTitle } from './labels.mjs';
import { Layers } from './layers.mjs';
import { Motion } from './motion.mjs';
import { Pace } from './pace.mjs';
import { frozen } from '../panel.mjs';
import { extend, pathOf } from './track.mjs';
import { lookOf } from './workerplane.mjs';

const HALF_FLASH_MS = 500;

/** @param {EventRow} event @returns {Pin} */
export function pinOf({ id, sev, lat, lon, title, step, region }) {
  return { id, sev, x: mercatorX(lon), y: mercatorY(lat), label: shortTitle(title), waiting: sev === 4 && step === 'reported', region };
}

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
    /** When the drawing under measurement began, 0 when none is. */
    this.began = 0;
    this.bell = new MessageChannel();
    this.bell.port1.onmessage = () => this.#measured();
    /** @type {Set<MapView>} */
    this.views = new Set();
    this.layers = new Layers((under) => this.touch(under));
    /** @type {import('./basemap.mjs').Grids|null} */
    this.grids = null;
    /** @type {import('./names.mjs').PlaceName[]} */
    this.names = [];
    /** @type {import('./overlay.mjs').Scene} */
    this.scene = { pins: [], focus: null, lit: true, worker: null, path: null, events: true, card: null, taken: [], districts: [] };
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
    if (change.snapshot || change.put.length || change.del.length) this.pins();
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
    for (const view of this.views) view.plane.project(this.motion, view.vp, rows, count);
    this.#watch(workers);
  }

  /** @param {import('../types.mjs').Workers} workers @param {number} row @param {number} now */
  #relook(workers, row, now) {
    const look = lookOf(workers.flag[row], now - workers.fixTime[row], this.ctx.config.fix);
    if (look === this.look[row]) return;
    this.look[row] = look;
    for (const view of this.views) view.plane.dirty = true;
  }

  /** The selected worker's track grows with every fix. @param {import('../types.mjs').Workers} workers */
  #watch(workers) {
    const { path } = this.scene;
    if (this.row < 0 || !path) return;
    if (extend(path, workers.lon[this.row], workers.lat[this.row], workers.fixTime[this.row])) this.touch();
  }

  /** The events and what is in focus. */
  pins() {
    const { events } = this.ctx.picture;
    const pins = Array.from(events.values(), pinOf);
    this.scene.pins = pins.sort((a, b) => a.sev - b.sev || (a.id < b.id ? -1 : 1));
    this.focus();
    this.flash();
  }

  focus() {
    const { selection, picture: { events } } = this.ctx;
    const chosen = selection?.kind === 'event' ? events.get(selection.id) : undefined;
    const event = chosen ?? (selection?.kind === 'worker' ? null : mostUrgent(events.values()));
    this.scene.focus = event ? this.scene.pins.find(({ id }) => id === event.id) ?? null : null;
    this.touch();
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
    const waits = this.scene.pins.some((pin) => pin.waiting) && !frozen(this.ctx, now);
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
    this.flash();
    this.request();
  }

  /** The animation frame. */
  draw() {
    this.asked = 0;
    const t = performance.now();
    const moving = this.motion.step(t);
    this.#carry();
    let [drew, dirty, behind] = [false, false, false];
    for (const view of this.views) {
      const before = view.drawings;
      view.draw(this, t);
      drew ||= view.drawings !== before;
      dirty ||= view.visible && view.plane.dirty;
      behind ||= view.behind(this.since.get(view) ?? 0);
    }
    if (drew) this.#measure(t);
    if (!behind) this.#painted();
    if (moving || dirty) this.request();
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

  /** The ring round the selected worker goes along when it moves half a pixel. */
  #carry() {
    if (this.row < 0 || !(this.motion.x[this.row] >= 0)) return;
    const at = { x: this.motion.x[this.row], y: this.motion.y[this.row] };
    const old = this.scene.worker;
    const near = (/** @type {MapView} */ { vp }) => old && Math.hypot(at.x - old.x, at.y - old.y) * vp.scale * vp.dpr < 0.5;
    if ([...this.views].every(near)) return;
    this.scene.worker = at;
    for (const view of this.views) view.topDirty = true;
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
