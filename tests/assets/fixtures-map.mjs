/** Small real parts for the tests of the maps: columns of workers, a viewport, a context that records. */
import { Viewport } from '../../assets/wall/map/viewport.mjs';
import { mercatorX, mercatorY, metresPerUnit } from '../../assets/wall/map/geo.mjs';
import { NOW, config, link, name, picture, t } from './fixtures.mjs';

/**
 * @param {{lat: number, lon: number, fixTime?: number, duty?: number, role?: number, name?: string}[]} list
 * @returns {import('../../assets/wall/types.mjs').Workers}
 */
export function crowd(list) {
  const ids = list.map((_, row) => `W${row}`);
  return {
    n: list.length,
    ids,
    names: list.map((one) => one.name ?? ''),
    regions: list.map(() => ''),
    rowOf: new Map(ids.map((id, row) => [id, row])),
    lon: Int32Array.from(list, (one) => Math.round(one.lon * 1e6)),
    lat: Int32Array.from(list, (one) => Math.round(one.lat * 1e6)),
    fixTime: Float64Array.from(list, (one) => one.fixTime ?? NOW - 1000),
    flag: Uint8Array.from(list, (one) => (one.duty ?? 1) | ((one.role ?? 1) << 3)),
  };
}

/** A view of 800 × 400 px with its middle at (lat, lon) and u = 1. @param {number} metresPerPixel */
export function view(metresPerPixel, lat = 31.8, lon = 119.9) {
  const vp = new Viewport();
  const y = mercatorY(lat);
  vp.width = 800;
  vp.height = 400;
  vp.scale = metresPerUnit(y) / metresPerPixel;
  vp.left = mercatorX(lon) * vp.scale - 400;
  vp.top = y * vp.scale - 200;
  vp.mpu = metresPerPixel;
  return vp;
}

/** @param {Partial<import('../../assets/wall/types.mjs').Context> & {workers?: import('../../assets/wall/types.mjs').Workers,
 *   events?: import('../../assets/wall/types.mjs').EventRow[]}} [changes] @returns {import('../../assets/wall/types.mjs').Context} */
export function context({ workers = crowd([]), events = [], ...changes } = {}) {
  return {
    config: { ...config(), channels: { iot: { zh: '物联感知', en: 'IoT' } } },
    picture: picture({ workers, events: new Map(events.map((event) => [event.id, event])) }),
    link: link({}), now: () => NOW, t, name, selection: null, select: () => {}, scope: '', setScope: () => {}, map: /** @type {any} */ (null), regions: null, on: () => {},
    view: () => {}, layer: null, density: null, track: async () => null,
    ...changes,
  };
}
