/**
 * Areas on the situation map: fences, warnings and theme layers, what the pointer finds of them, their legend, and the tool
 * that lists and draws them. Alarms of fences get a ring here; all alarms together are not this module's business.
 *
 * @typedef {import('../../types.mjs').Context} Context
 * @typedef {import('../viewport.mjs').Viewport} Viewport
 * @typedef {import('../palette.mjs').Palette} Palette
 * @typedef {import('./areabook.mjs').Place} Place
 * @typedef {import('./areabook.mjs').Drawn} Drawn
 */
import { el, setHidden } from '../../dom.mjs';
import { NO_FIX } from '../../types.mjs';
import { AreaBook, DISTRICT, TOWN, fenceAlarms, sumsOf } from './areabook.mjs';
import { drawArea, drawGround, drawName, drawPlate, drawRing, drawSums, grain } from './areapaint.mjs';
import { Popup, areaWords, placeName } from './areapopup.mjs';
import { AreaTool } from './arealist.mjs';
import { mercatorAt } from './areadraw.mjs';
import { contains } from './areashape.mjs';
import { footOf } from '../room.mjs';
import { mercatorX, mercatorY } from '../geo.mjs';

const UNDER = 'areas-under';
const ABOVE = 'areas';
/** Reach of a click at a plate, u. */
const REACH = 9;
/** How far below a district's name its counts stand, u; the count of 一般 events has the line between. */
const BELOW = 36;
const MOST_RINGS = 60;
/** What a severe event with its label, and a district's name, take to the left, above, to the right and below, u. */
const LABELLED = [12, 12, 130, 12];
const NAMED = [34, 13, 34, 30];

/** @param {Context} ctx @returns {import('../../types.mjs').Screen} */
export function mount(ctx) {
  const layers = new AreaLayers(ctx);
  const tool = new AreaTool(ctx, layers.book, layers.popup);
  layers.popup.onEdit = (area) => tool.edit(area);
  layers.popup.onRemove = (area) => tool.ask(area);
  layers.onChange = () => tool.paint();
  ctx.map.tools.add({ key: 'areas', sign: ctx.t('area.sign'), title: ctx.t('area.title'), open: (box) => tool.open(box), close: () => tool.close() });
  ctx.on('scope', () => layers.touch());
  return {
    frame(change) {
      if (change.snapshot || change.keys.has('areas') || change.keys.has('alarms')) layers.touch();
    },
    tick: () => layers.tick(),
  };
}

class AreaLayers {
  /** @param {Context} ctx */
  constructor(ctx) {
    this.ctx = ctx;
    this.onChange = () => {};
    this.popup = new Popup(ctx, () => ctx.map.layers.touch(ABOVE));
    this.legend = el('div', 'alegend');
    footOf(ctx).append(this.legend);
    this.book = new AreaBook(ctx, () => this.touch());
    this.inForce = '';
    const maps = /** @type {const} */ (['map-situation']);
    ctx.map.layers.add({ key: UNDER, under: true, maps, draw: (c, vp, palette) => this.#under(c, vp, palette) });
    ctx.map.layers.add({
      key: ABOVE, under: false, maps, last: true,
      draw: (c, vp, palette) => this.#above(c, vp, palette),
      hover: (vp, x, y) => this.#words(vp, x, y),
      click: (vp, x, y) => this.#click(vp, x, y),
    });
  }

  /** Something has changed: draw and list anew. */
  touch() {
    this.#legend();
    this.ctx.map.layers.touch(UNDER);
    this.ctx.map.layers.touch(ABOVE);
    this.onChange();
  }

  /** Rings go along with people, and areas begin and end by the clock. */
  tick() {
    const inForce = this.book.visible().map(({ area }) => area.id).join();
    if (inForce !== this.inForce) this.touch();
    else if (this.#alarms().length) this.ctx.map.layers.touch(ABOVE);
    this.inForce = inForce;
  }

  #alarms() {
    return this.book.shown.has('fence') ? fenceAlarms(this.ctx.picture.alarms).slice(0, MOST_RINGS) : [];
  }

  /** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Palette} palette */
  #under(c, vp, palette) {
    if (grain(vp) !== 'district') for (const place of this.book.visiblePlaces()) drawGround(c, vp, place, palette);
  }

  /** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Palette} palette */
  #above(c, vp, palette) {
    const drawn = this.book.visible();
    for (const one of drawn) drawArea(c, vp, one, palette);
    const { place: said } = this.popup;
    const places = this.book.visiblePlaces();
    if (said && !places.includes(said)) places.push(said); // found by name outside the scope
    if (grain(vp) === 'place') for (const place of places) drawPlate(c, vp, place.theme.glyph, vp.x(place.x), vp.y(place.y), palette, said === place);
    else this.#sums(c, vp, palette);
    const taken = this.#taken(vp);
    for (const one of drawn) drawName(c, vp, one, palette, areaWords(this.ctx, one.area), taken);
    for (const alarm of this.#alarms()) if (alarm.kind !== 'fence.absence') drawRing(c, vp, { ...this.#whereabouts(alarm), sev: alarm.sev }, palette);
    this.popup.follow(vp);
  }

  /** Where severe events and their labels stand, about, and the districts' names. @param {Viewport} vp @returns {import('../labels.mjs').Box[]} */
  #taken(vp) {
    const { pins, districts } = this.ctx.map.stage.scene;
    const box = (/** @type {{x: number, y: number}} */ at, /** @type {number[]} */ [left, top, right, foot]) =>
      /** @type {import('../labels.mjs').Box} */ ([vp.x(at.x) - left * vp.unit, vp.y(at.y) - top * vp.unit, vp.x(at.x) + right * vp.unit, vp.y(at.y) + foot * vp.unit]);
    return [...pins.filter(({ sev }) => sev > 2).map((pin) => box(pin, LABELLED)), ...districts.map((name) => box(name, NAMED))];
  }

  /** @param {import('../../types.mjs').Alarm} alarm @returns {{x: number, y: number}} where its worker is now, or was then */
  #whereabouts(alarm) {
    const { workers } = this.ctx.picture;
    const row = workers.rowOf.get(alarm.device);
    const known = row !== undefined && workers.lon[row] !== NO_FIX;
    const [lon, lat] = known ? [workers.lon[row] / 1e6, workers.lat[row] / 1e6] : [alarm.lon, alarm.lat];
    return { x: mercatorX(lon), y: mercatorY(lat) };
  }

  /** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Palette} palette */
  #sums(c, vp, palette) {
    const district = grain(vp) === 'district';
    const places = this.book.visiblePlaces();
    /** @type {Map<string, import('./areabook.mjs').Sum[]>} */
    const byRegion = new Map();
    for (const theme of this.book.themes)
      for (const [code, sum] of sumsOf(places.filter((place) => place.theme === theme), district ? DISTRICT : TOWN)) byRegion.set(code, [...(byRegion.get(code) ?? []), sum]);
    for (const [code, sums] of byRegion) {
      const name = this.ctx.map.stage.names.find((one) => one.code === code);
      const below = district ? BELOW : 16;
      drawSums(c, vp, sums, vp.x(name?.x ?? sums[0].x), vp.y(name?.y ?? sums[0].y) + (name ? below * vp.unit : 0), palette);
    }
  }

  /** @param {Viewport} vp @param {number} x device pixels @param {number} y @returns {Place|null} */
  #placeAt(vp, x, y) {
    if (grain(vp) === 'district') return null;
    const places = this.book.visiblePlaces();
    const far = (/** @type {Place} */ place) => Math.hypot(vp.x(place.x) - x, vp.y(place.y) - y);
    const near = grain(vp) === 'place' ? places.filter((place) => far(place) <= REACH * vp.unit).sort((a, b) => far(a) - far(b))[0] : undefined;
    const [mx, my] = mercatorAt(vp, x, y);
    return near ?? places.find(({ outline }) => outline && contains(outline, mx, my)) ?? null;
  }

  /** @param {Viewport} vp @param {number} x @param {number} y @returns {string|null} */
  #words(vp, x, y) {
    const place = this.#placeAt(vp, x, y);
    if (place) return `${placeName(this.ctx, place)} · ${this.ctx.name(place.theme.name, place.theme.key)}`;
    const found = this.book.areaAt(...mercatorAt(vp, x, y));
    return found && areaWords(this.ctx, found.area);
  }

  /** @param {Viewport} vp @param {number} x @param {number} y @returns {boolean} */
  #click(vp, x, y) {
    const place = this.#placeAt(vp, x, y);
    const found = place ? null : this.book.areaAt(...mercatorAt(vp, x, y));
    const had = this.popup.shown;
    if (place) this.popup.showPlace(place);
    else if (found && (found.area.kind === 'cap' || vp.mpu < 70)) this.popup.showArea(found, mercatorAt(vp, x, y));
    else this.popup.hide();
    this.ctx.map.layers.touch(ABOVE);
    return this.popup.shown || had;
  }

  /** Which letters stand for what, while any theme is shown. */
  #legend() {
    const shown = this.book.themes.filter(({ key }) => this.book.shown.has(key));
    setHidden(this.legend, shown.length === 0);
    this.legend.replaceChildren(...shown.map((theme) => el('span', '', el('i', 'aplate', theme.glyph), this.ctx.name(theme.name, theme.key))));
    if (shown.some(({ demo }) => demo)) this.legend.append(el('em', '', this.ctx.t('area.demo')));
  }
}
