/**
 * Many small marks at once: dots written straight into pixels, and density hexagons. Pure: typed arrays in, typed
 * arrays out; knows no canvas, no worker and no token.
 *
 * @typedef {{size: number, cover: Float32Array}} Mask  A dot's coverage (0–1) over a square of size × size pixels.
 */

const FINE = 4;

/** A round dot `diameter` device pixels wide. @param {number} diameter @returns {Mask} */
export function dotMask(diameter) {
  const size = Math.max(1, Math.round(diameter));
  const radius = Math.max(diameter, 1.4) / 2;
  const cover = new Float32Array(size * size);
  for (let y = 0; y < size * FINE; y++)
    for (let x = 0; x < size * FINE; x++) {
      const dx = (x + 0.5) / FINE - size / 2;
      const dy = (y + 0.5) / FINE - size / 2;
      if (dx * dx + dy * dy <= radius * radius) cover[((y / FINE) | 0) * size + ((x / FINE) | 0)] += 1 / (FINE * FINE);
    }
  return { size, cover };
}

/**
 * The pixels of each kind of dot. @param {Mask} mask @param {readonly number[]} colours packed RGBA per kind; 0 = not drawn
 * @returns {Uint32Array} kinds × size² pixels, alpha scaled by coverage
 */
export function dotTable(mask, colours) {
  const cells = mask.cover.length;
  const table = new Uint32Array(colours.length * cells);
  colours.forEach((colour, kind) => {
    for (let c = 0; c < cells; c++) {
      const alpha = Math.round((colour >>> 24) * mask.cover[c]);
      table[kind * cells + c] = alpha ? ((alpha << 24) | (colour & 0xffffff)) >>> 0 : 0;
    }
  });
  return table;
}

/**
 * Write dots into `pixels`; the more opaque of two wins, so that the order of rows does not show.
 * @param {{pixels: Uint32Array, width: number, height: number}} image
 * @param {{px: Int32Array, py: Int32Array, n: number}} at dot centres, device pixels
 * @param {Uint8Array} look what each row is @param {Uint8Array} kindOf look → kind (0 = not drawn)
 * @param {Mask} mask @param {Uint32Array} table see dotTable; kind 0 is never read
 */
export function plot(image, at, look, kindOf, mask, table) {
  const { pixels, width, height } = image;
  const { size } = mask;
  const half = size >> 1;
  for (let i = 0; i < at.n; i++) {
    const kind = kindOf[look[i]];
    const x = at.px[i] - half;
    const y = at.py[i] - half;
    if (!kind || x < 0 || y < 0 || x > width - size || y > height - size) continue;
    let c = kind * size * size;
    for (let row = y * width + x, end = row + size * width; row < end; row += width)
      for (let k = row; k < row + size; k++) {
        const value = table[c++];
        if (value > pixels[k]) pixels[k] = value;
      }
  }
}

/** The first count of each density step; docs/DESIGN-LANGUAGE.md §6. */
export const STEPS = [1, 3, 7, 14, 26];

/** How many of STEPS a count has reached, 0–5. @param {number} count @returns {number} */
export function densityStep(count) {
  let step = 0;
  while (step < STEPS.length && count >= STEPS[step]) step++;
  return step;
}

/** A reusable grid of hexagons, pointy side up, anchored to the world so that panning does not reshuffle it. */
export class HexGrid {
  constructor() {
    this.counts = new Int32Array(0);
    this.columns = 0;
    this.rows = 0;
    this.left = 0;
    this.top = 0;
    this.dx = 1;
    this.dy = 1;
  }

  /**
   * Cover a view. @param {number} radius of a hexagon @param {number} ox world position of the view's left edge
   * @param {number} oy of its top edge @param {number} width @param {number} height all in pixels
   */
  cover(radius, ox, oy, width, height) {
    this.dx = radius * Math.sqrt(3);
    this.dy = radius * 1.5;
    this.left = Math.floor(ox / this.dx) - 1;
    this.top = Math.floor(oy / this.dy) - 1;
    this.columns = Math.ceil(width / this.dx) + 4;
    this.rows = Math.ceil(height / this.dy) + 4;
    const size = this.columns * this.rows;
    if (this.counts.length < size) this.counts = new Int32Array(size);
    else this.counts.fill(0, 0, size);
  }

  /** Count a point at world pixel (x, y). @param {number} x @param {number} y */
  add(x, y) {
    const cell = this.cell(x, y);
    if (cell >= 0) this.counts[cell]++;
  }

  /** The cell a point lies in, -1 beyond the cover. @param {number} x world pixel @param {number} y @returns {number} */
  cell(x, y) {
    const v = y / this.dy;
    let row = Math.round(v);
    const u = x / this.dx - (row & 1) / 2;
    let column = Math.round(u);
    const off = v - row;
    if (Math.abs(off) * 3 > 1) {
      const side = column + (u < column ? -1 : 1) / 2;
      const next = row + (off < 0 ? -1 : 1);
      const du = u - side;
      const dv = v - next;
      if ((u - column) ** 2 + off * off > du * du + dv * dv) {
        column = side + (row & 1 ? 1 : -1) / 2;
        row = next;
      }
    }
    const c = column - this.left;
    const r = row - this.top;
    return c >= 0 && r >= 0 && c < this.columns && r < this.rows ? r * this.columns + c : -1;
  }

  /** World x of a cell's centre. @param {number} cell @returns {number} */
  x(cell) {
    const row = this.top + Math.floor(cell / this.columns);
    return ((cell % this.columns) + this.left + (row & 1) / 2) * this.dx;
  }

  /** World y of a cell's centre. @param {number} cell @returns {number} */
  y(cell) {
    return (this.top + Math.floor(cell / this.columns)) * this.dy;
  }
}
