/**
 * Kernel density: from weighted points to values per square kilometre on a grid, and from the grid to banded pixels.
 * Arithmetic on typed arrays; knows no map, no page and no colours.
 *
 * The kernel is three running means of five cells in each direction, which is close to a Gaussian (its top a sixth lower), and
 * costs the same for every radius because the cells grow with it. Cells lie fixed on the ground, so that panning does not
 * make the picture shimmer.
 *
 * @typedef {{x: Float64Array, y: Float64Array, weight: Float32Array|null, n: number, total: number}} Points
 *   Mercator; no `weight` = 1 each; `total` what they weigh together.
 * @typedef {{columns: number, rows: number, cell: number, left: number, top: number, value: Float32Array}} Field
 *   `cell` world pixels; `left`, `top` world pixels of the first cell's middle; `value` per km².
 * @typedef {{scale: number, left: number, top: number, width: number, height: number, mpu: number, u: number}} Frame
 *   What of a viewport counts here.
 */

const HALF = 2; // cells to each side of a running mean
const PASSES = 3;
const SPREAD = Math.sqrt((PASSES * ((2 * HALF + 1) ** 2 - 1)) / 12); // the kernel's standard deviation in cells
const MARGIN = PASSES * HALF + 1; // cells beyond the view whose points still reach into it
const NICE = [1, 1.5, 2, 3, 5, 7, 10];
/** Band edges as shares of the scale's top. */
const SHARES = [0.05, 0.1, 0.2, 0.4, 0.6];

/** One row or column at a time. */
const line = new Float32Array(16_384);

/**
 * Density in and around a view.
 * @param {Points} points @param {Frame} view @param {number} reach CSS pixels: twice the standard deviation @returns {Field}
 */
export function fieldOf(points, view, reach) {
  const cell = reach / 2 / SPREAD;
  const [column, row] = [Math.floor(view.left / cell) - MARGIN, Math.floor(view.top / cell) - MARGIN];
  const columns = Math.ceil(view.width / cell) + 2 * MARGIN + 1;
  const rows = Math.ceil(view.height / cell) + 2 * MARGIN + 1;
  const value = new Float32Array(columns * rows);
  splat(points, value, columns, rows, view.scale / cell, column + 0.5, row + 0.5);
  for (let pass = 0; pass < PASSES; pass++) {
    for (let k = 0; k < rows; k++) runningMean(value, k * columns, 1, columns);
    for (let k = 0; k < columns; k++) runningMean(value, k, columns, rows);
  }
  const km = ((view.mpu / view.u) * cell) / 1000;
  for (let k = 0; k < value.length; k++) value[k] /= km * km;
  return { columns, rows, cell, left: (column + 0.5) * cell, top: (row + 0.5) * cell, value };
}

/**
 * Share every point among the four cells around it. @param {Points} points @param {Float32Array} value
 * @param {number} columns @param {number} rows @param {number} scale cells per unit of Mercator
 * @param {number} left cells @param {number} top cells
 */
function splat({ x, y, weight, n }, value, columns, rows, scale, left, top) {
  for (let k = 0; k < n; k++) {
    const [fx, fy] = [x[k] * scale - left, y[k] * scale - top];
    const [i, j] = [Math.floor(fx), Math.floor(fy)];
    if (!(i >= 0 && j >= 0 && i < columns - 1 && j < rows - 1)) continue;
    const [a, b, w, at] = [fx - i, fy - j, weight ? weight[k] : 1, j * columns + i];
    value[at] += w * (1 - a) * (1 - b);
    value[at + 1] += w * a * (1 - b);
    value[at + columns] += w * (1 - a) * b;
    value[at + columns + 1] += w * a * b;
  }
}

/** @param {Float32Array} value @param {number} from @param {number} step @param {number} n of one row or column */
function runningMean(value, from, step, n) {
  for (let k = 0; k < n; k++) line[k] = value[from + k * step];
  let sum = 0;
  for (let k = 0; k < HALF && k < n; k++) sum += line[k];
  for (let k = 0; k < n; k++) {
    if (k + HALF < n) sum += line[k + HALF];
    if (k > HALF) sum -= line[k - HALF - 1];
    value[from + k * step] = Math.max(0, sum) / (2 * HALF + 1); // a sum of differences may end a hair below nothing
  }
}

/** The greatest density within the view. @param {Field} field @returns {number} */
export function peak({ columns, rows, value }) {
  let most = 0;
  for (let j = MARGIN; j < rows - MARGIN; j++)
    for (let i = MARGIN; i < columns - MARGIN; i++) most = Math.max(most, value[j * columns + i]);
  return most;
}

/**
 * The scale's top for a peak: a round number at or above it. The one before is kept while it still fits, so that the
 * colours of a live picture do not jump. @param {number} most @param {number} before 0 when there is none @returns {number}
 */
export function scaleTop(most, before) {
  if (!(most > 0)) return 0;
  if (before >= most && before <= 2.5 * most) return before;
  const unit = 10 ** Math.floor(Math.log10(most));
  return unit * (NICE.find((nice) => nice * unit >= most * (1 - 1e-9)) ?? 10);
}

/** Where the five bands begin, per km². @param {number} top @returns {number[]} */
export const bandEdges = (top) => SHARES.map((share) => Number((share * top).toPrecision(3)));

/**
 * Paint bands: each pixel takes the colour of the highest edge its density reaches.
 * @param {Uint32Array} out `wide` × `high` packed pixels @param {number} wide @param {number} high
 * @param {Field} field @param {{left: number, top: number}} view world pixels of the upper left corner
 * @param {number} step world pixels per pixel of `out` @param {readonly number[]} edges rising
 * @param {Uint32Array} colours one more than edges: below the first, then each band
 */
export function paintBands(out, wide, high, field, view, step, edges, colours) {
  const { columns, rows, cell, value } = field;
  for (let py = 0; py < high; py++) {
    const fy = (view.top + (py + 0.5) * step - field.top) / cell;
    const j = Math.min(rows - 2, Math.max(0, Math.floor(fy)));
    blend(value, j * columns, (j + 1) * columns, fy - j, columns);
    for (let px = 0, fx = (view.left + 0.5 * step - field.left) / cell; px < wide; px++, fx += step / cell) {
      const i = Math.min(columns - 2, Math.max(0, fx | 0));
      const here = line[i] + (line[i + 1] - line[i]) * (fx - i);
      let band = 0;
      while (band < edges.length && here >= edges[band]) band++;
      out[py * wide + px] = colours[band];
    }
  }
}

/** One row between two, into `line`. @param {Float32Array} value @param {number} a @param {number} b @param {number} share
 * @param {number} n */
function blend(value, a, b, share, n) {
  for (let k = 0; k < n; k++) line[k] = value[a + k] + (value[b + k] - value[a + k]) * share;
}
