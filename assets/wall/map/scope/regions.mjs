/**
 * The ground of the region tree: which grid a place lies in, the outline of a region as the edges its grids do not share,
 * where its name stands. Computed once a region and kept; draws nothing.
 *
 * @typedef {import('../ground/basemap.mjs').Grids} Grids
 * @typedef {import('../../scope.mjs').RegionTree} RegionTree
 * @typedef {Float64Array} Loop  x, y, x, y, … in Mercator; closed without repeating its first point.
 */

/** Bits for each of two coordinates in one exact number. */
const CELLS = 2 ** 26;

export class Land {
  /** @param {Grids} grids @param {readonly string[]} codes of the grids, in their order @param {RegionTree} tree */
  constructor(grids, codes, tree) {
    this.grids = grids;
    this.tree = tree;
    /** Ring → node of its grid, −1 where the tree does not know it. */
    this.nodes = Int32Array.from(codes, (code) => tree.numbers.get(code) ?? -1);
    this.edges = edgesOf(grids);
    /** @type {Map<number, Loop[]>} */
    this.outlines = new Map();
    /** @type {Map<number, Int32Array>} */
    this.levels = new Map();
  }

  /** The ring a place lies in, −1 outside all. @param {number} x @param {number} y Mercator @returns {number} */
  ringAt(x, y) {
    const { n, box } = this.grids;
    for (let ring = 0; ring < n; ring++) {
      const at = 4 * ring;
      if (x < box[at] || x > box[at + 2] || y < box[at + 1] || y > box[at + 3]) continue;
      if (contains(this.grids, ring, x, y)) return ring;
    }
    return -1;
  }

  /** The node of the grid at a place, −1 outside. @param {number} x @param {number} y Mercator @returns {number} */
  nodeAt(x, y) {
    const ring = this.ringAt(x, y);
    return ring < 0 ? -1 : this.nodes[ring];
  }

  /** The rings of a region. @param {number} node @returns {number[]} */
  rings(node) {
    const found = [];
    for (let ring = 0; ring < this.nodes.length; ring++) if (this.tree.holds(node, this.nodes[ring])) found.push(ring);
    return found;
  }

  /** Per ring the node of its region at a level (1–4), −1 for none. @param {number} level @returns {Int32Array} */
  at(level) {
    const known = this.levels.get(level) ?? this.nodes.map((node) => (node < 0 ? -1 : this.tree.at(node, level)));
    this.levels.set(level, known);
    return known;
  }

  /** West, north, east, south in Mercator; null for a region without grids. @param {number} node @returns {[number, number, number, number]|null} */
  bounds(node) {
    const { box } = this.grids;
    /** @type {[number, number, number, number]} */
    const all = [Infinity, Infinity, -Infinity, -Infinity];
    for (const ring of this.rings(node))
      for (let side = 0; side < 4; side++) all[side] = Math[side < 2 ? 'min' : 'max'](all[side], box[4 * ring + side]);
    return all[0] < all[2] ? all : null;
  }

  /** The outline of a region: the edges that only one of its grids has. @param {number} node @returns {Loop[]} */
  outline(node) {
    const known = this.outlines.get(node);
    if (known) return known;
    const mine = new Uint8Array(this.nodes.length);
    for (const ring of this.rings(node)) mine[ring] = 1;
    const loops = loopsOf(this.grids, this.edges, mine);
    this.outlines.set(node, loops);
    return loops;
  }

  /** A place inside each region of a level for its name: the middle of the grid nearest to the middle of all its grids.
   * @param {number} level @returns {Map<number, {x: number, y: number}>} by node */
  spots(level) {
    const [nodes, { box }] = [this.at(level), this.grids];
    const middle = (/** @type {number} */ ring) => ({ x: (box[4 * ring] + box[4 * ring + 2]) / 2, y: (box[4 * ring + 1] + box[4 * ring + 3]) / 2 });
    /** @type {Map<number, {x: number, y: number, n: number}>} */
    const sums = new Map();
    nodes.forEach((node, ring) => {
      const [sum, { x, y }] = [sums.get(node) ?? { x: 0, y: 0, n: 0 }, middle(ring)];
      if (node >= 0) sums.set(node, { x: sum.x + x, y: sum.y + y, n: sum.n + 1 });
    });
    /** @type {Map<number, {x: number, y: number, far: number}>} */
    const best = new Map();
    nodes.forEach((node, ring) => {
      const sum = sums.get(node);
      if (!sum) return;
      const at = middle(ring);
      const far = (at.x - sum.x / sum.n) ** 2 + (at.y - sum.y / sum.n) ** 2;
      if (far < (best.get(node)?.far ?? Infinity)) best.set(node, { ...at, far });
    });
    return best;
  }
}

/** @param {Grids} grids @param {number} ring @param {number} px @param {number} py @returns {boolean} even-odd rule */
function contains({ from, x, y }, ring, px, py) {
  let inside = false;
  const [first, end] = [from[ring], from[ring + 1]];
  for (let at = first, before = end - 1; at < end; before = at++)
    if (y[at] > py !== y[before] > py && px < ((x[before] - x[at]) * (py - y[at])) / (y[before] - y[at]) + x[at]) inside = !inside;
  return inside;
}

/**
 * Every ring's edges, numbered like the vertices they begin at: the vertex they lead to, the ring they belong to, and the
 * edge of the neighbour that runs the other way (−1 at the edge of the city).
 * @param {Grids} grids @returns {{next: Int32Array, owner: Int32Array, twin: Int32Array, vertex: Int32Array}}
 */
export function edgesOf({ n, from, x, y }) {
  const size = from[n];
  const [next, owner, twin] = [new Int32Array(size), new Int32Array(size), new Int32Array(size).fill(-1)];
  const vertex = verticesOf(x, y, size);
  for (let ring = 0; ring < n; ring++)
    for (let at = from[ring]; at < from[ring + 1]; at++) {
      next[at] = at + 1 < from[ring + 1] ? at + 1 : from[ring];
      owner[at] = ring;
    }
  /** @type {Map<number, number>} */
  const byEnds = new Map();
  for (let at = 0; at < size; at++) {
    const back = byEnds.get(vertex[next[at]] * CELLS + vertex[at]);
    if (back !== undefined) [twin[at], twin[back]] = [back, at];
    byEnds.set(vertex[at] * CELLS + vertex[next[at]], at);
  }
  return { next, owner, twin, vertex };
}

/** One number per distinct point. @param {Float64Array} x @param {Float64Array} y @param {number} size @returns {Int32Array} */
function verticesOf(x, y, size) {
  const [west, north] = [x.reduce((a, b) => Math.min(a, b), 1), y.reduce((a, b) => Math.min(a, b), 1)];
  const span = Math.max(x.reduce((a, b) => Math.max(a, b), 0) - west, y.reduce((a, b) => Math.max(a, b), 0) - north) || 1;
  const whole = (/** @type {number} */ value) => Math.round((value / span) * (CELLS - 1));
  /** @type {Map<number, number>} */
  const seen = new Map();
  return Int32Array.from({ length: size }, (_, at) => {
    const key = whole(x[at] - west) * CELLS + whole(y[at] - north);
    const number = seen.get(key) ?? seen.size;
    seen.set(key, number);
    return number;
  });
}

/** Edges between a marked ring and none, joined end to end. @param {Grids} grids @param {ReturnType<typeof edgesOf>} edges
 * @param {Uint8Array} mine by ring @returns {Loop[]} */
function loopsOf({ x, y }, { next, owner, twin, vertex }, mine) {
  const border = (/** @type {number} */ at) => mine[owner[at]] === 1 && (twin[at] < 0 || mine[owner[twin[at]]] === 0);
  /** @type {Map<number, number[]>} edges of the border by the vertex they begin at */
  const leaving = new Map();
  for (let at = 0; at < next.length; at++) if (border(at)) leaving.set(vertex[at], [...(leaving.get(vertex[at]) ?? []), at]);
  const loops = [];
  for (const first of leaving.values())
    while (first.length) {
      const points = [];
      for (let at = first.pop(); at !== undefined; at = leaving.get(vertex[next[at]])?.pop()) points.push(x[at], y[at]);
      loops.push(Float64Array.from(points));
    }
  return loops;
}
