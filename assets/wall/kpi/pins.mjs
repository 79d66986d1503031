/**
 * Charts that analysts have pinned to this wall (钉在墙上): which there are is in the picture, how one looks is asked of the server
 * (`GET /api/analyst/chart`) when it appears and once a minute; and the button that takes one down. On this screen's own page only.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('../types.mjs').Pin} Pin
 * @typedef {{said: string, as_of: number, figure: object}} Chart  See callbacks/analyst/pinned.py.
 * @typedef {{draw: (slot: number, figure: object) => void, ask: (url: string) => Promise<Response>, send: typeof post}} World
 */
import { momentText } from '../i18n.mjs';
import { setHidden, setText, slot, unit } from '../dom.mjs';
import { post, commandId } from '../post.mjs';
import { dashSet } from './charts.mjs';

const EVERY_MS = 60_000;
const AGAIN_MS = 10_000;
const SAID_MS = 10_000; // how long it is said that a chart could not be taken down
const EMPTY = { data: [], layout: { paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)', xaxis: { visible: false }, yaxis: { visible: false } } };

/** An answer that has not come when the next is due is given up: hung ones would use up what a browser has for one server.
 * @param {string} url */
export const asked = (url) => fetch(url, { signal: AbortSignal.timeout(EVERY_MS) });

/** What is asked for a pin. @param {Pin} pin @param {string} locale */
export const question = (pin, locale) => `/api/analyst/chart?${pin.query}&lang=${locale}&theme=${document.documentElement.dataset.theme === 'day' ? 'day' : 'night'}&u=${unit().toFixed(2)}`;

/** One place on the wall: what hangs there, and the chart as it came last. */
export class Place {
  /** @param {() => void} news called when an answer is there, or none could be had @param {World['ask']} ask */
  constructor(news, ask) {
    this.ask = ask;
    this.news = news;
    this.url = '';
    this.due = -Infinity;
    /** @type {Chart|null} */
    this.chart = null;
    this.failed = false;
    /** Until when it is said that it could not be taken down. */
    this.stays = -Infinity;
  }

  /** Ask, if this is another question or the answer is old. @param {string} url '' for nothing @param {number} now */
  want(url, now) {
    if (url !== this.url) [this.url, this.chart, this.failed, this.due] = [url, null, false, -Infinity];
    if (!url || now < this.due) return;
    this.due = now + EVERY_MS;
    void this.#get(url, now);
  }

  /** @param {string} url @param {number} now */
  async #get(url, now) {
    /** @type {Chart|null} */
    let found = null;
    try {
      const answer = await this.ask(url);
      if (answer.ok) found = await answer.json();
    } catch {
      // said below; what hangs there stays
    }
    if (url !== this.url) return;
    this.failed = !found;
    if (found) this.chart = found;
    else this.due = now + AGAIN_MS;
    this.news();
  }
}

/**
 * What is said of the chart: what it shows and as of when, with the day if that is not today's.
 * @param {Pick<Place, 'chart'|'failed'|'stays'>} place @param {number} now @param {import('../i18n.mjs').Translate} t
 */
export function sentence({ chart, failed, stays }, now, t) {
  if (now < stays) return t('kpi.pin.stays');
  const state = chart ? t('kpi.pin.said', chart.said, momentText(chart.as_of, now, t)) : t('kpi.pin.label');
  return failed ? t('kpi.pin.failed', state) : state;
}

/** @param {Context} ctx @param {HTMLElement} root @param {Partial<World>} [world] @returns {(now: number) => void} called once a second */
export function pins(ctx, root, { draw = (n, figure) => dashSet(`kpi-pin-${n}`, { figure }), ask = asked, send = post } = {}) {
  if (document.body.dataset.page !== 'kpi') return () => {};
  const area = slot(root, 'pins');
  const wall = new URL(location.href).searchParams.get('wall') ?? 'main';
  const of = (/** @type {number} */ n) => ctx.picture.pins.find((pin) => pin.wall === wall && pin.slot === n);
  const cards = [...area.children].map((node, n) => card(ctx, /** @type {HTMLElement} */ (node), n, {
    ask, draw: (figure) => draw(n, figure), down: (pin) => send({ command: 'unpin', id: commandId(), wall, slot: n, query: pin.query }),
  }));
  return (now) => {
    setHidden(area, !cards.some((_, n) => of(n)));
    cards.forEach((paint, n) => paint(of(n), now));
  };
}

/** @param {Context} ctx @param {HTMLElement} node @param {number} n
 * @param {{ask: World['ask'], draw: (figure: object) => void, down: (pin: Pin) => Promise<import('../post.mjs').Fault|null>}} world
 * @returns {(pin: Pin|undefined, now: number) => void} */
function card(ctx, node, n, { ask, draw, down }) {
  const [title, said, button] = ['title', 'said', 'down'].map((name) => slot(node, `pin-${n}-${name}`));
  /** @type {Pin|undefined} */
  let here;
  /** @type {Chart|null} */
  let drawn = null;
  const paint = (/** @type {Pin|undefined} */ pin, /** @type {number} */ now) => {
    setHidden(node, !pin);
    if (place.chart !== drawn) draw((drawn = place.chart)?.figure ?? EMPTY);
    if (!pin) return;
    setText(title, pin.title);
    setText(said, sentence(place, now, ctx.t));
    button.title = ctx.t('kpi.pin.by', pin.by, momentText(pin.at, now, ctx.t));
  };
  const place = new Place(() => paint(here, ctx.now()), ask);
  button.addEventListener('click', async () => {
    if (!here) return;
    if (!(await down(here))) return;
    place.stays = ctx.now() + SAID_MS;
    paint(here, ctx.now());
  });
  return (pin, now) => {
    here = pin;
    place.want(pin ? question(pin, ctx.config.locale) : '', now);
    paint(pin, now);
  };
}
