/**
 * What the server has counted of a window and a region (`GET /api/kpi`): asked for every half minute while somebody looks, and
 * at once when the window or the region changes. Holds the answer, and says what it waits for; it shows nothing.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('../types.mjs').Kpi} Kpi
 * @typedef {import('../types.mjs').Rate} Rate
 * @typedef {{row: Rate & {p50?: number|null, p90?: number|null}, value: number|null, small: boolean, met: boolean|null, before: number|null,
 *   year_ago: number|null}} Compared  `value` in the indicator's unit; `before`, `year_ago` the same of the periods compared with.
 * @typedef {{key: string, reported: number}} Share
 * @typedef {{region: string, value: number, as_of: number, met: boolean|null}} Survey  As last measured there.
 * @typedef {{t: number, start: number, closure: Rate, ontime: Rate, satisfaction: Rate, reported: number, closed: number}} Point
 * @typedef {{from: number, to: number, as_of: number, since: number|null, window: string, city: Kpi['city'], districts: Kpi['districts'],
 *   compared: Record<string, Compared>, mix: {category: Share[], channel: Share[]}, series: Point[],
 *   readings?: Record<string, Survey[]>}} Board  See dashboard/kpiboard.py.
 */
import { FEW } from './indicators.mjs';

export const WINDOWS = /** @type {const} */ (['24h', 'today', '7d', '30d', 'month', 'year']);
/** The window the live picture counts by itself. */
export const LIVE = '24h';
const EVERY_MS = 30_000;
const AGAIN_MS = 4_000;

/**
 * @param {Context} ctx @param {() => void} tell called when there is something new
 * @param {{ask?: typeof fetch, later?: (fn: () => void, ms: number) => any, never?: (id: any) => void}} [world]
 */
export function boards(ctx, tell, { ask = (url, init) => fetch(url, init), later = (fn, ms) => setTimeout(fn, ms), never = clearTimeout } = {}) {
  let key = LIVE;
  /** @type {any} */
  let timer = 0;
  /** @type {Board|null} */
  let held = null;
  let waits = '';
  let turn = 0;
  const put = (/** @type {Board|null} */ board, /** @type {string} */ why) => { [held, waits] = [board, why]; tell(); };

  async function refresh() {
    const mine = (turn += 1);
    never(timer);
    const asked = new URLSearchParams({ window: key, scope: ctx.scope });
    const [board, why] = await got(ask, `/api/kpi?${asked}`, ctx);
    if (mine !== turn) return;
    timer = later(refresh, board ? EVERY_MS : AGAIN_MS);
    put(board ?? held, why);
  }
  const anew = () => { put(null, ''); void refresh(); };
  ctx.on('scope', anew);
  void refresh();
  return {
    get window() { return key; },
    /** The newest answer for this window and region; null until it is there. */
    get board() { return held; },
    /** Why there is nothing new, in words; '' when there is. */
    get waits() { return waits; },
    /** @param {string} wanted */
    choose(wanted) { if (wanted !== key) { key = wanted; anew(); } },
  };
}

/** @param {typeof fetch} ask @param {string} url @param {Context} ctx @returns {Promise<[Board|null, string]>} */
async function got(ask, url, ctx) {
  try {
    const answer = await ask(url);
    if (answer.ok) return [await answer.json(), ''];
    if (answer.status === 404) return [null, ctx.t('kpi.none')];
    const { error } = await answer.json();
    return [null, /read: (\d+)%/.test(error.message) ? ctx.t('kpi.filling', /read: (\d+)%/.exec(error.message)?.[1] ?? 0) : ctx.t('kpi.busy')];
  } catch {
    return [null, ctx.t('kpi.busy')];
  }
}

/**
 * A board in the words of the live picture, which adds what only it knows: the steps, and what stands now. Small samples make no point.
 * @param {Board} board @param {Kpi|null} live @returns {Kpi}
 */
export function asKpi(board, live) {
  const line = (/** @type {'closure'|'ontime'|'satisfaction'} */ key) => board.series.map((point) => ({ t: point.t, ...(point[key].den < FEW ? { num: 0, den: 0 } : point[key]) }));
  return {
    from: board.from, to: board.to, city: board.city, districts: board.districts,
    spark: { closure: line('closure'), ontime: line('ontime'), satisfaction: line('satisfaction') },
    steps: live?.steps ?? [], hourly: live?.hourly ?? [], last_closed: live?.last_closed ?? null,
  };
}
