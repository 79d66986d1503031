/**
 * One map at work: its size and first view, the pointer over it, the tip, and what lies on top of it. Draws nothing.
 *
 * @typedef {import('leaflet').Map} LeafletMap
 * @typedef {import('./overlay.mjs').Box} Box
 * @typedef {{card: HTMLElement|null, onRest: (vp: import('./viewport.mjs').Viewport) => void}} Around
 */
import { person } from './dispatch/card.mjs';
import { numberText } from '../i18n.mjs';
import { dutyOf } from '../workers/roster.mjs';
import { el, setHidden, setText, unit } from '../dom.mjs';
import { MapView } from './livelayer.mjs';
import { pickPin, pickWorker } from './pick.mjs';
import { CITY_MPU } from './viewport.mjs';
import { FAINT_MPU, KINDS } from './people/workerplane.mjs';

const EDGE = 3; // u around the city in the first view
const WHOLE = 0.9; // a map that leaves more of its panel free has the card there
const CARD = 310; // u the card takes, shown or not: a view does not move because data came
const FOOT = 30; // u the legend takes below it
const MARGIN = 24; // u a revealed mark keeps from the edge

export class Desk {
  /**
   * @param {LeafletMap} map @param {{name: import('./layers.mjs').MapName, density: boolean, events: boolean}} kind @param {import('./stage.mjs').Stage} stage
   * @param {Around} around @param {() => void} restyle when the unit changed
   */
  constructor(map, kind, stage, around, restyle) {
    this.map = map;
    this.stage = stage;
    this.around = around;
    this.restyle = restyle;
    this.view = new MapView(map, kind, stage.request, stage.draw);
    this.view.onRest = () => this.#rest();
    stage.views.add(this.view);
    this.tip = el('div', 'maptip');
    map.getContainer().append(this.tip);
    this.used = false; // a person has moved this map
    /** @type {import('leaflet').LatLngBoundsLiteral|null} */
    this.first = null;
    this.fitting = false;
    map.on('movestart zoomstart', () => (this.used ||= !this.fitting));
    map.on('mousemove', (event) => this.#hover(event.containerPoint));
    map.on('mouseout', () => this.#hover(null));
    map.on('contextmenu', (event) => this.#hover(event.containerPoint)); // a long press, where there is no pointer
    map.on('click', (event) => this.#click(event.containerPoint));
    this.size = new ResizeObserver(() => this.#resize());
    this.size.observe(map.getContainer());
    this.cardSize = new ResizeObserver(() => this.#rest());
    if (around.card) this.cardSize.observe(around.card);
    this.#home();
    this.#resize();
  }

  remove() {
    this.size.disconnect();
    this.cardSize.disconnect();
    this.view.remove();
    this.tip.remove();
    this.stage.views.delete(this.view);
  }

  /** The way back to the first view, beside the zoom buttons. */
  #home() {
    const { t } = this.stage.ctx;
    const bar = this.map.getContainer().querySelector('.leaflet-control-zoom');
    const words = [t('map.zoom.in'), t('map.zoom.out')];
    bar?.querySelectorAll('a').forEach((button, k) => {
      for (const name of ['title', 'aria-label']) button.setAttribute(name, words[k]); // in place of Leaflet's English
    });
    const button = el('a', 'home', '⌂');
    for (const [name, value] of Object.entries({ role: 'button', href: '#', title: t('map.home'), 'aria-label': t('map.home') })) button.setAttribute(name, value);
    button.addEventListener('click', (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.used = false;
      this.fit();
    });
    bar?.append(button);
  }

  #resize() {
    if (!this.view.visible) return;
    this.map.invalidateSize({ animate: false, pan: this.used });
    if (!this.used) this.fit();
    if (Math.abs(unit() - this.stage.u) > 1e-3) this.restyle();
    this.view.restyle = true;
    this.stage.request();
  }

  /** The first view from now on: a region, or (null) the whole city; goes there. @param {import('leaflet').LatLngBoundsLiteral|null} bounds */
  settle(bounds) {
    this.first = bounds;
    this.used = false;
    if (this.view.visible) this.fit();
  }

  /** The first view: the whole city where card and legend leave room for it, so that no event starts out of sight. */
  fit(bounds = this.first ?? this.stage.ctx.config.city.bounds) {
    const { zoomSnap } = this.map.options;
    this.map.options.zoomSnap = 0; // the whole box, not the next lower quarter of a zoom
    this.fitting = true;
    const u = unit();
    const legend = this.map.getContainer().parentElement?.querySelector('.choro:not([hidden])');
    const [right, foot] = this.around.card ? [this.#besideCard() ? 0 : CARD * u, FOOT * u + (legend?.clientHeight ?? 0)] : [0, 0];
    this.map.fitBounds(bounds, { animate: false, paddingTopLeft: [EDGE * u, EDGE * u], paddingBottomRight: [EDGE * u + right, EDGE * u + foot] });
    this.fitting = false;
    this.map.options.zoomSnap = zoomSnap;
  }

  /** @returns {Box|null} */
  #cardBox() {
    const { card } = this.around;
    return card?.offsetWidth && !this.#besideCard() ? this.#boxOf(card) : null;
  }

  /** The card stands below the map, not on it, as on the console. */
  #besideCard() {
    const frame = this.map.getContainer();
    return frame.clientHeight < (frame.parentElement?.clientHeight ?? 0) * WHOLE;
  }

  /** @param {Element} node @returns {Box} in the map's CSS pixels */
  #boxOf(node) {
    const frame = this.map.getContainer().getBoundingClientRect();
    const box = node.getBoundingClientRect();
    return [box.left - frame.left, box.top - frame.top, box.right - frame.left, box.bottom - frame.top];
  }

  #rest() {
    const frame = this.map.getContainer().parentElement;
    if (frame) frame.dataset.mode = this.view.mode; // the legend follows it
    this.around.onRest(this.view.vp);
    if (!this.around.card) return;
    const above = frame?.querySelectorAll('.legend, .attr, .leaflet-control-zoom, .choro:not([hidden]), .mtools') ?? [];
    this.stage.scene.card = this.#cardBox();
    this.stage.scene.taken = [...above].map((node) => this.#boxOf(node));
    this.stage.touch();
  }

  /** Bring what a person selected into sight, if it is not. */
  reveal() {
    const { scene, motion, row, ctx } = this.stage;
    const at = ctx.selection?.kind === 'event' ? scene.focus : row >= 0 ? { x: motion.x[row], y: motion.y[row] } : null;
    if (!at || !ctx.selection || !(at.x >= 0) || !this.view.visible) return;
    const { vp } = this.view;
    const [x, y, edge] = [vp.x(at.x) / vp.dpr, vp.y(at.y) / vp.dpr, MARGIN * vp.u];
    const right = (scene.card && this.around.card ? scene.card[0] : vp.width) - edge;
    if (x >= edge && y >= edge && x <= right && y <= vp.height - edge) return;
    this.map.panBy([x - right / 2, y - vp.height / 2], { animate: false });
  }

  /** @param {{x: number, y: number}} point CSS pixels @returns {import('../types.mjs').Selection} */
  #under({ x, y }) {
    const { view: { vp, mode, kind }, stage } = this;
    const [px, py] = [x * vp.dpr, y * vp.dpr];
    const pin = kind.events ? pickPin(stage.scene.pins, vp, px, py, vp.mpu > CITY_MPU ? 2 : 1) : null;
    if (pin) return { kind: 'event', id: pin.id };
    if (mode === 'hexes') return null;
    const shown = mode === 'dots' && vp.mpu > FAINT_MPU ? (/** @type {number} */ look) => KINDS[look] < 3 : () => true;
    const row = pickWorker(stage.motion, stage.look, shown, vp, px, py);
    return row < 0 ? null : { kind: 'worker', id: stage.ctx.picture.workers.ids[row] };
  }

  /** @param {{x: number, y: number}|null} point */
  #hover(point) {
    const what = point && this.#under(point);
    const words = point && (this.#many(point) ?? (what ? this.#words(what) : this.#beneath(point)));
    this.map.getContainer().classList.toggle('over', !!what);
    setHidden(this.tip, !words);
    if (!words || !point) return;
    setText(this.tip, words);
    const left = Math.min(point.x + 14, this.view.vp.width - this.tip.offsetWidth - 4);
    this.tip.style.transform = `translate(${left}px, ${Math.max(4, point.y - this.tip.offsetHeight - 8)}px)`;
  }

  /** A hexagon's or a crowd's people, counted by duty. @param {{x: number, y: number}} point @returns {string|null} */
  #many({ x, y }) {
    const { view: { vp, kind }, stage: { ctx: { t } } } = this;
    const [px, py] = [x * vp.dpr, y * vp.dpr];
    if (kind.events && pickPin(this.stage.scene.pins, vp, px, py, vp.mpu > CITY_MPU ? 2 : 1)) return null;
    const found = this.view.manyAt(this.stage, px, py);
    if (!found) return null;
    const parts = (found.duties ?? []).flatMap((count, duty) => (count ? [`${t(`duty.${dutyOf(duty)}`)} ${count}`] : []));
    return parts.length ? t('map.people_by_duty', numberText(found.count), parts.join(' · ')) : t('map.people', numberText(found.count));
  }

  /** What a feature's layer has there, in words. @param {{x: number, y: number}} point @returns {string|null} */
  #beneath({ x, y }) {
    const { vp, kind: { name } } = this.view;
    for (const layer of this.stage.layers.of(name).reverse()) {
      const words = layer.hover?.(vp, x * vp.dpr, y * vp.dpr);
      if (words) return words;
    }
    return null;
  }

  /** @param {NonNullable<import('../types.mjs').Selection>} what @returns {string} */
  #words({ kind, id }) {
    const { ctx } = this.stage;
    if (kind === 'event') return ctx.picture.events.get(id)?.title ?? '';
    const row = ctx.picture.workers.rowOf.get(id);
    if (row === undefined) return '';
    const { name, role, duty } = person(ctx, row);
    return `${name} · ${role} · ${duty}`;
  }

  /** @param {{x: number, y: number}} point */
  #click(point) {
    const { vp, kind: { name } } = this.view;
    const layers = this.stage.layers.of(name).reverse();
    const taken = (/** @type {boolean} */ last) => layers.some((layer) => !!layer.last === last && layer.click?.(vp, point.x * vp.dpr, point.y * vp.dpr));
    if (taken(false)) return;
    const what = this.#under(point);
    if (what || !taken(true)) this.stage.ctx.select(what);
  }
}
