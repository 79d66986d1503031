/**
 * The tool 热力图: where events or workers are dense, now or over a stretch of time, as bands below the workers, with a key
 * that says of what, when, how many and per what. The arithmetic is kernel.mjs, the data heatdata.mjs.
 *
 * @typedef {import('../../types.mjs').Context} Context
 * @typedef {import('../viewport.mjs').Viewport} Viewport
 * @typedef {import('../palette.mjs').Palette} Palette
 * @typedef {import('./kernel.mjs').Points} Points
 * @typedef {import('./heatdata.mjs').What} What
 */
import { branch } from '../../taxonomy.mjs';
import { Asking, address } from '../tracks/asking.mjs';
import { button, choice, list, statusLine } from '../controls.mjs';
import { bandEdges, fieldOf, paintBands, peak, scaleTop } from './kernel.mjs';
import { el, setAttr, setHidden, setText } from '../../dom.mjs';
import { cellOf, cellPoints, countedPoints, eventPoints, reachOf, workerPoints } from './heatdata.mjs';
import { momentText, numberText } from '../../i18n.mjs';
import { pixel } from '../palette.mjs';
import { footOf } from '../room.mjs';
import { moving, spanText, wrong } from '../tracks/span.mjs';
import { SpanPick } from '../tracks/spanpick.mjs';
import { Still } from '../tracks/still.mjs';

const KEY = 'heat';
const LONGEST_MS = 31 * 86_400_000;
const AGAIN_MS = 60_000; // a window that moves on with the clock is asked for again
const STEP = 2; // device pixels per pixel of the picture
const OPACITY = 0.9;

/** "2.4", "35", "1,200". @param {number} value @returns {string} */
export const edgeText = (value) => (value < 10 ? String(Number(value.toPrecision(2))) : numberText(value));

/** Packed pixels: nothing, then the ramp. @param {Palette} palette @returns {Uint32Array} */
function colours({ ramp1, ramp2, ramp3, ramp4, ramp5 }) {
  return Uint32Array.from([0, ...[ramp1, ramp2, ramp3, ramp4, ramp5].map((hex) => pixel(hex, OPACITY))]);
}

class HeatTool {
  /** @param {Context} ctx */
  constructor(ctx) {
    const { t } = ctx;
    this.ctx = ctx;
    this.asking = new Asking(t);
    this.on = false;
    /** @type {What} */
    this.what = 'events';
    this.category = '';
    /** @type {Points|null} */
    this.points = null;
    this.top = 0;
    this.cell = 0; // metres asked for
    this.askedAt = 0;
    this.since = 0; // from when on the server's answer is whole, when it is not
    this.still = new Still((image, vp, palette) => this.#paint(image, vp, palette), () => this.#rested());
    const kinds = /** @type {[What, string][]} */ ([['events', t('heat.events')], ['workers', t('heat.workers')]]);
    this.kind = choice(t('heat.what'), kinds, this.what, (what) => this.#change({ what }));
    this.when = new SpanPick(ctx, ['now', 'hour', 'today', 'day', 'week', 'custom'], 'now', () => this.#change({}));
    const categories = Object.entries(ctx.config.categories).map(([key, words]) => /** @type {[string, string]} */ ([key, `${branch(key) === key ? '' : '　'}${ctx.name(words, key)}`]));
    this.categories = list(t('heat.category'), [['', t('heat.all')], ...categories], '', (category) => this.#change({ category }));
    this.status = statusLine();
    this.switch = button('', 'btn sm', () => (this.on ? this.off() : this.show()));
    this.node = el('div', 'tq', this.kind.node, this.when.node, this.categories, el('div', 'acts', this.switch), this.status.node);
    this.key = heatKey(t, () => this.off());
    footOf(ctx).prepend(this.key.node);
    this.#face();
  }

  /** @param {{what?: What, category?: string}} changes */
  #change(changes) {
    Object.assign(this, changes);
    this.top = 0;
    this.show();
  }

  /** Put it on the map, and look for what it shows. */
  show() {
    this.on = true;
    this.#face();
    this.ctx.map.layers.add({ key: KEY, under: true, maps: ['map-situation'], draw: (c, vp, palette) => this.#draw(c, vp, palette) });
    if (this.when.window === 'now') this.#live();
    else void this.#ask();
  }

  off() {
    this.on = false;
    this.asking.cancel();
    this.points = null;
    this.ctx.map.layers.remove(KEY);
    this.status.say('');
    this.#face();
  }

  #face() {
    const { t } = this.ctx;
    setText(this.switch, t(this.on ? 'heat.off' : 'heat.on'));
    this.switch.classList.toggle('pri', !this.on);
    setHidden(this.categories, this.what !== 'events');
    setHidden(this.key.node, !this.on || !this.points);
  }

  /** The present moment, from what this browser holds. */
  #live() {
    this.asking.cancel();
    this.since = 0;
    this.status.say('');
    this.#take(this.what === 'events' ? this.#events() : this.#workers());
  }

  /** @returns {Points} */
  #events() {
    const { events } = this.ctx.picture;
    return eventPoints(events.values(), events.size, this.category);
  }

  /** @returns {Points} */
  #workers() {
    const { picture: { workers }, config, now, map: { stage } } = this.ctx;
    return stage.density ? countedPoints(stage.density.cells) : workerPoints(workers, now(), config.fix);
  }

  async #ask() {
    const { t } = this.ctx;
    const span = this.when.span();
    const fault = span ? wrong(span, LONGEST_MS) : 'span.empty';
    if (fault || !span) return this.status.say(t(fault ?? 'span.empty'), true);
    const { what } = this;
    this.askedAt = this.ctx.now();
    const asked = this.asking.ask(address('/api/heat', {
      what, from: Math.round(span.from), to: Math.round(span.to), cell: this.cell || 200, category: what === 'events' ? this.category : null,
    }));
    if (!this.points) this.tick(this.askedAt);
    const answer = await asked;
    if (!answer) return;
    if ('fault' in answer) return this.status.say(answer.fault, true);
    const { since, complete } = answer.data;
    this.since = complete === false ? since : 0;
    this.status.say(this.since > span.from ? t('tracks.since', momentText(since, this.ctx.now(), t)) : '');
    this.#take(cellPoints(answer.data, what));
  }

  /** @param {Points} points */
  #take(points) {
    this.points = points;
    this.#face();
    this.still.outdate();
    this.ctx.map.layers.touch(KEY);
    this.#say();
  }

  /** The key's words. */
  #say() {
    const { t, now } = this.ctx;
    const span = this.when.span();
    const from = Math.min(Math.max(span?.from ?? 0, this.since), span?.to ?? 0);
    const when = span ? spanText({ ...span, from }, now(), t) : t('span.now');
    const what = this.what === 'events' && this.category ? this.ctx.name(this.ctx.config.categories[this.category], this.category) : t(`heat.${this.what}`);
    const unit = `heat.${this.what}.${span ? 'span' : 'now'}`;
    const total = Math.round(this.points?.total ?? 0);
    this.key.say([what, when].join(' · '), total ? t(`${unit}.total`, numberText(total)) : t('heat.empty'), total ? t(`${unit}.unit`) : '');
  }

  /** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Palette} palette */
  #draw(c, vp, palette) {
    if (this.cell !== cellOf(vp)) {
      this.cell = cellOf(vp);
      if (this.points && this.when.window !== 'now') void this.#ask();
    }
    if (this.points) this.still.draw(c, vp, palette);
  }

  /** @param {HTMLCanvasElement} image @param {Viewport} vp @param {Palette} palette */
  #paint(image, vp, palette) {
    const [wide, high] = [Math.ceil((vp.width * vp.dpr) / STEP), Math.ceil((vp.height * vp.dpr) / STEP)];
    if (image.width !== wide || image.height !== high) [image.width, image.height] = [wide, high];
    const c = /** @type {CanvasRenderingContext2D} */ (image.getContext('2d'));
    c.clearRect(0, 0, wide, high);
    if (!this.points?.n) return this.key.scale([]);
    const field = fieldOf(this.points, vp, reachOf(vp));
    this.top = scaleTop(peak(field), this.top);
    if (!this.top) return this.key.scale([]);
    const pixels = c.createImageData(wide, high);
    const edges = bandEdges(this.top);
    paintBands(new Uint32Array(pixels.data.buffer), wide, high, field, vp, STEP / vp.dpr, edges, colours(palette));
    c.putImageData(pixels, 0, 0);
    this.key.scale(edges);
  }

  #rested() {
    this.top = 0; // another view, another scale
    this.ctx.map.layers.touch(KEY);
  }

  /** Once a second. @param {number} now */
  tick(now) {
    this.when.tick();
    if (!this.on) return;
    const { window } = this.when;
    if (window === 'now') this.#live();
    else if (this.asking.busy && !this.points) this.status.say(this.ctx.t('ask.waiting', this.asking.elapsed));
    else if (moving(window) && !this.asking.busy && now - this.askedAt >= AGAIN_MS) void this.#ask();
  }
}

/**
 * The key on the map: of what and when, how many, the bands and their unit. @param {import('../../i18n.mjs').Translate} t
 * @param {() => void} off @returns {{node: HTMLElement, say: (what: string, total: string, unit: string) => void, scale: (edges: readonly number[]) => void}}
 */
function heatKey(t, off) {
  const [what, total, unit] = [el('b', ''), el('span', ''), el('span', 'unit')];
  const marks = [1, 2, 3, 4, 5].map((k) => ({ band: el('i', `r${k}`), edge: el('em', '') }));
  const bands = el('span', 'ramp', ...marks.flatMap(({ band, edge }) => [band, edge]));
  const shut = button('×', 'out', off);
  setAttr(shut, 'aria-label', t('heat.off'));
  const node = el('div', 'heatkey', what, total, bands, unit, shut);
  return {
    node,
    say(said, number, per) {
      [[what, said], [total, number], [unit, per]].forEach(([into, words]) => setText(/** @type {HTMLElement} */ (into), /** @type {string} */ (words)));
    },
    scale(edges) {
      setHidden(bands, edges.length === 0);
      marks.forEach(({ edge }, k) => edges.length && setText(edge, edgeText(edges[k])));
    },
  };
}

/** @param {Context} ctx @returns {import('../../types.mjs').Screen} */
export function mount(ctx) {
  const heat = new HeatTool(ctx);
  ctx.map.tools.add({
    key: KEY, sign: ctx.t('heat.sign'), title: ctx.t('heat.title'),
    open(box) {
      box.append(heat.node);
      if (!heat.on) heat.show();
    },
  });
  return { frame() {}, tick: (now) => heat.tick(now) };
}
