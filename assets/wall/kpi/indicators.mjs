/**
 * The KPI screen's figures, from the server's counts: what each card, bar and chart says. Pure; a rate always goes with its
 * parts, and without a denominator there is no rate.
 *
 * @typedef {import('../types.mjs').Kpi} Kpi
 * @typedef {import('../types.mjs').Rate} Rate
 * @typedef {import('../types.mjs').SparkPoint} SparkPoint
 * @typedef {import('../i18n.mjs').Translate} Translate
 * @typedef {'closure'|'ontime'|'satisfaction'} RateName
 * @typedef {{key: RateName, value: string, miss: boolean, num: string, den: string, change: string, base: string, hover: string}} Card
 * @typedef {{code: string, value: string, den: string, miss: boolean, fill: number}} RankRow  `fill`: percent of the axis.
 * @typedef {{floor: number, line: number, tick: number, ranked: RankRow[], few: {code: string, den: string}[]}} Ranking
 *   `floor` where the axis begins, `line` the action line, both in percent; `tick` the target's place on the axis.
 * @typedef {{step: string, arrived: number, held: number, height: number, most: boolean}} FlowStep
 */
import { clockText, numberText, rateText } from '../i18n.mjs';

export const RATES = /** @type {RateName[]} */ (['closure', 'ontime', 'satisfaction']);
/** Fewer cases than this say nothing about a district. */
export const FEW = 30;
const ACTION_POINTS = 5;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** @param {Rate} rate */
const percent = ({ num, den }) => (num * 100) / den;
/** Below the target; no rate is never below. @param {Rate} rate @param {number|undefined} target */
export const misses = (rate, target) => rate.den > 0 && target !== undefined && rate.num * 100 < target * rate.den;

/** "近 24 小时". @param {Pick<Kpi, 'from'|'to'>} kpi @param {Translate} t */
export function windowText({ from, to }, t) {
  const hours = Math.round((to - from) / HOUR);
  return hours > 48 && hours % 24 === 0 ? t('kpi.window.days', hours / 24) : t('kpi.window.hours', hours);
}

/**
 * What the rate is compared with: this time yesterday when the line reaches so far, else its first point.
 * @param {SparkPoint[]} points @param {number} to @returns {{point: SparkPoint, yesterday: boolean}|null}
 */
export function baseOf(points, to) {
  const real = points.filter((point) => point.den > 0 && point.t < to);
  const day = real.find((point) => Math.abs(point.t - (to - DAY)) <= HOUR / 2);
  if (day) return { point: day, yesterday: true };
  return real.length > 0 ? { point: real[0], yesterday: false } : null;
}

/** @param {Kpi} kpi @param {RateName} key @param {Translate} t */
function changeOf(kpi, key, t) {
  const rate = kpi.city[key];
  const base = baseOf(kpi.spark[key], kpi.to);
  if (!base || rate.den === 0) return { change: '', base: '' };
  const points = (percent(rate) - percent(base.point)).toFixed(2);
  const sign = Number(points) > 0 ? '▲ ' : Number(points) < 0 ? '▼ ' : '';
  const words = base.yesterday ? t('kpi.yesterday') : t('kpi.since', clockText(base.point.t).slice(0, 5));
  return { change: sign + points.replace('-', ''), base: words };
}

/** @param {Kpi} kpi @param {Record<string, number>} targets @param {Translate} t @returns {Card[]} */
export function cards(kpi, targets, t) {
  return RATES.map((key) => {
    const rate = kpi.city[key];
    const [num, den] = [numberText(rate.num), numberText(rate.den)];
    const hover = t('kpi.hover', num, den, t(`kpi.${key}.parts`).replace(/ /g, ''), windowText(kpi, t));
    return { key, value: rateText(rate), miss: misses(rate, targets[key]), num, den, hover, ...changeOf(kpi, key, t) };
  });
}

/** Districts by their on-time rate. @param {Kpi} kpi @param {number} target percent @returns {Ranking} */
export function ranking(kpi, target) {
  const line = target - ACTION_POINTS;
  const many = kpi.districts.filter(({ ontime }) => ontime.den >= FEW);
  const sorted = [...many].sort((a, b) => percent(b.ontime) - percent(a.ontime) || b.ontime.den - a.ontime.den);
  const least = Math.min(line, ...many.map(({ ontime }) => percent(ontime)));
  const floor = Math.max(0, Math.floor((least - 1) / 10) * 10);
  const along = (/** @type {number} */ value) => ((value - floor) / (100 - floor)) * 100;
  const ranked = sorted.map(({ code, ontime }) => ({
    code, value: rateText(ontime), den: numberText(ontime.den), miss: misses(ontime, line), fill: along(percent(ontime)),
  }));
  const few = kpi.districts.filter(({ ontime }) => ontime.den < FEW).sort((a, b) => b.ontime.den - a.ontime.den);
  return { floor, line, tick: along(target), ranked, few: few.map(({ code, ontime }) => ({ code, den: numberText(ontime.den) })) };
}

/**
 * The rows of a ranking that fit: of too many the lowest of those that have a rank, for they are what it is read for.
 * @template T @param {T[]} rows ranked ones first @param {number} ranked how many have a rank @param {number} room
 * @returns {{rows: T[], left: number}} `left`: rows not shown
 */
export function fitting(rows, ranked, room) {
  const skip = Math.max(0, Math.min(ranked, rows.length) - room);
  const shown = rows.slice(skip, skip + room);
  return { rows: shown, left: rows.length - shown.length };
}

/**
 * The steps of a process; heights are shares of the busiest one. @param {Kpi} kpi
 * @param {readonly {step: string}[]} steps @returns {FlowStep[]}
 */
export function flow(kpi, steps) {
  const counted = new Map(kpi.steps.map((one) => [one.step, one]));
  const shown = steps.map(({ step }) => counted.get(step) ?? { step, arrived: 0, held: 0 });
  const most = Math.max(1, ...shown.map(({ arrived }) => arrived));
  const held = Math.max(...shown.map((step) => step.held));
  return shown.map(({ step, arrived, held: now }) => ({
    step, arrived, held: now, height: (arrived / most) * 100, most: now > 0 && now === held,
  }));
}
