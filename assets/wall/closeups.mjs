/**
 * What this browser looks at beside the common frames: a region's sections, a KPI by region, density, the people of map
 * tiles. Folds their frames into the picture; what is wanted is said elsewhere.
 *
 * @typedef {import("./types.mjs").Picture} Picture
 * @typedef {import("./types.mjs").Change} Change
 * @typedef {import("./wire.mjs").Frame} Frame
 * @typedef {{key: string, asOf: number, num: Int32Array, den: Int32Array}} KpiLayer  By node (see /city/regions.json); den −1: a count.
 * @typedef {{x: Float64Array, y: Float64Array, count: Uint32Array, n: number, radius: number, asOf: number}} DensityCells
 *   Hexagons: centres and radius in fractions of the Mercator square.
 */
import { foldRoster, foldWorkers, forget, wrapped } from "./crowd.mjs";
import { Gap } from "./picture.mjs";

const NOBODY = -1;

export class Closeups {
  /** @param {Picture} picture */
  constructor(picture) {
    this.picture = picture;
    /** @type {KpiLayer|null} */
    this.layer = null;
    /** @type {DensityCells|null} */
    this.density = null;
    /** Tiles by name, with the number by which `member` knows them. @type {Map<string, {number: number, seq: number, sum: number}>} */
    this.tiles = new Map();
    /** The tile each row is held for. */
    this.member = new Int32Array(0);
    this.last = 0;
  }

  /** Nothing is held any more. */
  reset() {
    this.layer = this.density = null;
    this.tiles.clear();
    this.member.fill(NOBODY);
  }

  /** Forget who stands in other tiles than these. @param {readonly string[]} names @returns {boolean} whether anybody was */
  keep(names) {
    const gone = new Set([...this.tiles].filter(([name]) => !names.includes(name)).map(([, { number }]) => number));
    for (const name of this.tiles.keys()) if (!names.includes(name)) this.tiles.delete(name);
    if (gone.size === 0) return false;
    for (let row = 0; row < this.member.length; row++) if (gone.has(this.member[row])) this.#leave(row);
    return true;
  }

  /** @param {Frame} frame @returns {Change|null} what it changed in the picture @throws {Gap} a tile's frame is missing */
  apply({ header, columns }) {
    const { kind, name, as_of: asOf } = header;
    if (kind === "layer") this.layer = { key: name, asOf, num: /** @type {Int32Array} */ (columns.num), den: /** @type {Int32Array} */ (columns.den) };
    if (kind === "density") return this.#density(header, columns);
    return kind === "tile" ? this.#tile(header, columns) : null;
  }

  /** @param {Record<string, any>} header @param {Frame["columns"]} columns @returns {Change} */
  #density(header, columns) {
    const { x, y, count } = columns;
    this.density = {
      x: /** @type {Float64Array} */ (x), y: /** @type {Float64Array} */ (y), count: Uint32Array.from(count), n: count.length,
      radius: header.radius, asOf: header.as_of,
    };
    return changeOf(new Uint32Array(0), header.t0);
  }

  /** @param {Record<string, any>} header @param {Frame["columns"]} columns @returns {Change|null} */
  #tile(header, columns) {
    const tile = this.#follow(header);
    const { workers } = this.picture;
    if (header.roster) foldRoster(workers, header.roster);
    const left = columns.left ?? [];
    let sum = tile.sum;
    for (let k = 0; k < left.length; k++) {
      sum -= columns.was[k];
      if (this.member[left[k]] === tile.number) this.#leave(left[k]);
    }
    const held = (/** @type {number} */ row) => this.member[row] === tile.number;
    const found = foldWorkers(workers, columns, header.as_of, held, wrapped(sum));
    this.#take(found.rows, tile.number);
    tile.sum = found.sum;
    if (tile.sum !== header.digest) throw new Gap(`tile ${header.name}: digest ${tile.sum}, the server's is ${header.digest}`);
    return changeOf(Uint32Array.from([...found.rows, ...left]), header.t0);
  }

  /** The tile a frame is of, once it is sure that the frame follows on what is held. @param {Record<string, any>} header */
  #follow({ name, prev, seq }) {
    const before = this.tiles.get(name);
    if (prev !== null && before?.seq !== prev) throw new Gap(`tile ${name}: ${before?.seq} then ${seq}`);
    const tile = prev === null ? { number: ++this.last, seq, sum: 0 } : /** @type {NonNullable<typeof before>} */ (before);
    if (prev === null && before) this.#disown(before.number);
    tile.seq = seq;
    this.tiles.set(name, tile);
    return tile;
  }

  /** @param {number} number */
  #disown(number) {
    for (let row = 0; row < this.member.length; row++) if (this.member[row] === number) this.#leave(row);
  }

  /** @param {Uint32Array} rows @param {number} number */
  #take(rows, number) {
    const size = this.picture.workers.lon.length;
    if (this.member.length < size) {
      const bigger = new Int32Array(size).fill(NOBODY);
      bigger.set(this.member);
      this.member = bigger;
    }
    for (const row of rows) this.member[row] = number;
  }

  /** @param {number} row */
  #leave(row) {
    this.member[row] = NOBODY;
    forget(this.picture.workers, row);
  }
}

/** @param {Uint32Array} rows @param {number|null} t0 @returns {Change} */
function changeOf(rows, t0) {
  return { snapshot: false, put: [], del: [], rows, keys: new Set(), t0 };
}
