/**
 * The regions coloured by a KPI: keeps the key, the level and the classes, colours the cells below the workers and writes the
 * values above them. Geometry is found once a view at rest; new numbers only change colours. Its controls are choropanel.mjs'.
 *
 * @typedef {import('../../types.mjs').Context} Context
 * @typedef {import('../viewport.mjs').Viewport} Viewport
 * @typedef {import('../palette.mjs').Palette} Palette
 * @typedef {import('./regions.mjs').Land} Land
 * @typedef {import('./cellraster.mjs').Ink} Ink
 * @typedef {import('./choroscale.mjs').Scale} Scale
 */
import { numberText, rateText } from '../../i18n.mjs';
import { levelOf } from '../../scope.mjs';
import { fill, runsOf } from './cellraster.mjs';
import { LAYERS, NONE, SAMPLE, classOf, levelFor, overflows, scaleOf } from './choroscale.mjs';
import { pixel } from '../palette.mjs';
import { free, placeOf } from './scopelayer.mjs';
import { drawValues } from './values.mjs';

const MAPS = /** @type {const} */ (['map-situation']);
/** Coarser than this (metres per u) a click on a region means the region, not one of the workers all over it. */
const CROWDED_MPU = 60;
const STRIPES = 5; // u from stripe to stripe

/** Which step of the ramp each of `n` steps of a count takes. @param {number} n @returns {number[]} 1–5 */
export const rampSteps = (n) => Array.from({ length: n }, (_, k) => (n === 1 ? 3 : 1 + Math.round((k * 4) / (n - 1))));

/** The ink of every class. @param {Scale} scale @param {Palette} palette @param {number} unit device pixels @returns {(Ink|null)[]} */
export function inksOf({ kind, floors }, palette, unit) {
  const ramp = [palette.ramp1, palette.ramp2, palette.ramp3, palette.ramp4, palette.ramp5].map((hex) => pixel(hex, 1));
  const period = Math.max(4, Math.round(STRIPES * unit));
  const plain = (/** @type {number} */ colour) => ({ colour, stripe: 0, period: 0, lean: /** @type {const} */ (1) });
  const warning = pixel(palette.sev2, 1);
  const steps = kind === 'rate' && floors.length === 4
    ? [{ ...plain(ramp[1]), stripe: warning, period }, { ...plain(ramp[1]), stripe: warning, period: 2 * period }, plain(ramp[2]), plain(ramp[0])]
    : rampSteps(floors.length).map((step) => plain(ramp[step - 1]));
  const inks = [null, ...steps];
  while (inks.length < SAMPLE) inks.push(null);
  return [...inks, { colour: 0, stripe: pixel(palette.line2, 0.6), period: Math.round(1.4 * period), lean: -1 }];
}

export class Choropleth {
  /** @param {Context} ctx @param {Land} land @param {() => void} changed the legend has something else to say */
  constructor(ctx, land, changed) {
    this.ctx = ctx;
    this.land = land;
    this.changed = changed;
    /** The KPI shown, '' for none; the level asked for, 0 by zoom; the level shown. */
    this.key = '';
    this.wanted = 0;
    this.level = 1;
    /** @type {Scale|null} fixed until the question changes, so that colours do not crawl */
    this.scale = null;
    this.classes = new Uint8Array(land.nodes.length);
    this.cells = document.createElement('canvas');
    /** @type {{of: string, runs: import('./cellraster.mjs').Runs, image: ImageData, borders: Path2D}|null} */
    this.shape = null;
    /** What the cells are coloured by already. @type {{palette: Palette, scale: Scale|null, classes: Uint8Array}|null} */
    this.inked = null;
    /** How long the last recolouring took, ms. */
    this.took = 0;
    ctx.on('layer', () => this.#fresh());
    ctx.on('scope', () => this.rescale());
  }

  /** The columns of the KPI shown, null until they come. */
  get data() {
    const { layer } = this.ctx;
    return layer && layer.key === this.key ? layer : null;
  }

  /** Colour by another KPI, '' by none. @param {string} key */
  choose(key) {
    const { layers } = this.ctx.map;
    this.key = key;
    this.ctx.view({ layer: key });
    this.scale = null;
    if (key) for (const layer of this.#layers()) layers.add(layer);
    else for (const { key: name } of this.#layers()) layers.remove(name);
    if (!key) this.shape = null;
    this.#fresh();
  }

  /** @param {number} level 0: by zoom */
  divide(level) {
    this.wanted = level;
    this.rescale();
  }

  /** Find the steps anew. */
  rescale() {
    this.scale = null;
    this.#fresh();
  }

  /** @returns {import('../layers.mjs').Layer[]} */
  #layers() {
    const hover = (/** @type {Viewport} */ vp, /** @type {number} */ x, /** @type {number} */ y) => this.words(this.#region(vp, x, y));
    return [
      { key: 'choropleth', under: true, maps: MAPS, last: true, draw: (c, vp, palette) => this.#draw(c, vp, palette), hover,
        click: (vp, x, y) => vp.mpu <= CROWDED_MPU && this.#drill(vp, x, y) },
      { key: 'choropleth-values', under: false, maps: MAPS, draw: (c, vp, palette) => drawValues(c, vp, palette, this),
        click: (vp, x, y) => vp.mpu > CROWDED_MPU && this.#drill(vp, x, y) },
    ];
  }

  /** @param {Viewport} vp @param {number} x @param {number} y @returns {number} node, −1 for none */
  #region(vp, x, y) {
    const inner = this.land.nodeAt(...placeOf(vp, x, y));
    return inner < 0 ? -1 : this.land.tree.at(inner, this.level);
  }

  /** @param {Viewport} vp @param {number} x @param {number} y @returns {boolean} */
  #drill(vp, x, y) {
    const { ctx, land } = this;
    const node = this.#region(vp, x, y);
    if (node < 0 || !free(ctx, vp, x, y)) return false;
    ctx.setScope(land.tree.scope(node));
    return true;
  }

  /** New numbers, or another question. */
  #fresh() {
    if (!this.key) return this.changed();
    if (this.#classify()) this.ctx.map.layers.touch('choropleth');
    this.ctx.map.layers.touch('choropleth-values');
    this.changed();
  }

  /** Nodes of the level shown that lie in the scope. @returns {number[]} */
  shown() {
    const { tree } = this.land;
    const here = Math.max(0, tree.node(this.ctx.scope));
    return [...new Set(this.land.at(this.level))].filter((node) => node >= 0 && tree.holds(here, node));
  }

  /** The classes of now; whether any changed. */
  #classify() {
    const { data, land, ctx } = this;
    if (!data) return this.#none();
    const counts = this.shown().map((node) => data.num[node]);
    if (!this.scale || overflows(this.scale, counts)) this.scale = scaleOf(this.key, counts, ctx.config.targets[this.key]);
    const { scale } = this;
    const nodes = land.at(this.level);
    let changed = this.inked?.scale !== scale;
    for (let ring = 0; ring < nodes.length; ring++) {
      const kind = nodes[ring] < 0 ? NONE : classOf(scale, data.num[nodes[ring]], data.den[nodes[ring]]);
      changed ||= kind !== this.classes[ring];
      this.classes[ring] = kind;
    }
    return changed;
  }

  #none() {
    const had = this.classes.some((kind) => kind !== NONE);
    this.classes.fill(NONE);
    return had;
  }

  /** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Palette} palette */
  #draw(c, vp, palette) {
    const level = this.wanted || levelFor(vp.mpu, levelOf(this.ctx.scope) * Number(this.ctx.scope !== ''));
    const other = level !== this.level;
    if (other) {
      this.level = level;
      this.scale = null;
      this.#classify();
    }
    const of = [vp.left, vp.top, vp.scale, vp.width, vp.height, vp.dpr, level].join(' ');
    if (this.shape?.of !== of) this.#cut(of, vp);
    this.#ink(palette, vp.unit);
    const { step } = /** @type {NonNullable<typeof this.shape>} */ (this.shape).runs;
    c.imageSmoothingEnabled = false;
    c.drawImage(this.cells, 0, 0, this.cells.width * step, this.cells.height * step);
    c.imageSmoothingEnabled = true;
    if (this.shape && level < 4) {
      c.strokeStyle = palette.border;
      c.lineWidth = Math.max(1, (level < 3 ? 0.75 : 0.5) * vp.unit);
      c.stroke(this.shape.borders);
    }
    if (other) this.changed();
  }

  /** The pixels and borders of a view. @param {string} of @param {Viewport} vp */
  #cut(of, vp) {
    const runs = runsOf(this.land.grids, vp);
    const { width, height } = runs;
    if (this.cells.width !== width || this.cells.height !== height) [this.cells.width, this.cells.height] = [width, height];
    const image = this.shape && this.shape.image.width === width && this.shape.image.height === height ? this.shape.image : new ImageData(width, height);
    this.shape = { of, runs, image, borders: this.#borders(vp) };
    this.inked = null;
  }

  /** The edges between regions of the level. @param {Viewport} vp @returns {Path2D} */
  #borders(vp) {
    const path = new Path2D();
    if (this.level > 3) return path;
    const { edges: { next, owner, twin }, grids: { x, y } } = this.land;
    const nodes = this.land.at(this.level);
    for (let at = 0; at < next.length; at++) {
      if (twin[at] >= 0 && (twin[at] < at || nodes[owner[twin[at]]] === nodes[owner[at]])) continue;
      path.moveTo(vp.x(x[at]), vp.y(y[at]));
      path.lineTo(vp.x(x[next[at]]), vp.y(y[next[at]]));
    }
    return path;
  }

  /** New colours on old geometry: only cells of another class than before are filled. @param {Palette} palette @param {number} unit */
  #ink(palette, unit) {
    const { shape, scale, classes, inked } = this;
    if (!shape) return;
    const began = performance.now();
    const before = inked?.palette === palette && inked.scale === scale ? inked.classes : null;
    const pixels = new Uint32Array(shape.image.data.buffer);
    if (!before) pixels.fill(0);
    if (scale) fill(pixels, shape.runs, classes, inksOf(scale, palette, unit / shape.runs.step), before);
    /** @type {CanvasRenderingContext2D} */ (this.cells.getContext('2d')).putImageData(shape.image, 0, 0);
    this.inked = { palette, scale, classes: classes.slice() };
    this.took = performance.now() - began;
  }

  /** The value of a region as text, '' for none. @param {number} node @returns {string} */
  value(node) {
    const { data } = this;
    if (!data || node < 0) return '';
    const [num, den] = [data.num[node], data.den[node]];
    if (LAYERS[this.key] === 'count') return numberText(num);
    return den > 0 ? `${rateText({ num, den })}%` : '';
  }

  /** "武进区 湖塘镇 · 办结率 97.12%（337 / 347）". @param {number} node @returns {string|null} */
  words(node) {
    const { data, key, ctx, scale } = this;
    if (!data || !scale || node < 0) return null;
    const [num, den] = [data.num[node], data.den[node]];
    const said = `${this.land.tree.place(node)} · ${ctx.t(`choropleth.${key}`)} `;
    if (LAYERS[key] === 'count') return said + numberText(num);
    if (den <= 0) return `${said}—`;
    const parts = ctx.t('choropleth.parts', this.value(node), numberText(num), numberText(den));
    return said + parts + (classOf(scale, num, den) === SAMPLE ? ctx.t('choropleth.few') : '');
  }
}
