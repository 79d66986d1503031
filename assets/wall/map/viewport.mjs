/**
 * What one map shows at the moment, as numbers: from Mercator to device pixels, and how coarse the picture is. Reads a
 * Leaflet map; draws nothing.
 *
 * @typedef {'hexes'|'dots'|'shapes'} Mode  How workers are shown; docs/DESIGN-LANGUAGE.md §6.
 */
import { metresPerUnit } from './geo.mjs';

const TILE = 256;

/** Coarser than this many metres per u, workers are density (where a map has it) and 一般 events a number. */
export const CITY_MPU = 150;
/** Coarser than this, the workers map shows density. */
const DENSITY_MPU = 60;
/** Finer than this, workers have shapes and communities names. */
export const TOWN_MPU = 9;

export class Viewport {
  constructor() {
    /** Size in CSS pixels. */
    this.width = 0;
    this.height = 0;
    this.dpr = 1;
    /** CSS pixels per u. */
    this.u = 1;
    /** World pixels per unit of Mercator, and the world pixel at the top left corner (CSS pixels). */
    this.scale = TILE;
    this.left = 0;
    this.top = 0;
    /** Metres on the ground per u. */
    this.mpu = 1;
  }

  /** @param {import('leaflet').Map} map @param {number} u CSS pixels */
  read(map, u) {
    const size = map.getSize();
    const corner = map.containerPointToLayerPoint([0, 0]).add(map.getPixelOrigin());
    this.width = size.x;
    this.height = size.y;
    this.dpr = window.devicePixelRatio || 1;
    this.u = u;
    this.scale = TILE * 2 ** map.getZoom();
    this.left = corner.x;
    this.top = corner.y;
    this.mpu = (metresPerUnit((this.top + this.height / 2) / this.scale) / this.scale) * u;
  }

  /** Device pixel of Mercator x. @param {number} x @returns {number} */
  x(x) {
    return (x * this.scale - this.left) * this.dpr;
  }

  /** Device pixel of Mercator y. @param {number} y @returns {number} */
  y(y) {
    return (y * this.scale - this.top) * this.dpr;
  }

  /** Device pixels per u. */
  get unit() {
    return this.u * this.dpr;
  }
}

/** @param {number} mpu metres per u @param {boolean} density whether this map shows density @returns {Mode} */
export function modeOf(mpu, density) {
  if (mpu <= TOWN_MPU) return 'shapes';
  return density && mpu > DENSITY_MPU ? 'hexes' : 'dots';
}
