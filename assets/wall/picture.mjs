/**
 * The browser's replica: folds snapshots and deltas into a Picture and proves, by the digest every frame carries, that
 * it holds what the server holds. Pure; whoever receives frames and whoever paints them is elsewhere.
 */
import { NO_FIX } from "./types.mjs";
import { textDigest, workerDigest } from "./wire.mjs";

/** @typedef {import("./types.mjs").Picture} Picture */
/** @typedef {import("./types.mjs").Change} Change */
/** @typedef {import("./types.mjs").Workers} Workers */
/** @typedef {import("./wire.mjs").Frame} Frame */

/** Sections that are replaced whole. */
const SECTIONS = ["board", "kpi", "feeds", "streams", "tapes"];

/** A frame that does not fit on what is held: the caller must ask for a snapshot. */
export class Gap extends Error {}

/** @returns {Picture} */
export function emptyPicture() {
  return {
    epoch: "", seq: -1, asOf: 0, hash: "", events: new Map(), workers: emptyWorkers(), board: null, kpi: null,
    feeds: [], streams: {}, tapes: [],
  };
}

/** @returns {Workers} */
function emptyWorkers() {
  return {
    n: 0, ids: [], names: [], regions: [], rowOf: new Map(), lon: new Int32Array(0), lat: new Int32Array(0),
    fixTime: new Float64Array(0), flag: new Uint8Array(0),
  };
}

/** Folds frames into one Picture object, which keeps its identity for ever. */
export class Replica {
  constructor() {
    this.picture = emptyPicture();
    this.workerSum = 0;
    /** @type {Map<string, number>} */
    this.eventDigest = new Map();
    this.eventSum = 0;
  }

  /** What this browser holds, as the number the server would give it. */
  get digest() {
    return (this.workerSum + this.eventSum) >>> 0;
  }

  /**
   * Fold one frame; returns what changed. Frames already held are passed over (null).
   * @param {Frame} frame
   * @returns {Change|null}
   * @throws {Gap} when frames before this one are missing, or the digests differ
   */
  apply({ header, columns }) {
    const snapshot = header.kind === "snapshot";
    if (snapshot) this.reset();
    else if (header.epoch !== this.picture.epoch) throw new Gap("another run of the server");
    else if (header.seq <= this.picture.seq) return null;
    else if (header.seq !== this.picture.seq + 1) throw new Gap(`${this.picture.seq} then ${header.seq}`);
    Object.assign(this.picture, { epoch: header.epoch, seq: header.seq, asOf: header.as_of, hash: header.hash });
    const { put, del } = this.foldEvents(header.events);
    if (header.roster) foldRoster(this.picture.workers, header.roster);
    const rows = this.foldWorkers(columns, header.as_of);
    const keys = this.foldSections(header);
    if (header.roster) keys.add("roster");
    if (this.digest !== header.digest) throw new Gap(`digest ${this.digest}, the server's is ${header.digest}`);
    return { snapshot, put, del, rows: snapshot ? null : rows, keys, t0: header.t0 };
  }

  reset() {
    Object.assign(this.picture, emptyPicture());
    this.workerSum = this.eventSum = 0;
    this.eventDigest.clear();
  }

  /** @param {{put: import("./types.mjs").EventRow[], del: string[]}} events */
  foldEvents({ put, del }) {
    for (const row of put) {
      this.picture.events.set(row.id, row);
      this.count(row.id, textDigest(`${row.id}:${row.v}`));
    }
    for (const id of del) {
      this.picture.events.delete(id);
      this.count(id, 0);
    }
    return { put: put.map((row) => row.id), del };
  }

  /** @param {string} id @param {number} digest */
  count(id, digest) {
    this.eventSum = (this.eventSum - (this.eventDigest.get(id) ?? 0) + digest) >>> 0;
    if (digest) this.eventDigest.set(id, digest);
    else this.eventDigest.delete(id);
  }

  /**
   * @param {Record<string, import("./wire.mjs").Column>} columns @param {number} asOf
   * @returns {Uint32Array}
   */
  foldWorkers({ row: rows, lon, lat, age, flag }, asOf) {
    const workers = this.picture.workers;
    let sum = this.workerSum;
    for (let k = 0; k < rows.length; k++) {
      const row = rows[k];
      if (row >= workers.lon.length) grow(workers, row);
      if (row < workers.n) sum -= workerDigest(row, workers.lon[row], workers.lat[row], workers.flag[row]);
      else workers.n = row + 1;
      workers.lon[row] = lon[k];
      workers.lat[row] = lat[k];
      workers.fixTime[row] = lon[k] === NO_FIX ? NaN : asOf - age[k];
      workers.flag[row] = flag[k];
      sum += workerDigest(row, lon[k], lat[k], flag[k]);
    }
    this.workerSum = ((sum % 2 ** 32) + 2 ** 32) % 2 ** 32;
    return /** @type {Uint32Array} */ (rows);
  }

  /** @param {Record<string, any>} header */
  foldSections(header) {
    /** @type {Set<string>} */
    const keys = new Set();
    for (const key of SECTIONS) {
      if (header[key] === undefined) continue;
      Object.assign(this.picture, { [key]: header[key] });
      keys.add(key);
    }
    return keys;
  }
}

/** @param {Workers} workers @param {number} row */
function grow(workers, row) {
  const size = Math.max(1024, workers.lon.length * 2, row + 1);
  for (const name of /** @type {const} */ (["lon", "lat", "fixTime", "flag"])) {
    const bigger = new /** @type {any} */ (workers[name].constructor)(size);
    bigger.set(workers[name]);
    Object.assign(workers, { [name]: bigger });
  }
}

/** @param {Workers} workers @param {{rows: number[], ids: string[], names: string[], regions: string[]}} roster */
function foldRoster(workers, roster) {
  roster.rows.forEach((row, k) => {
    workers.ids[row] = roster.ids[k];
    workers.names[row] = roster.names[k];
    workers.regions[row] = roster.regions[k];
    workers.rowOf.set(roster.ids[k], row);
  });
}
