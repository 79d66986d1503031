/**
 * Plotly figures of the KPI screen, made of numbers, colours and the unit of size; sets nothing on the page.
 *
 * @typedef {import('../types.mjs').SparkPoint} SparkPoint
 * @typedef {Record<'line'|'bar'|'ink'|'note'|'grid'|'target'|'miss', string>} Colours
 * @typedef {{u: number, colours: Colours, font: string}} Style  `u`: px of the unit.
 * @typedef {{data: object[], layout: object}} Figure
 */
import { colour, unit } from '../dom.mjs';
import { hourOf, inputText } from '../i18n.mjs';

const DAY = 86_400_000;

const TOKENS = { line: '--d1', bar: '--d2', ink: '--ink', note: '--ink-3', grid: '--grid', target: '--ink-4', miss: '--sev-serious' };

/** What the stylesheet says now. @returns {Style} */
export function readStyle() {
  const pairs = [...Object.entries(TOKENS), ['closed', '--d3']].map(([name, token]) => [name, colour(token)]);
  return { u: unit(), colours: Object.fromEntries(pairs), font: getComputedStyle(document.body).fontFamily };
}

/** @param {Style} style @param {object} more @returns {object} */
function layout({ u, colours, font }, more) {
  return {
    paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)', showlegend: false, hovermode: false, autosize: true,
    font: { family: font, size: 12 * u, color: colours.note }, ...more,
  };
}

/** A chart without anything in it. @param {Style} style */
export const emptyLayout = (style) => layout(style, { xaxis: { visible: false }, yaxis: { visible: false }, margin: { l: 0, r: 0, t: 0, b: 0 } });

/**
 * A rate's course with its target as a dashed line; points without a denominator are holes.
 * @param {SparkPoint[]} points @param {number|undefined} target @param {boolean} miss @param {Style} style @returns {Figure}
 */
export function sparkFigure(points, target, miss, style) {
  const { u, colours } = style;
  const y = points.map(({ num, den }) => (den > 0 ? (num * 100) / den : null));
  const x = points.map(({ t }) => t);
  const real = y.filter((value) => value !== null);
  const all = target === undefined ? real : [...real, target];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const pad = Math.max(0.2, (high - low) * 0.15);
  const last = y.findLastIndex((value) => value !== null);
  const end = last < 0 ? [] : [{ type: 'scatter', mode: 'markers', x: [x[last]], y: [y[last]], cliponaxis: false,
    marker: { size: 7 * u, color: miss ? colours.miss : colours.ink } }];
  return {
    data: [{ type: 'scatter', mode: 'lines', x, y, line: { color: colours.line, width: 2 * u }, connectgaps: false }, ...end],
    layout: layout(style, {
      margin: { l: 1, r: 5 * u, t: 1, b: 1 },
      xaxis: { visible: false, fixedrange: true },
      yaxis: { visible: false, fixedrange: true, range: all.length > 0 ? [low - pad, high + pad] : [0, 1] },
      shapes: target === undefined ? [] : [{ type: 'line', xref: 'paper', x0: 0, x1: 1, y0: target, y1: target,
        line: { color: colours.target, width: Math.max(1, u), dash: `${3.5 * u}px,${3 * u}px` } }],
    }),
  };
}

/**
 * Today by hours: reported as bars, closed as a line, the present moment as a dashed rule.
 * @param {{t: number, reported: number, closed: number}[]} hourly @param {number} now @param {string} nowWord
 * @param {Style & {colours: Colours & {closed?: string}}} style @returns {Figure}
 */
export function hourlyFigure(hourly, now, nowWord, style) {
  const { u, colours } = style;
  const x = hourly.map(({ t }) => hourOf(t));
  const here = hourOf(now) + (now % 3_600_000) / 3_600_000 - 0.5; // a bar stands in the middle of its hour
  const late = here > 19;
  return {
    data: [
      { type: 'bar', x, y: hourly.map(({ reported }) => reported), marker: { color: colours.bar }, width: 0.62 },
      { type: 'scatter', mode: 'lines', x, y: hourly.map(({ closed }) => closed), line: { color: colours.closed ?? colours.ink, width: 2 * u } },
    ],
    layout: layout(style, {
      margin: { l: 34 * u, r: 4 * u, t: 6 * u, b: 18 * u },
      xaxis: { range: [-0.6, 23.6], tickvals: [0, 4, 8, 12, 16, 20], ticktext: ['00', '04', '08', '12', '16', '20'],
        showgrid: false, zeroline: false, fixedrange: true },
      yaxis: { rangemode: 'tozero', nticks: 4, gridcolor: colours.grid, gridwidth: Math.max(1, u * 0.75), zeroline: false,
        fixedrange: true, tickformat: ',d' },
      shapes: [{ type: 'line', x0: here, x1: here, yref: 'paper', y0: 0, y1: 1,
        line: { color: colours.note, width: Math.max(1, u * 0.75), dash: 'dot' } }],
      annotations: [{ x: here, yref: 'paper', y: 1, text: nowWord, showarrow: false, xanchor: late ? 'right' : 'left',
        yanchor: 'top', xshift: (late ? -4 : 4) * u, font: { size: 12 * u, color: colours.note } }],
    }),
  };
}

/**
 * Reported as bars and closed as a line, over days or weeks. @param {{t: number, start: number, reported: number, closed: number}[]} series
 * @param {Style & {colours: Colours & {closed?: string}}} style @returns {Figure}
 */
export function seriesFigure(series, style) {
  const { u, colours } = style;
  const x = series.map((_, at) => at);
  const words = series.map(({ t, start }) => monthDay(t - start > 2 * DAY ? start + 1 : t - 1));
  const every = Math.max(1, Math.ceil(series.length / 10));
  const shown = x.filter((at) => (series.length - 1 - at) % every === 0);
  return {
    data: [
      { type: 'bar', x, y: series.map(({ reported }) => reported), marker: { color: colours.bar }, width: 0.62 },
      { type: 'scatter', mode: 'lines', x, y: series.map(({ closed }) => closed), line: { color: colours.closed ?? colours.ink, width: 2 * u } },
    ],
    layout: layout(style, {
      margin: { l: 40 * u, r: 4 * u, t: 6 * u, b: 18 * u },
      xaxis: { range: [-0.6, series.length - 0.4], tickvals: shown, ticktext: shown.map((at) => words[at]), showgrid: false, zeroline: false, fixedrange: true },
      yaxis: { rangemode: 'tozero', nticks: 4, gridcolor: colours.grid, gridwidth: Math.max(1, u * 0.75), zeroline: false, fixedrange: true, tickformat: ',d' },
    }),
  };
}

/** "11-22" of the city's day. @param {number} ms */
const monthDay = (ms) => inputText(ms).slice(5, 10).replace('-', '/');
