/**
 * The browser's replica: folds snapshots and deltas into a Picture and proves, by the digest every frame carries, that
 * it holds what the server holds. Pure; whoever receives frames and whoever paints them is elsewhere.
 */
import { emptyWorkers, foldRoster, foldWorkers } from "./crowd.mjs";
import { textDigest } from "./wire.mjs";

/** @typedef {import("./types.mjs").Picture} Picture */
/** @typedef {import("./types.mjs").Change} Change */
/** @typedef {import("./wire.mjs").Frame} Frame */

/** Sections that are replaced whole. */
const SECTIONS = ["board", "kpi", "staff", "posts", "feeds", "streams", "tapes", "risk", "areas", "alarms", "desk", "pins"];

/** Those of them that are counted for one region. */
const SCOPED = ["board", "kpi", "staff", "posts"];

/** A frame that does not fit on what is held: the caller must ask for a snapshot. */
export class Gap extends Error {}

/** @returns {Picture} */
export function emptyPicture() {
  return {
    epoch: "", seq: -1, asOf: 0, hash: "", partial: false, scope: "", events: new Map(), workers: emptyWorkers(), board: null, kpi: null, staff: null, posts: null,
    feeds: [], streams: {}, tapes: [], risk: {}, areas: [], alarms: [], desk: null, pins: [],
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
    /** The whole city's sections, kept while a region is shown. @type {Record<string, any>} */
    this.city = {};
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
    else if (header.partial !== this.picture.partial) throw new Gap("workers are sent in another way from now on");
    else if (header.seq !== this.picture.seq + 1) throw new Gap(`${this.picture.seq} then ${header.seq}`);
    Object.assign(this.picture, { epoch: header.epoch, seq: header.seq, asOf: header.as_of, hash: header.hash, partial: header.partial });
    const { put, del } = this.foldEvents(header.events);
    if (header.roster) foldRoster(this.picture.workers, header.roster);
    const before = this.picture.workers.n;
    const { rows, sum } = foldWorkers(this.picture.workers, columns, header.as_of, (row) => row < before, this.workerSum);
    this.workerSum = sum;
    const keys = this.foldSections(header);
    if (header.roster) keys.add("roster");
    if (this.digest !== header.digest) throw new Gap(`digest ${this.digest}, the server's is ${header.digest}`);
    return { snapshot, put, del, rows: snapshot ? null : rows, keys, t0: header.t0 };
  }

  reset() {
    const { scope } = this.picture;
    Object.assign(this.picture, emptyPicture(), { scope });
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

  /** @param {Record<string, any>} header */
  foldSections(header) {
    /** @type {Set<string>} */
    const keys = new Set();
    for (const key of SECTIONS) {
      if (header[key] === undefined) continue;
      const scoped = SCOPED.includes(key);
      if (scoped) this.city[key] = header[key];
      if (scoped && this.picture.scope) continue;
      Object.assign(this.picture, { [key]: header[key] });
      keys.add(key);
    }
    return keys;
  }

  /** Another region from now on: its numbers are unknown until they come. @param {string} code '' the city @returns {Change} */
  setScope(code) {
    this.picture.scope = code;
    for (const key of SCOPED) Object.assign(this.picture, { [key]: code ? null : this.city[key] ?? null });
    return changeOf(SCOPED);
  }

  /** A region's numbers. @param {Record<string, any>} header @returns {Change|null} null when it is not the region shown */
  foldScope(header) {
    if (header.name !== this.picture.scope) return null;
    for (const key of SCOPED) Object.assign(this.picture, { [key]: header[key] ?? null });
    return changeOf(SCOPED);
  }
}

/** @param {readonly string[]} keys @returns {Change} */
function changeOf(keys) {
  return { snapshot: false, put: [], del: [], rows: new Uint32Array(0), keys: new Set(keys), t0: null };
}
