/**
 * The KPI screen's figures, from the server's counts: what each card, bar and chart says. Pure; a rate always goes with its
 * parts, and without a denominator there is no rate.
 *
 * @typedef {import('../types.mjs').Kpi} Kpi
 * @typedef {import('../types.mjs').Rate} Rate
 * @typedef {import('../types.mjs').SparkPoint} SparkPoint
 * @typedef {import('../i18n.mjs').Translate} Translate
 * @typedef {'closure'|'ontime'|'satisfaction'} RateName
 * @typedef {import('./boards.mjs').Board} Board
 * @typedef {{change: string, base: string, why: string}} Change  `why`: what is to be known of it, where it says nothing.
 * @typedef {{key: RateName, value: string, miss: boolean, num: string, den: string, changes: [Change, Change], hover: string}} Card
 *   `changes`: beside the period before, and beside last year.
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

const CODES = { closure: 'closure_rate', ontime: 'ontime_rate', satisfaction: 'satisfaction' };
const NONE = { change: '', base: '', why: '' };

/** @param {number} points */
const moved = (points) => `${points >= 0.005 ? '▲ ' : points <= -0.005 ? '▼ ' : ''}${Math.abs(points).toFixed(2)}`;

/** What the line itself tells of the past, until the history answers. @param {Kpi} kpi @param {RateName} key @param {Translate} t @returns {Change} */
function changeOf(kpi, key, t) {
  const rate = kpi.city[key];
  const base = baseOf(kpi.spark[key], kpi.to);
  if (!base || rate.den === 0) return NONE;
  const words = base.yesterday ? t('kpi.yesterday') : t('kpi.since', clockText(base.point.t).slice(0, 5));
  return { change: moved(percent(rate) - percent(base.point)), base: words, why: '' };
}

/** 环比 and 同比. @param {Board} board @param {RateName} key @param {Translate} t @returns {[Change, Change]} */
function compared(board, key, t) {
  const { value, before, year_ago: year } = board.compared[CODES[key]];
  const beside = (/** @type {number|null} */ then, /** @type {string} */ base) => (value === null || then === null
    ? { change: '—', base, why: t('kpi.compared.why') } : { change: moved(value - then), base, why: '' });
  return [beside(before, t('kpi.before')), beside(year, t('kpi.yearago'))];
}

/** @param {Kpi} kpi @param {Record<string, number>} targets @param {Translate} t @param {Board|null} [board] @returns {Card[]} */
export function cards(kpi, targets, t, board = null) {
  return RATES.map((key) => {
    const rate = kpi.city[key];
    const [num, den] = [numberText(rate.num), numberText(rate.den)];
    const hover = t('kpi.hover', num, den, t(`kpi.${key}.parts`).replace(/ /g, ''), windowText(kpi, t));
    const changes = board ? compared(board, key, t) : /** @type {[Change, Change]} */ ([changeOf(kpi, key, t), NONE]);
    return { key, value: rateText(rate), miss: misses(rate, targets[key]), num, den, hover, changes };
  });
}

/**
 * The most frequent of a mix, and how many are not listed. @param {{key: string, reported: number}[]} mix @param {number} room
 * @returns {{rows: {key: string, count: string, share: string, fill: number}[], left: number}}
 */
export function mixed(mix, room) {
  const all = mix.reduce((sum, { reported }) => sum + reported, 0);
  const rows = mix.slice(0, mix.length > room ? room - 1 : room).map(({ key, reported }) => ({
    key, count: numberText(reported), share: `${(Math.floor((reported * 1000) / all) / 10).toFixed(1)}%`, fill: (reported * 100) / mix[0].reported,
  }));
  return { rows, left: mix.length - rows.length };
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
