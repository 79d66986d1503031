/**
 * What one map shows at the moment, as numbers: from Mercator to device pixels, and how coarse the picture is. Reads a
 * Leaflet map; draws nothing.
 *
 * @typedef {'hexes'|'dots'|'shapes'} Mode  How workers are shown; docs/DESIGN-LANGUAGE.md §6.
 * @typedef {{[mode in Mode]: number}} Weights  How far each way of showing them shows, 0–1; the three add up to 1.
 */
import { metresPerUnit } from './geo.mjs';
import { stillFor } from './people/pace.mjs';

const TILE = 256;

/** Coarser than this many metres per u, workers are density (where a map has it) and 一般 events a number. */
export const CITY_MPU = 150;
/** Coarser than this, the workers map shows density. */
const DENSITY_MPU = 60;
/** Finer than this, workers have shapes and communities names. */
export const TOWN_MPU = 9;
/** Finer than this, the workers nearest to the event in focus have numbered plates, and it has rings. */
export const GRID_MPU = 4.5;
/** One way of showing workers gives way to the next over so many zoom steps to each side of the border. */
const BLEND = 0.2;

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

  /** How long nobody moves half a pixel, ms. */
  get still() {
    return stillFor(this.mpu / this.unit);
  }

  /** Device pixels per u. */
  get unit() {
    return this.u * this.dpr;
  }
}

/**
 * How far each way of showing workers shows; between two modes both do, so that nothing jumps. @param {number} mpu metres per u
 * @param {boolean} density whether this map shows density in coarse views @param {boolean} still no blending (reduced motion)
 * @param {Weights} out @returns {Weights} `out`
 */
export function weigh(mpu, density, still, out) {
  out.shapes = still ? Number(mpu <= TOWN_MPU) : rise(TOWN_MPU, mpu);
  out.hexes = !density ? 0 : still ? Number(mpu > DENSITY_MPU) : rise(mpu, DENSITY_MPU);
  out.dots = 1 - out.shapes - out.hexes;
  return out;
}

/** The one that shows most. @param {Weights} weights @returns {Mode} */
export function modeOf({ hexes, shapes }) {
  if (shapes >= 0.5) return 'shapes';
  return hexes > 0.5 ? 'hexes' : 'dots';
}

/** 0–1 while `a` grows past `b`. @param {number} a @param {number} b @returns {number} */
function rise(a, b) {
  return Math.min(1, Math.max(0, (Math.log2(a / b) + BLEND) / (2 * BLEND)));
}
