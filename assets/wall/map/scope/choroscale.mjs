/**
 * How a KPI by region becomes classes of colour: steps of counts by quantiles and round numbers, rates against their target.
 * Pure; colours and words are choropleth.mjs'.
 *
 * @typedef {'count'|'rate'|'share'} Kind  share: a rate without a sample, such as grids visited of all grids.
 * @typedef {{num: Int32Array, den: Int32Array}} Columns  Per node; den −1: a plain count, 0: no rate.
 * @typedef {{kind: Kind, floors: number[], target: number|null}} Scale
 *   `floors` where classes 1, 2, … begin, ascending; of rates in percent.
 */

/** What regions can be coloured by, in the order of the list. */
export const LAYERS = /** @type {Record<string, Kind>} */ ({
  open: 'count', overdue: 'count', reported: 'count', closure: 'rate', ontime: 'rate', satisfaction: 'rate', on_duty: 'count', patrol: 'share',
});
/** Fewer cases than this make no rate worth a colour. */
export const FEW = 30;
/** The action line lies so far below the target, percentage points; the second line as far again below it. */
const ACTION_POINTS = 5;
const STEPS = 5;
const CROWDED = 0.4;
/** Classes besides the steps: nothing to colour, and a rate of too few cases. */
export const NONE = 0;
export const SAMPLE = STEPS + 1;

/** The largest of 1, 2, 5 × 10ⁿ that is no larger, at least 1. @param {number} value @returns {number} */
export function roundBelow(value) {
  if (!(value > 1)) return 1;
  const ten = 10 ** Math.floor(Math.log10(value));
  return [5, 2, 1].map((one) => one * ten).find((step) => step <= value) ?? ten;
}

/**
 * Where the steps of counts begin: at quantiles of what is there, rounded so that they can be read; the first at 1.
 * @param {number[]} values counts; zeros are no part of it @returns {number[]} 1 to 5 floors
 */
export function countFloors(values) {
  const sorted = values.filter((value) => value > 0).sort((a, b) => a - b);
  if (sorted.length === 0) return [1];
  const quantile = (/** @type {number} */ share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  const grain = roundBelow((quantile(0.9) - quantile(0.1)) / (2 * STEPS));
  const inner = [1, 2, 3, 4].map((step) => Math.round(quantile(step / STEPS) / grain) * grain);
  return [...new Set([1, ...inner.filter((floor) => floor > 1)])];
}

/**
 * The scale of one KPI. @param {string} key of LAYERS @param {number[]} values counts of the regions shown; rates need none
 * @param {number|undefined} target percent @returns {Scale}
 */
export function scaleOf(key, values, target) {
  const kind = LAYERS[key] ?? 'count';
  if (kind === 'count') return { kind, floors: countFloors(values), target: null };
  if (kind === 'share' || target === undefined) return { kind, floors: [0, 20, 40, 60, 80], target: null };
  const line = target - ACTION_POINTS;
  return { kind, floors: [0, Math.max(0, line - ACTION_POINTS), line, target], target };
}

/**
 * The class of one region: NONE, 1 … 5 or SAMPLE. Rates are compared by their parts, so that nothing is rounded over a line.
 * @param {Scale} scale @param {number} num @param {number} den @returns {number}
 */
export function classOf({ kind, floors }, num, den) {
  if (kind === 'count') return num < 1 ? NONE : floors.findLastIndex((floor) => num >= floor) + 1;
  if (den <= 0) return NONE;
  if (kind === 'rate' && den < FEW) return SAMPLE;
  return Math.max(1, floors.findLastIndex((floor) => num * 100 >= floor * den) + 1);
}

/** Whether so many regions lie in the top step that it says nothing any more. @param {Scale} scale @param {number[]} values @returns {boolean} */
export function overflows({ kind, floors }, values) {
  if (kind !== 'count') return false;
  const some = values.filter((value) => value > 0);
  const top = some.filter((value) => value >= floors[floors.length - 1]).length;
  return some.length >= STEPS && top > CROWDED * some.length && Math.max(...some) >= 2 * floors[floors.length - 1];
}

/** Words of a scale's steps, lowest first: "1–4", "12+"; of rates "< 90", "90–95", "≥ 95". @param {Scale} scale @returns {string[]} */
export function stepWords({ kind, floors }) {
  return floors.map((floor, k) => {
    const end = floors[k + 1];
    if (kind !== 'count') return end === undefined ? `≥ ${floor}` : k === 0 ? `< ${end}` : `${floor}–${end}`;
    if (end === undefined) return `${floor}+`;
    return end - floor === 1 ? String(floor) : `${floor}–${end - 1}`;
  });
}

/** How regions are divided at a coarseness (metres per u): 1 district … 4 grid, but below the scope at any rate.
 * @param {number} mpu @param {number} scope level of the scope @returns {number} */
export function levelFor(mpu, scope) {
  const byZoom = mpu > 330 ? 1 : mpu > 60 ? 2 : mpu > 3 ? 3 : 4;
  return Math.min(4, Math.max(byZoom, scope + 1));
}
