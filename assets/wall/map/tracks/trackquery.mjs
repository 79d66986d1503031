/**
 * The tool 轨迹查询: whose track, over what time; the answer drawn, tabled, played back and handed out as files. The other
 * tab, who was near a place, is nearquery.mjs. Moves the view once, to what was asked for.
 *
 * @typedef {import('../../types.mjs').Context} Context
 * @typedef {import('./route.mjs').Route} Route
 * @typedef {import('./span.mjs').Span} Span
 */
import { Asking, address } from './asking.mjs';
import { bringUp, button, choice, statusLine } from '../controls.mjs';
import { el, setHidden, setText } from '../../dom.mjs';
import { ageText, clockText, momentText } from '../../i18n.mjs';
import { metresPerUnit } from '../geo.mjs';
import { NearTool } from './nearquery.mjs';
import { reveal } from '../room.mjs';
import { boundsOf, routeOf } from './route.mjs';
import { Scrubber } from './scrubber.mjs';
import { SpanPick } from './spanpick.mjs';
import { wrong } from './span.mjs';
import { Still } from './still.mjs';
import { drawHeads, drawRoutes, hit } from './trackdraw.mjs';
import { kmh, remarks, trackKey, trackTable } from './tracktable.mjs';
import { WhoPick } from './whopick.mjs';

const KEY = 'tracks';
const LONGEST_MS = 31 * 86_400_000;
const REACH = 7; // u

class TrackTool {
  /** @param {Context} ctx */
  constructor(ctx) {
    const { t } = ctx;
    this.ctx = ctx;
    this.asking = new Asking(t);
    /** @type {Route[]} */
    this.routes = [];
    /** @type {Span|null} what the routes answer */
    this.span = null;
    this.who = new WhoPick(ctx, () => this.#chosen());
    this.when = new SpanPick(ctx, ['hour', 'today', 'yesterday', 'day', 'custom'], 'hour', () => this.status.say(''));
    this.go = button(t('ask.go'), 'btn sm pri', () => (this.asking.busy ? this.#cancel() : void this.query()));
    this.wipe = button(t('tracks.clear'), 'btn sm', () => this.clear());
    this.status = statusLine();
    this.found = el('div', 'foundtracks');
    this.node = el('div', 'tq', this.who.node, this.when.node, el('div', 'acts', this.go, this.wipe), this.status.node, this.found);
    this.still = new Still((image, vp, palette) => this.#paint(image, vp, palette), () => ctx.map.layers.touch(KEY));
    this.scrubber = new Scrubber(ctx, () => ctx.map.layers.touch(KEY), () => this.clear());
    setHidden(this.wipe, true);
  }

  /** The drawer was opened: a worker selected on the wall is meant. */
  preset() {
    const { selected, slots } = this.who;
    if (selected && !slots.chosen.length) this.who.add(selected);
    this.who.show();
    this.when.tick();
  }

  /** Somebody was added or taken out. */
  #chosen() {
    const { chosen } = this.who.slots;
    if (!this.span) return;
    const kept = this.routes.filter(({ id, slot }) => chosen.some((one) => one.id === id && one.slot === slot));
    const removed = kept.length < this.routes.length;
    if (!chosen.length) this.clear();
    else if (removed) this.#take(kept, this.span);
    else void this.query(this.span);
  }

  /** Ask for the chosen workers; `span` when it is not the one in the drawer. @param {Span} [span] */
  async query(span = this.when.span() ?? undefined) {
    const { t } = this.ctx;
    const { chosen } = this.who.slots;
    const fault = !chosen.length ? 'tracks.nobody' : span ? wrong(span, LONGEST_MS) : 'span.empty';
    if (fault || !span) return this.status.say(t(fault ?? 'span.empty'), true);
    const asked = this.asking.ask(this.#address(span, null));
    this.tick();
    const answer = await asked;
    if (!answer) return;
    this.#idle();
    if ('fault' in answer) return this.status.say(answer.fault, true);
    const slots = new Map(chosen.map(({ id, slot }) => [id, slot]));
    /** @type {import('./route.mjs').TrackAnswer[]} */
    const workers = answer.data.workers;
    this.#take(workers.map((one) => routeOf(one, slots.get(one.worker) ?? 0)).sort((a, b) => a.slot - b.slot), span);
    this.status.say(this.routes.every(({ n }) => !n) ? t('tracks.empty') : answer.data.complete ? '' : t('tracks.since', momentText(answer.data.since, this.ctx.now(), t)));
    bringUp(this.found);
    this.reveal(this.routes);
  }

  /** @param {Span} span @param {string|null} format @returns {string} */
  #address({ from, to }, format) {
    return address('/api/tracks', { worker: this.who.slots.chosen.map(({ id }) => id), from: Math.round(from), to: Math.round(to), format });
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

  /** Show routes. @param {Route[]} routes @param {Span} span */
  #take(routes, span) {
    const { ctx } = this;
    [this.routes, this.span] = [routes, span];
    setHidden(this.wipe, false);
    this.found.replaceChildren(
      trackTable(routes, ctx.t, (id) => this.who.nameOf(id), (route) => this.reveal([route])),
      ...remarks(routes, ctx.t).map((said) => el('p', 'says', said)), trackKey(ctx.t), this.#files(span),
    );
    this.still.outdate();
    ctx.map.layers.add({
      key: KEY, under: false, maps: ['map-situation'], draw: (c, vp, palette) => this.#draw(c, vp, palette),
      hover: (vp, x, y) => this.#words(hit(this.routes, vp, x, y, REACH * vp.unit)),
    });
    this.scrubber.load(routes.filter(({ n }) => n > 0), span);
  }

  /** @param {Span} span @returns {HTMLElement} */
  #files(span) {
    const links = [['geojson', 'GeoJSON'], ['gpx', 'GPX']].map(([format, said]) => {
      const link = el('a', 'btn sm', said);
      Object.assign(link, { href: this.#address(span, format), download: '' });
      return link;
    });
    return el('div', 'acts', el('span', 'says', this.ctx.t('tracks.export')), ...links);
  }

  /** @param {CanvasRenderingContext2D} c @param {import('../viewport.mjs').Viewport} vp @param {import('../palette.mjs').Palette} palette */
  #draw(c, vp, palette) {
    this.still.draw(c, vp, palette);
    drawHeads(c, vp, palette, this.routes, this.scrubber.at, this.ctx.t);
  }

  /** @param {HTMLCanvasElement} image @param {import('../viewport.mjs').Viewport} vp @param {import('../palette.mjs').Palette} palette
   * @returns {import('./still.mjs').Steps} */
  #paint(image, vp, palette) {
    [image.width, image.height] = [Math.round(vp.width * vp.dpr), Math.round(vp.height * vp.dpr)];
    const c = /** @type {CanvasRenderingContext2D} */ (image.getContext('2d'));
    return drawRoutes(c, vp, palette, this.routes, this.ctx.t);
  }

  /** @param {ReturnType<typeof hit>} found @returns {string|null} */
  #words(found) {
    if (!found) return null;
    const { t } = this.ctx;
    const { route, k, stop } = found;
    const name = `${route.slot + 1} ${this.who.nameOf(route.id)}`;
    if (stop) return `${name} · ${t('tracks.stopped', ageText(stop.to - stop.from, t))} · ${clockText(stop.from)} — ${clockText(stop.to)}`;
    const leg = route.legs.findLast(([from]) => from <= k);
    const before = leg && k > leg[0] ? k - 1 : -1;
    const fast = before < 0 ? '' : ` · ${kmh(metres(route, before, k) / ((route.t[k] - route.t[before]) / 1000))} km/h`;
    return `${name} · ${momentText(route.t[k], this.ctx.now(), t)}${fast}`;
  }

  /** Bring routes into the part of the map that drawer and playback leave free. @param {readonly Route[]} routes */
  reveal(routes) {
    reveal(this.ctx, boundsOf(routes));
  }

  /** Take everything off the map. */
  clear() {
    this.asking.cancel();
    this.#idle();
    [this.routes, this.span] = [[], null];
    this.who.slots.clear();
    this.who.show();
    this.found.replaceChildren();
    this.status.say('');
    setHidden(this.wipe, true);
    this.ctx.map.layers.remove(KEY);
    this.scrubber.load([], { from: 0, to: 1 });
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

/** @param {Route} route @param {number} a @param {number} b @returns {number} */
function metres({ x, y }, a, b) {
  return Math.hypot(x[b] - x[a], y[b] - y[a]) * metresPerUnit(y[b]);
}

/** @param {Context} ctx @returns {import('../../types.mjs').Screen} */
export function mount(ctx) {
  const { t } = ctx;
  const tracks = new TrackTool(ctx);
  const near = new NearTool(ctx, (ids, span) => together(ids, span));
  const tabs = choice(t('tracks.title'), [['tracks', t('tracks.tab')], ['near', t('near.tab')]], 'tracks', (key) => show(key));
  const show = (/** @type {string} */ key) => {
    setHidden(tracks.node, key !== 'tracks');
    setHidden(near.node, key !== 'near');
    if (key === 'near') near.preset();
  };
  const together = (/** @type {readonly string[]} */ ids, /** @type {Span} */ span) => {
    for (const id of ids) tracks.who.slots.add(id);
    tracks.who.show();
    tracks.when.set(span);
    void tracks.query(span);
    tabs.set('tracks');
    show('tracks');
  };
  show('tracks');
  ctx.map.tools.add({
    key: KEY, sign: t('tracks.sign'), title: t('tracks.title'), close: () => near.leave(),
    open(box) {
      box.append(el('div', 'tabs', tabs.node), tracks.node, near.node);
      tracks.preset();
      if (!near.node.hidden) near.preset();
    },
  });
  const tick = () => {
    tracks.tick();
    near.tick();
  };
  return { frame() {}, tick };
}
