/**
 * The KPI screen's Plotly charts: handed to Dash when their data, the theme or the size changed, so that nothing is built anew. What
 * they look like is figures.mjs's business.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('../types.mjs').Kpi} Kpi
 * @typedef {{window: string, board: import('./boards.mjs').Board|null}} Asked
 */
import { byId, setText, slot } from '../dom.mjs';
import { RATES, cards } from './indicators.mjs';
import { LIVE } from './boards.mjs';
import { emptyLayout, hourlyFigure, readStyle, seriesFigure, sparkFigure } from './figures.mjs';

const CHART_MS = 5000; // a chart costs 10–20 ms of the browser's one thread
const DAY = 86_400_000;

/** @param {Context} ctx @returns {{draw: (kpi: Kpi, asked: Asked, now: number) => void, clear: () => void}} */
export function charts(ctx) {
  /** @type {Map<string, string>} */
  const drawn = new Map();
  const root = byId('screen-kpi');
  let style = readStyle();
  let last = -Infinity;
  let shown = '';
  /** @type {[Kpi, Asked]|null} */
  let newest = null;
  const again = () => { style = readStyle(); last = -Infinity; if (newest) draw(...newest, ctx.now()); };
  ctx.on('theme', again);
  new ResizeObserver(again).observe(root);
  /** @param {string} id @param {unknown[]} facts @param {() => object} figure */
  const put = (id, facts, figure) => {
    const key = JSON.stringify([facts, style]);
    if (drawn.get(id) === key) return;
    drawn.set(id, key);
    dashSet(id, { figure: figure() });
  };
  /** @param {Kpi} kpi @param {Asked} asked @param {number} now */
  function draw(kpi, asked, now) {
    newest = [kpi, asked];
    if (now - last < CHART_MS && asked.window === shown) return;
    [last, shown] = [now, asked.window];
    for (const card of cards(kpi, ctx.config.targets, ctx.t)) {
      const [points, target] = [kpi.spark[card.key], ctx.config.targets[card.key]];
      put(`kpi-spark-${card.key}`, [points, card.miss], () => sparkFigure(points, target, card.miss, style));
    }
    flowing(kpi, asked, now);
  }
  /** @param {Kpi} kpi @param {Asked} asked @param {number} now */
  function flowing(kpi, { window, board }, now) {
    const today = window === LIVE || window === 'today' || !board;
    const weeks = board && board.series.some(({ t, start }) => t - start > 2 * DAY);
    setText(slot(root, 'hrb-title'), ctx.t(today ? 'kpi.hourly' : weeks ? 'kpi.series.week' : 'kpi.series.day'));
    if (!today) { put('kpi-hourly', [board.series], () => seriesFigure(board.series, style)); return; }
    const minutes = Math.floor(now / 300_000); // the rule of the present moment moves every five minutes
    put('kpi-hourly', [kpi.hourly, minutes], () => hourlyFigure(kpi.hourly, now, ctx.t('kpi.hour.now'), style));
  }
  const clear = () => {
    for (const id of ['kpi-hourly', ...RATES.map((key) => `kpi-spark-${key}`)]) put(id, [], () => ({ data: [], layout: emptyLayout(style) }));
    [last, newest] = [-Infinity, null];
  };
  return { draw, clear };
}

/** @param {string} id @param {object} props */
export function dashSet(id, props) {
  const dash = /** @type {{dash_clientside?: {set_props(id: string, props: object): void}}} */ (globalThis).dash_clientside;
  dash?.set_props(id, props);
}
