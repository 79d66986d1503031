/**
 * What the area layers know: fences and warnings out of the picture, themes out of the city pack, which of them are shown,
 * and what lies at a place. Fetches the themes' places when they are first shown; draws nothing.
 *
 * @typedef {import('../../types.mjs').Context} Context
 * @typedef {import('../../types.mjs').Area} Area
 * @typedef {import('../../types.mjs').Alarm} Alarm
 * @typedef {import('../../types.mjs').Words} Words
 * @typedef {import('./areashape.mjs').Outline} Outline
 * @typedef {{key: string, count: number, name: Words, glyph: string, source: Words, demo: boolean,
 *   pattern: 'none'|'rising'|'falling'|'level'|'upright'|'dots', fields: {key: string, zh: string, en: string}[]}} Theme
 *   See dashboard/themes.py.
 * @typedef {{theme: Theme, x: number, y: number, outline: Outline|null, props: Record<string, any>, region: string}} Place
 *   `x`, `y` Mercator, of an area's middle.
 * @typedef {{area: Area, outline: Outline, alarm: Alarm|null}} Drawn  `alarm`: the gravest that stands about it.
 * @typedef {{x: number, y: number, count: number, theme: Theme}} Sum  How many places of a theme a region has.
 */
import { contains, outlineOf } from './areashape.mjs';
import { fetchJson } from '../../json.mjs';
import { mercatorX, mercatorY } from '../geo.mjs';

const KEPT = 'wall.areas';
/** Layers that come out of the picture, in the order of the list. */
export const KINDS = /** @type {const} */ (['fence', 'cap', 'theme']);
/** Digits of a district's and of a town's code. */
export const DISTRICT = 6;
export const TOWN = 9;

/** Whether an area counts at an instant. @param {Area} area @param {number} now UTC ms */
export const inForce = ({ from, until }, now) => (from === null || from <= now) && (until === null || now < until);

const STANDS = ['unacknowledged', 'acknowledged'];
/** @param {readonly Alarm[]} alarms @returns {Alarm[]} those of fences that stand, newest first */
export const fenceAlarms = (alarms) => alarms.filter(({ kind, state }) => kind.startsWith('fence.') && STANDS.includes(state)).sort((a, b) => b.since - a.since);

/** @param {Theme} theme @param {any} feature GeoJSON @returns {Place} */
export function placeOf(theme, { geometry, properties }) {
  const outline = geometry.type === 'Point' ? null : outlineOf(geometry);
  const [x, y] = outline ? [(outline.box[0] + outline.box[2]) / 2, (outline.box[1] + outline.box[3]) / 2] : [mercatorX(geometry.coordinates[0]), mercatorY(geometry.coordinates[1])];
  return { theme, x, y, outline, props: properties, region: String(properties.region ?? '') };
}

/** Places counted by region, in the middle of those that it has. @param {readonly Place[]} places @param {number} digits of the region's code @returns {Map<string, Sum>} */
export function sumsOf(places, digits) {
  /** @type {Map<string, Sum>} */
  const sums = new Map();
  for (const { x, y, region, theme } of places) {
    const code = region.slice(0, digits);
    const sum = sums.get(code) ?? { x, y, count: 0, theme };
    sum.x += (x - sum.x) / (sum.count + 1);
    sum.y += (y - sum.y) / (sum.count + 1);
    sum.count += 1;
    sums.set(code, sum);
  }
  return sums;
}

export class AreaBook {
  /** @param {Context} ctx @param {() => void} changed */
  constructor(ctx, changed) {
    this.ctx = ctx;
    this.changed = changed;
    /** @type {Theme[]} */
    this.themes = [];
    /** @type {Map<string, Place[]>} */
    this.places = new Map();
    /** @type {Map<string, {area: Area, outline: Outline}>} */
    this.outlines = new Map();
    this.shown = new Set(kept() ?? ['fence', 'cap']);
    void this.#open();
  }

  async #open() {
    this.themes = (await fetchJson('/city/themes.json')) ?? [];
    await Promise.all(this.themes.filter(({ key }) => this.shown.has(key)).map((theme) => this.#load(theme)));
    this.changed();
  }

  /** @param {Theme} theme */
  async #load(theme) {
    if (this.places.has(theme.key)) return;
    this.places.set(theme.key, []);
    const file = await fetchJson(`/city/themes/${encodeURIComponent(theme.key)}.json`);
    if (!file) return void this.places.delete(theme.key);
    this.places.set(theme.key, file.features.map((/** @type {any} */ feature) => placeOf(theme, feature)));
    this.changed();
  }

  /** @param {string} key @param {boolean} on */
  show(key, on) {
    this.shown[on ? 'add' : 'delete'](key);
    localStorage.setItem(KEPT, JSON.stringify([...this.shown]));
    const theme = this.themes.find((one) => one.key === key);
    if (theme && on) void this.#load(theme);
    this.changed();
  }

  /** Every theme's places, for a search through all. */
  async all() {
    await Promise.all(this.themes.map((theme) => this.#load(theme)));
  }

  /** Areas of the picture with their outlines. @returns {Drawn[]} */
  drawn() {
    const { areas, alarms } = this.ctx.picture;
    const about = new Map();
    for (const alarm of fenceAlarms(alarms)) if (alarm.sev > (about.get(alarm.area)?.sev ?? 0)) about.set(alarm.area, alarm);
    return areas.map((area) => ({ ...this.#outlined(area), alarm: about.get(area.id) ?? null }));
  }

  /** @param {Area} area */
  #outlined(area) {
    const known = this.outlines.get(area.id);
    if (known?.area === area) return known;
    const made = { area, outline: outlineOf(area.geometry) };
    this.outlines.set(area.id, made);
    return made;
  }

  /** Those on the map now. @returns {Drawn[]} */
  visible() {
    const now = this.ctx.now();
    return this.drawn().filter(({ area }) => this.shown.has(area.kind) && inForce(area, now));
  }

  /** @returns {Place[]} of the themes shown, in the wall's scope */
  visiblePlaces() {
    const { scope } = this.ctx;
    return this.themes.filter(({ key }) => this.shown.has(key)).flatMap(({ key }) => this.places.get(key) ?? []).filter(({ region }) => region.startsWith(scope));
  }

  /** The smallest area at a place. @param {number} x @param {number} y Mercator @returns {Drawn|null} */
  areaAt(x, y) {
    const size = (/** @type {Drawn} */ { outline: { box } }) => (box[2] - box[0]) * (box[3] - box[1]);
    return this.visible().filter(({ outline }) => contains(outline, x, y)).sort((a, b) => size(a) - size(b))[0] ?? null;
  }
}

/** @returns {string[]|null} the layers this browser showed last */
function kept() {
  try {
    const keys = JSON.parse(localStorage.getItem(KEPT) ?? 'null');
    return Array.isArray(keys) ? keys : null;
  } catch {
    return null;
  }
}
