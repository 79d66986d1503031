/**
 * Who was near (周边人员): workers within a radius of a place during a time, listed nearest first, the ring on the map. A
 * click shows somebody's track of that time; the tracks themselves are trackquery.mjs.
 *
 * @typedef {import('../../types.mjs').Context} Context
 * @typedef {import('./span.mjs').Span} Span
 * @typedef {{worker: string, name: string, role: string, first: number, last: number, closest_m: number, closest_at: number,
 *   fixes: number}} NearRow  One worker of `/api/near`; times UTC ms.
 * @typedef {{lat: number, lon: number, words: string}} Spot
 */
import { Asking, address } from './asking.mjs';
import { distanceText } from '../dispatch/card.mjs';
import { bringUp, button, choice, statusLine } from '../controls.mjs';
import { el, setAttr, setText } from '../../dom.mjs';
import { latitudeOf, longitudeOf, mercatorX, mercatorY } from '../geo.mjs';
import { minuteText, momentText } from '../../i18n.mjs';
import { shortTitle } from '../labels.mjs';
import { reveal } from '../room.mjs';
import { SpanPick } from './spanpick.mjs';
import { wrong } from './span.mjs';
import { MOST } from './whopick.mjs';

const KEY = 'near';
const LONGEST_MS = 24 * 3_600_000;
const AROUND_MS = 15 * 60_000;
const RADII = ['100', '250', '500', '1000'];
const LISTED = 30;
const DEGREE_M = 111_195;

/** "14:02 — 14:20", one time when they are the same. @param {NearRow} row @returns {string} */
export function stayText({ first, last }) {
  const [from, to] = [minuteText(first), minuteText(last)];
  return from === to ? from : `${from} — ${to}`;
}

/** A quarter of an hour to each side of a report, not beyond now. @param {number} reported @param {number} now @returns {Span} */
export function aroundReport(reported, now) {
  return { from: reported - AROUND_MS, to: Math.min(now, reported + AROUND_MS) };
}

/** A ring with air around it. @param {{lat: number, lon: number}} spot @param {number} metres
 * @returns {import('../room.mjs').Bounds} */
export function ringBounds({ lat, lon }, metres) {
  const high = (2 * metres) / DEGREE_M;
  const wide = high / Math.cos((lat * Math.PI) / 180);
  return [[lat - high, lon - wide], [lat + high, lon + wide]];
}

export class NearTool {
  /** @param {Context} ctx @param {(ids: readonly string[], span: Span) => void} together show these workers' tracks */
  constructor(ctx, together) {
    const { t } = ctx;
    this.ctx = ctx;
    this.together = together;
    this.asking = new Asking(t);
    /** @type {Spot|null} */
    this.spot = null;
    this.radius = 250;
    this.armed = false;
    this.where = el('b', 'spot');
    this.event = button(t('near.event'), 'btn sm', () => this.#fromEvent());
    this.pick = button(t('near.pick'), 'btn sm', () => this.#arm(!this.armed));
    const radii = RADII.map((metres) => /** @type {[string, string]} */ ([metres, metres]));
    this.reach = choice(t('near.radius'), radii, String(this.radius), (metres) => this.#widen(Number(metres)));
    this.when = new SpanPick(ctx, ['hour', 'today', 'custom'], 'hour', () => this.status.say(''));
    this.go = button(t('ask.go'), 'btn sm pri', () => (this.asking.busy ? this.#cancel() : void this.query()));
    this.status = statusLine();
    this.found = el('div', 'foundnear');
    this.node = el('div', 'tq', el('div', 'fld', el('span', '', t('near.place')), this.where), el('div', 'acts', this.event, this.pick),
      el('div', 'fld', el('span', '', t('near.radius')), this.reach.node), this.when.node, el('div', 'acts', this.go), this.status.node, this.found);
    ctx.on('select', () => this.#events());
    this.#say();
  }

  /** The event selected on the wall, else the one in focus. @returns {import('../../types.mjs').EventRow|null} */
  get #meant() {
    const { selection, picture: { events }, map } = this.ctx;
    const id = selection?.kind === 'event' ? selection.id : map.stage.scene.focus?.id;
    return (id !== undefined && events.get(id)) || null;
  }

  /** The tab was opened. */
  preset() {
    this.#events();
    if (!this.spot && this.#meant) this.#fromEvent();
    this.#draw();
  }

  /** The drawer was left: the ring stays as long as somebody's list does. */
  leave() {
    this.#arm(false);
    if (!this.found.childElementCount) this.ctx.map.layers.remove(KEY);
  }

  #events() {
    this.event.disabled = !this.#meant;
  }

  #fromEvent() {
    const event = this.#meant;
    if (!event) return;
    this.when.set(aroundReport(event.reported, this.ctx.now()));
    this.#place({ lat: event.lat, lon: event.lon, words: shortTitle(event.title, 12) });
  }

  /** The next click on the map is the place. @param {boolean} armed */
  #arm(armed) {
    this.armed = armed;
    setAttr(this.pick, 'aria-pressed', String(armed));
    this.ctx.map.tools.bar.parentElement?.classList.toggle('picking', armed);
    this.#draw();
  }

  /** @param {Spot} spot */
  #place(spot) {
    this.spot = spot;
    this.found.replaceChildren();
    this.#arm(false);
    this.#say();
  }

  /** @param {number} metres */
  #widen(metres) {
    this.radius = metres;
    this.found.replaceChildren();
    this.#draw();
  }

  #say() {
    setText(this.where, this.spot?.words ?? this.ctx.t('near.nowhere'));
  }

  #draw() {
    this.ctx.map.layers.add({
      key: KEY, under: false, maps: ['map-situation'],
      draw: (c, vp, palette) => this.spot && drawRing(c, vp, palette, this.spot, this.radius),
      click: (vp, x, y) => this.#click(vp, x, y),
    });
  }

  /** @param {import('../viewport.mjs').Viewport} vp @param {number} x device pixels @param {number} y @returns {boolean} */
  #click(vp, x, y) {
    if (!this.armed) return false;
    const lat = latitudeOf((y / vp.dpr + vp.top) / vp.scale);
    const lon = longitudeOf((x / vp.dpr + vp.left) / vp.scale);
    this.#place({ lat, lon, words: `${lat.toFixed(5)}, ${lon.toFixed(5)}` });
    return true;
  }

  async query() {
    const { t } = this.ctx;
    const span = this.when.span();
    const fault = !this.spot ? 'near.nowhere' : span ? wrong(span, LONGEST_MS) : 'span.empty';
    if (fault || !span || !this.spot) return this.status.say(t(fault ?? 'span.empty'), true);
    const { lat, lon } = this.spot;
    const asked = this.asking.ask(address('/api/near', {
      lat: lat.toFixed(6), lon: lon.toFixed(6), r: this.radius, from: Math.round(span.from), to: Math.round(span.to),
    }));
    this.tick();
    const answer = await asked;
    if (!answer) return;
    this.#idle();
    if ('fault' in answer) return this.status.say(answer.fault, true);
    this.#list(answer.data, span);
    reveal(this.ctx, ringBounds(this.spot, this.radius));
  }

  /** @param {{workers: NearRow[], truncated: boolean, since: number, complete: boolean}} answer @param {Span} span */
  #list({ workers: rows, truncated, since, complete }, span) {
    const { t, now } = this.ctx;
    const count = truncated ? t('near.atleast', rows.length) : t('near.count', rows.length);
    const partly = complete === false && since > span.from ? t('tracks.since', momentText(since, now(), t)) : '';
    this.status.say([rows.length ? count : t('near.empty', this.radius), partly].filter(Boolean).join(t('near.and')));
    const items = rows.slice(0, LISTED).map((row) => this.#row(row, span));
    if (rows.length > LISTED) items.push(el('li', 'more', t('who.more', rows.length - LISTED)));
    const first = rows.slice(0, MOST).map(({ worker }) => worker);
    const all = button(t('near.together', first.length), 'btn sm', () => this.together(first, span));
    const lists = rows.length ? [el('ul', 'found near', ...items)] : [];
    this.found.replaceChildren(...lists, ...(first.length > 1 ? [el('div', 'acts', all)] : []));
    bringUp(this.status.node);
  }

  /** @param {NearRow} row @param {Span} span @returns {HTMLElement} */
  #row(row, span) {
    const { t } = this.ctx;
    const who = el('span', 'el', row.name || row.worker, ' ', el('small', '', t(`role.${row.role}`)));
    const made = button('', 'row', () => this.together([row.worker], span));
    made.append(who, el('span', 'st', stayText(row)), el('b', 'ds', distanceText(row.closest_m)));
    made.title = t('near.show');
    return el('li', '', made);
  }

  #cancel() {
    this.asking.cancel();
    this.#idle();
    this.status.say(this.ctx.t('ask.cancelled'));
  }

  #idle() {
    setText(this.go, this.ctx.t('ask.go'));
    this.go.classList.add('pri');
  }

  /** Once a second. */
  tick() {
    this.when.tick();
    if (!this.asking.busy) return;
    setText(this.go, this.ctx.t('ask.cancel'));
    this.go.classList.remove('pri');
    this.status.say(this.ctx.t('ask.waiting', this.asking.elapsed));
  }
}

/** The ring and its middle. @param {CanvasRenderingContext2D} c @param {import('../viewport.mjs').Viewport} vp
 * @param {import('../palette.mjs').Palette} palette @param {Spot} spot @param {number} metres */
function drawRing(c, vp, palette, { lat, lon }, metres) {
  const [x, y] = [vp.x(mercatorX(lon)), vp.y(mercatorY(lat))];
  const radius = (metres / vp.mpu) * vp.unit;
  const arm = 6 * vp.unit;
  for (const [colour, width] of /** @type {[string, number][]} */ ([[palette.ground, 4], [palette.focus, 1.6]])) {
    c.strokeStyle = colour;
    c.lineWidth = width * vp.unit;
    c.setLineDash([]);
    c.beginPath();
    for (const [dx, dy] of [[arm, 0], [0, arm]]) {
      c.moveTo(x - dx, y - dy);
      c.lineTo(x + dx, y + dy);
    }
    c.stroke();
    c.setLineDash([6 * vp.unit, 4 * vp.unit]);
    c.beginPath();
    c.arc(x, y, Math.max(radius, arm), 0, 2 * Math.PI);
    c.stroke();
  }
  c.setLineDash([]);
}
