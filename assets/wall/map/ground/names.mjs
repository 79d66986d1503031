/**
 * Place names and metro stations on a map, by zoom; the regions of the wall's scope before all others. Shows what there is when a
 * file of the city is missing.
 *
 * @typedef {'district'|'town'|'community'|'grid'|'water'|'neighbour'|'station'} NameKind
 * @typedef {{kind: NameKind, name: string, x: number, y: number, code: string, first?: boolean}} PlaceName  Position in Mercator;
 *   `code` of its region, empty where it has none; `first`: shown at every zoom, and before the others.
 * @typedef {{code: string, box: import('../labels.mjs').Box}} Written  A name as it stands on a map, device pixels.
 * @typedef {import('../viewport.mjs').Viewport} Viewport
 * @typedef {import('../palette.mjs').Palette} Palette
 */
import { mercatorX, mercatorY } from '../geo.mjs';
import { nudged, place } from '../labels.mjs';

/**
 * How each kind is written: size in u, spacing in em, shown between these metres per u.
 * @type {Record<NameKind, {size: number, spacing: number, bold: boolean, least: number, most: number}>}
 */
const STYLE = {
  district: { size: 17, spacing: 0.24, bold: true, least: 18, most: Infinity },
  neighbour: { size: 13, spacing: 0.2, bold: false, least: 18, most: 400 },
  water: { size: 14, spacing: 0.3, bold: false, least: 4, most: Infinity },
  town: { size: 14, spacing: 0.06, bold: false, least: 3, most: 70 },
  community: { size: 12, spacing: 0, bold: false, least: 0, most: 14 },
  grid: { size: 12, spacing: 0, bold: false, least: 0, most: 2.5 },
  station: { size: 12, spacing: 0, bold: false, least: 0, most: 10 },
};
/** Names that may stand a little higher or lower. @type {NameKind[]} */
const LOOSE = ['town', 'community', 'grid'];
/** What was written when a view last came to rest. @type {WeakMap<Viewport, Written[]>} */
const written = new WeakMap();
const ORDER = /** @type {NameKind[]} */ (Object.keys(STYLE));
const STATION_MPU = 160;

/** The names that stand on a view now. @param {Viewport} vp @returns {readonly Written[]} */
export const writtenOn = (vp) => written.get(vp) ?? [];

/** Names from the base map (GeoJSON). @param {any} geojson @param {'zh'|'en'} locale @returns {PlaceName[]} */
export function namesOf(geojson, locale) {
  /** @type {Record<string, NameKind>} */
  const kinds = { district: 'district', place: 'town', neighbour: 'neighbour', water: 'water', station: 'station' };
  /** @type {PlaceName[]} */
  const out = [];
  for (const { properties, geometry } of geojson.features) {
    const kind = kinds[properties.kind];
    const [lon, lat] = kind ? spot(properties, geometry) : [NaN, NaN];
    if (!Number.isFinite(lon) || !properties.name) continue;
    const name = (locale === 'en' && properties.name_en) || properties.name;
    out.push({ kind, name, x: mercatorX(lon), y: mercatorY(lat), code: properties.code ?? '' });
  }
  return out;
}

/** @param {any} properties @param {any} geometry @returns {[number, number]} lon, lat */
function spot(properties, geometry) {
  if (Number.isFinite(properties.lon)) return [properties.lon, properties.lat];
  if (geometry.type === 'Point') return geometry.coordinates;
  const ring = geometry.type === 'Polygon' ? geometry.coordinates[0] : geometry.coordinates[0][0];
  const lons = ring.map((/** @type {number[]} */ p) => p[0]);
  const lats = ring.map((/** @type {number[]} */ p) => p[1]);
  return [(Math.min(...lons) + Math.max(...lons)) / 2, (Math.min(...lats) + Math.max(...lats)) / 2];
}

/** Community names: `{community: [[name, lat, lon], …]}`. @param {any} lists @returns {PlaceName[]} */
export function communityNames(lists) {
  return (lists.community ?? []).map((/** @type {[string, number, number]} */ [name, lat, lon]) => ({
    kind: 'community', name, x: mercatorX(lon), y: mercatorY(lat), code: '',
  }));
}

/**
 * The names with those of the tree: every community, every grid, and whatever the base map does not name itself.
 * @param {readonly PlaceName[]} names @param {import('../../scope.mjs').RegionTree} tree @param {import('../scope/regions.mjs').Land} land
 * @param {readonly NameKind[]} kinds by level @returns {PlaceName[]}
 */
export function namesOfTree(names, tree, land, kinds) {
  const known = new Set(names.map(({ code }) => code));
  const out = names.filter(({ kind, code }) => kind !== 'community' || code);
  for (const level of [1, 2, 3, 4])
    for (const [node, { x, y }] of land.spots(level))
      if (!known.has(tree.codes[node])) out.push({ kind: kinds[level], name: tree.name(node), x, y, code: tree.codes[node] });
  return out;
}

/**
 * Draw the names of this view. @param {CanvasRenderingContext2D} c of a canvas as large as the view @param {Viewport} vp
 * @param {readonly PlaceName[]} names @param {Palette} palette
 */
export function drawNames(c, vp, names, palette) {
  if (vp.mpu < STATION_MPU) drawStations(c, vp, names, palette);
  const seen = inView(names, vp);
  const wishes = seen.map((name) => wishFor(c, name, vp, palette));
  const spots = place(wishes, [0, 0, c.canvas.width, c.canvas.height], []);
  written.set(vp, seen.flatMap(({ code }, k) => boxOf(code, wishes[k], spots[k])));
  c.textBaseline = 'middle';
  c.lineJoin = 'round';
  seen.forEach((name, k) => {
    const at = spots[k];
    if (!at) return;
    font(c, name, vp, palette);
    const y = at.top + wishes[k].height / 2;
    if (name.kind !== 'water') c.strokeText(name.name, at.left, y);
    c.fillText(name.name, at.left, y);
  });
}

/** @param {string} code @param {import('../labels.mjs').Wish} wish @param {import('../labels.mjs').Spot|null} spot @returns {Written[]} */
function boxOf(code, { width, height }, spot) {
  return spot ? [{ code, box: [spot.left, spot.top, spot.left + width, spot.top + height] }] : [];
}

/** @param {readonly PlaceName[]} names @param {Viewport} vp @returns {PlaceName[]} most important first */
export function inView(names, vp) {
  const [w, h] = [vp.width * vp.dpr, vp.height * vp.dpr];
  const shown = names.filter(({ kind, x, y, first }) => {
    const { least, most } = STYLE[kind];
    const [px, py] = [vp.x(x), vp.y(y)];
    return (first || (vp.mpu >= least && vp.mpu <= most)) && px > 0 && py > 0 && px < w && py < h;
  });
  return shown.sort((a, b) => Number(b.first ?? false) - Number(a.first ?? false) || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

/** @param {CanvasRenderingContext2D} c @param {PlaceName} name @param {Viewport} vp @param {Palette} palette
 * @returns {import('../labels.mjs').Wish} */
function wishFor(c, name, vp, palette) {
  font(c, name, vp, palette);
  const width = c.measureText(name.name).width;
  const height = STYLE[name.kind].size * vp.unit * 1.15;
  const [x, y] = [vp.x(name.x), vp.y(name.y)];
  const spots = LOOSE.includes(name.kind) ? nudged(x, y, width, height) : undefined;
  return { x, y, radius: 2 * vp.unit, width, height, centred: name.kind !== 'station', spots };
}

/** @param {CanvasRenderingContext2D} c @param {PlaceName} name @param {Viewport} vp @param {Palette} palette */
function font(c, { kind, first }, vp, palette) {
  const { size, spacing, bold } = STYLE[kind];
  const px = size * vp.unit;
  c.font = `${bold ? 700 : 400} ${px}px ${palette.font}`;
  c.letterSpacing = `${spacing * px}px`;
  c.lineWidth = 2.5 * vp.unit;
  c.strokeStyle = palette.land;
  c.fillStyle = kind === 'water' ? palette.d2 : first ? palette.ink2 : kind === 'district' || kind === 'town' ? palette.label : palette.ink3;
}

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {readonly PlaceName[]} names @param {Palette} palette */
function drawStations(c, vp, names, palette) {
  c.fillStyle = palette.land;
  c.strokeStyle = palette.metro;
  c.lineWidth = 0.8 * vp.unit;
  for (const { kind, x, y } of names) {
    if (kind !== 'station') continue;
    c.beginPath();
    c.arc(vp.x(x), vp.y(y), 1.6 * vp.unit, 0, 2 * Math.PI);
    c.fill();
    c.stroke();
  }
}
