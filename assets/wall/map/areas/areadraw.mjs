/**
 * Drawing an outline on the situation map: a polygon point by point, or a circle from its middle. `Sketch` is the pure
 * part; `drawing` ties it to the map and the keys. What becomes of the shape is the caller's business.
 *
 * @typedef {import('../viewport.mjs').Viewport} Viewport
 * @typedef {import('../palette.mjs').Palette} Palette
 * @typedef {import('../../types.mjs').Shape} Shape
 * @typedef {[number, number]} Point Mercator
 */
import { latitudeOf, longitudeOf } from '../geo.mjs';
import { MOST_POINTS, circle, circleOf, crossesItself, polygonOf } from './areashape.mjs';

const LAYER = 'area-sketch';
/** How near, in u, a click must be to the first point to close the outline. */
const SNAP = 9;

export class Sketch {
  /** @param {'polygon'|'circle'} mode */
  constructor(mode) {
    this.mode = mode;
    /** @type {Point[]} */
    this.points = [];
    /** Where the pointer is. @type {Point|null} */
    this.at = null;
  }

  /** Whether a place closes the outline. @param {Point} at @param {number} reach Mercator */
  closes(at, reach) {
    return this.mode === 'polygon' && this.points.length >= 3 && Math.hypot(at[0] - this.points[0][0], at[1] - this.points[0][1]) <= reach;
  }

  /** A click. @param {Point} at @param {number} reach Mercator @returns {Shape|null} the shape once it is whole */
  click(at, reach) {
    if (this.closes(at, reach)) return this.whole();
    const last = this.points.at(-1);
    const again = last && Math.hypot(at[0] - last[0], at[1] - last[1]) <= reach / 4;
    if (!again && this.points.length < MOST_POINTS) this.points.push(at);
    return this.mode === 'circle' && this.points.length === 2 ? this.whole() : null;
  }

  /** Take back the last point. */
  back() {
    this.points.pop();
  }

  /** Whether the outline as it stands crosses itself. */
  get crossed() {
    return this.mode === 'polygon' && crossesItself(this.points);
  }

  /** What has been drawn, closed; null while it encloses nothing or crosses itself. @returns {Shape|null} */
  whole() {
    if (this.mode === 'circle') return this.points.length === 2 ? circleOf(this.points[0], this.points[1]) : null;
    return this.points.length >= 3 && !this.crossed ? polygonOf(this.points) : null;
  }
}

/** @param {Viewport} vp @param {number} x device pixels @param {number} y @returns {Point} */
export const mercatorAt = (vp, x, y) => [(x / vp.dpr + vp.left) / vp.scale, (y / vp.dpr + vp.top) / vp.scale];

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Sketch} sketch @param {Palette} palette */
export function drawSketch(c, vp, sketch, palette) {
  const { points, at, mode } = sketch;
  const line = at && mode === 'polygon' ? [...points, at] : points;
  c.strokeStyle = sketch.crossed ? palette.stale : palette.focus;
  c.lineWidth = 2 * vp.unit;
  c.setLineDash([]);
  c.beginPath();
  if (mode === 'polygon') line.forEach(([x, y]) => c.lineTo(vp.x(x), vp.y(y)));
  else traceCircle(c, vp, points, at);
  c.stroke();
  if (mode === 'polygon' && line.length > 2) {
    c.setLineDash([4 * vp.unit, 4 * vp.unit]);
    c.beginPath();
    for (const [x, y] of [line[line.length - 1], line[0]]) c.lineTo(vp.x(x), vp.y(y));
    c.stroke();
    c.setLineDash([]);
  }
  points.forEach((point, k) => corner(c, vp, point, k === 0, palette));
}

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {readonly Point[]} points @param {Point|null} at */
function traceCircle(c, vp, points, at) {
  const rim = points[1] ?? at;
  if (!points[0] || !rim) return;
  const shape = circleOf(points[0], rim);
  if (shape.type !== 'Circle' || shape.radius_m <= 0) return;
  const ring = circle(latitudeOf(points[0][1]), longitudeOf(points[0][0]), shape.radius_m);
  for (let k = 0; k < ring.length; k += 2) c.lineTo(vp.x(ring[k]), vp.y(ring[k + 1]));
  c.closePath();
}

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Point} point @param {boolean} first @param {Palette} palette */
function corner(c, vp, [x, y], first, palette) {
  c.beginPath();
  c.arc(vp.x(x), vp.y(y), (first ? 5 : 3.5) * vp.unit, 0, 2 * Math.PI);
  c.fillStyle = first ? palette.ground : palette.focus;
  c.fill();
  c.stroke();
}

/**
 * The map under the pencil. `done` gets the shape, null when it was given up; `said` the key of a sentence about how it
 * stands. One drawing at a time.
 * @param {import('../../types.mjs').Context} ctx @param {(shape: Shape|null) => void} done @param {(key: string, ...args: string[]) => void} said
 */
export function drawing(ctx, done, said) {
  /** @type {Sketch|null} */
  let sketch = null;
  const map = () => [...ctx.map.stage.views].find(({ kind }) => kind.name === 'map-situation')?.map;

  /** @param {Shape|null} shape */
  const end = (shape) => {
    sketch = null;
    ctx.map.layers.remove(LAYER);
    removeEventListener('keydown', keys, true);
    map()?.doubleClickZoom.enable();
    map()?.getContainer().classList.remove('drawing');
    done(shape);
  };
  const tell = () => {
    if (!sketch) return;
    if (sketch.crossed) said('area.crossed');
    else if (sketch.mode === 'circle') said(sketch.points.length ? 'area.draw.rim' : 'area.draw.middle');
    else said(sketch.points.length < 3 ? 'area.draw.more' : 'area.draw.close', String(sketch.points.length));
  };
  /** @param {Shape|null} shape */
  const step = (shape) => {
    if (shape) return end(shape);
    tell();
    ctx.map.layers.touch(LAYER);
  };
  /** @param {KeyboardEvent} event */
  const keys = (event) => {
    if (!sketch || /** @type {HTMLElement} */ (event.target).matches?.('input, textarea, select')) return;
    if (event.key === 'Escape') end(null);
    else if (event.key === 'Backspace') sketch.back();
    else if (event.key !== 'Enter' || /** @type {HTMLElement} */ (event.target).matches?.('button')) return;
    event.preventDefault();
    event.stopPropagation();
    if (sketch) step(event.key === 'Enter' ? sketch.whole() : null);
  };

  return {
    /** @param {'polygon'|'circle'} mode */
    start(mode) {
      if (sketch) end(null);
      const made = (sketch = new Sketch(mode));
      ctx.map.layers.add({
        key: LAYER, under: false, maps: ['map-situation'],
        draw: (c, vp, palette) => drawSketch(c, vp, made, palette),
        click(vp, x, y) {
          step(made.click(mercatorAt(vp, x, y), (SNAP * vp.u) / vp.scale));
          return true;
        },
        hover(vp, x, y) {
          made.at = mercatorAt(vp, x, y);
          ctx.map.layers.touch(LAYER);
          return null;
        },
      });
      addEventListener('keydown', keys, true);
      map()?.doubleClickZoom.disable();
      map()?.getContainer().classList.add('drawing');
      tell();
    },
    stop() {
      if (sketch) end(null);
    },
  };
}
