/**
 * Coordinates on demand: a drawer that says where the pointer is, in WGS-84, CGCS2000 and GCJ-02, and in which grid; a click
 * on the map copies. Only while its drawer is open does it take clicks. Moves nothing and keeps nothing.
 *
 * @typedef {import('../../types.mjs').Context} Context
 * @typedef {import('./datum.mjs').Place} Place
 */
import { byId, el, setText } from '../../dom.mjs';
import { toGcj } from './datum.mjs';
import { latitudeOf, longitudeOf, mercatorX, mercatorY } from '../geo.mjs';

const KEY = 'readout';
const MAP = 'map-situation';
const ARM = 7; // u of the copied place's cross

/** Six decimals, a tenth of a metre: longitude first, as Chinese forms have it. @param {Place} place @returns {string} */
export function coordinates({ lat, lon }) {
  return `${lon.toFixed(6)}, ${lat.toFixed(6)}`;
}

/** Degrees, minutes and seconds. @param {Place} place @returns {string} */
export function sexagesimal({ lat, lon }) {
  return `${arc(lon, 'E', 'W')} ${arc(lat, 'N', 'S')}`;
}

/** @param {number} degrees @param {string} positive @param {string} negative @returns {string} */
function arc(degrees, positive, negative) {
  const tenths = Math.round(Math.abs(degrees) * 36_000);
  const [d, m, s] = [Math.floor(tenths / 36_000), Math.floor((tenths % 36_000) / 600), (tenths % 600) / 10];
  return `${d}°${String(m).padStart(2, '0')}′${s.toFixed(1).padStart(4, '0')}″${degrees < 0 ? negative : positive}`;
}

/** @param {string} text @returns {Promise<boolean>} whether it is on the clipboard */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyByHand(text); // pages of an address that is neither https nor this machine have no clipboard
  }
}

/** @param {string} text @returns {boolean} */
function copyByHand(text) {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'offscreen';
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  return done;
}

class Readout {
  /** @param {Context} ctx */
  constructor(ctx) {
    this.ctx = ctx;
    /** @type {Place|null} */
    this.copied = null;
    /** @type {Record<string, HTMLElement>} */
    this.lines = {};
    this.said = el('p', 'said');
    this.said.setAttribute('aria-live', 'polite');
    this.follow = (/** @type {PointerEvent} */ event) => this.#follow(event);
  }

  /** @param {HTMLElement} box */
  open(box) {
    const { t } = this.ctx;
    const words = { wgs84: 'WGS-84', dms: '', cgcs2000: 'CGCS2000', gcj02: 'GCJ-02', place: t('map.readout.place') };
    const rows = Object.entries(words).map(([key, word]) => [el('dt', '', word), (this.lines[key] = el('dd', key, '—'))]);
    setText(this.lines.cgcs2000, t('map.readout.cgcs'));
    setText(this.said, t('map.readout.hint'));
    box.append(el('dl', 'readout', ...rows.flat()), this.said);
    byId(MAP).addEventListener('pointermove', this.follow);
    byId(MAP).classList.add('measuring');
    this.ctx.map.layers.add({
      key: KEY, under: false, maps: [MAP], draw: (c, vp, palette) => this.#draw(c, vp, palette),
      click: (vp, x, y) => this.#click(place(vp, x / vp.dpr, y / vp.dpr)),
    });
  }

  close() {
    byId(MAP).removeEventListener('pointermove', this.follow);
    byId(MAP).classList.remove('measuring');
    this.ctx.map.layers.remove(KEY);
    this.copied = null;
  }

  /** @param {PointerEvent} event */
  #follow({ clientX, clientY }) {
    const { left, top } = byId(MAP).getBoundingClientRect();
    const view = [...this.ctx.map.stage.views].find(({ kind }) => kind.name === MAP);
    if (view) this.#say(place(view.vp, clientX - left, clientY - top));
  }

  /** @param {Place} at */
  #say(at) {
    setText(this.lines.wgs84, coordinates(at));
    setText(this.lines.dms, sexagesimal(at));
    setText(this.lines.gcj02, coordinates(toGcj(at)));
    setText(this.lines.place, this.#place(at));
  }

  /** The grid, in words and by its code. @param {Place} at @returns {string} */
  #place({ lat, lon }) {
    const { regions, map: { land }, t } = this.ctx;
    const node = land?.nodeAt(mercatorX(lon), mercatorY(lat)) ?? -1;
    return !regions || node < 0 ? t('map.readout.outside') : `${regions.place(node)} ${regions.codes[node]}`;
  }

  /** @param {Place} at @returns {boolean} */
  #click(at) {
    this.copied = at;
    this.#say(at);
    this.ctx.map.layers.touch(KEY);
    const text = coordinates(at);
    void copy(text).then((done) => setText(this.said, done ? this.ctx.t('map.readout.copied', text) : text));
    return true;
  }

  /** A cross where the copied place is. @param {CanvasRenderingContext2D} c @param {import('../viewport.mjs').Viewport} vp
   * @param {import('../palette.mjs').Palette} palette */
  #draw(c, vp, palette) {
    if (!this.copied) return;
    const [x, y, arm] = [vp.x(mercatorX(this.copied.lon)), vp.y(mercatorY(this.copied.lat)), ARM * vp.unit];
    for (const [colour, width] of /** @type {[string, number][]} */ ([[palette.ground, 4], [palette.focus, 1.5]])) {
      c.beginPath();
      for (const [dx, dy] of [[arm, 0], [0, arm]]) {
        c.moveTo(x - dx, y - dy);
        c.lineTo(x + dx, y + dy);
      }
      [c.strokeStyle, c.lineWidth] = [colour, width * vp.unit];
      c.stroke();
    }
  }
}

/** @param {import('../viewport.mjs').Viewport} vp @param {number} x CSS pixels @param {number} y @returns {Place} */
function place(vp, x, y) {
  return { lon: longitudeOf((vp.left + x) / vp.scale), lat: latitudeOf((vp.top + y) / vp.scale) };
}

/** @param {Context} ctx */
export function mount(ctx) {
  const readout = new Readout(ctx);
  ctx.map.tools.add({ key: KEY, sign: ctx.t('map.readout.sign'), title: ctx.t('map.readout'), open: (box) => readout.open(box), close: () => readout.close() });
}
