/**
 * Drawing queried tracks: unbroken legs with their pace as weight, stops, the open ends of gaps, and where everybody was at
 * a moment. Draws what it is given; asks nobody.
 *
 * @typedef {import('./route.mjs').Route} Route
 * @typedef {import('../viewport.mjs').Viewport} Viewport
 * @typedef {import('../palette.mjs').Palette} Palette
 * @typedef {import('../../i18n.mjs').Translate} Translate
 */
import { ageText } from '../../i18n.mjs';
import { rimmed } from '../glyphs.mjs';
import { halo, place, write } from '../labels.mjs';
import { placeAt } from './route.mjs';

/** u a line is wide, by class of pace. */
export const WEIGHTS = [1.4, 2.6, 4.4];
const CASING = 2.6; // u around a line
const TICK_EVERY = 64; // u of line from one arrow to the next
const TICK = 5; // u
const STROKE = 500; // lines in one step
const LABEL = 14; // u
const MOST_LABELS = 12; // of one track; of several each gets its share
const PLATE = 9; // u, radius
const COLOURS = /** @type {const} */ (['d1', 'd3', 'd4', 'd5', 'd2', 'd6']); // the palest first: they stand out best

/** @param {Palette} palette @param {number} slot @returns {string} */
export const colourOf = (palette, slot) => palette[COLOURS[slot]];

/** The token of a slot's colour, for style sheets. @param {number} slot @returns {string} */
export const tokenOf = (slot) => `var(--${COLOURS[slot]})`;

/** Stop circles grow with the root of the time, so that area is time. @param {number} ms @returns {number} u */
export const stopRadius = (ms) => Math.min(15, Math.max(4, 2 * Math.sqrt(ms / 60_000)));

/** Everything that does not move, in steps of a few milliseconds. @param {CanvasRenderingContext2D} c @param {Viewport} vp
 * @param {Palette} palette @param {readonly Route[]} routes @param {Translate} t @returns {Generator<void, void>} */
export function* drawRoutes(c, vp, palette, routes, t) {
  c.lineJoin = c.lineCap = 'round';
  for (const route of routes) yield* drawLine(c, vp, palette, route);
  for (const route of routes) {
    drawMarks(c, vp, palette, route);
    yield;
  }
  drawStopLabels(c, vp, palette, routes, t);
}

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Palette} palette @param {Route} route @returns {Generator<void, void>} */
function* drawLine(c, vp, palette, route) {
  const colour = colourOf(palette, route.slot);
  for (const [line, extra] of /** @type {[string, number][]} */ ([[palette.ground, CASING], [colour, 0]]))
    for (const [pace, weight] of WEIGHTS.entries()) {
      c.strokeStyle = line;
      c.lineWidth = (weight + extra) * vp.unit;
      yield* trace(c, vp, route, pace);
    }
  c.fillStyle = colour;
  c.strokeStyle = palette.ground;
  c.lineWidth = vp.unit;
  for (const leg of route.legs) {
    drawTicks(c, vp, route, leg);
    yield;
  }
}

/**
 * The ways of one pace, a stroke for every few. Fixes that fall on the same pixel are passed over, and what is off the view
 * is not traced. @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Route} route @param {number} pace
 * @returns {Generator<void, void>}
 */
function* trace(c, vp, { legs, x, y, pace: paces }, pace) {
  const [wide, high] = [vp.width * vp.dpr, vp.height * vp.dpr];
  let lines = 0;
  c.beginPath();
  for (const [from, to] of legs) {
    let [lx, ly, open] = [vp.x(x[from]), vp.y(y[from]), false];
    for (let k = from + 1; k < to; k++) {
      const [px, py] = [vp.x(x[k]), vp.y(y[k])];
      if (k < to - 1 && paces[k] === paces[k + 1] && Math.abs(px - lx) + Math.abs(py - ly) < 1.5 * vp.unit) continue;
      const seen = Math.max(px, lx) > 0 && Math.min(px, lx) < wide && Math.max(py, ly) > 0 && Math.min(py, ly) < high;
      if (paces[k] === pace && seen) {
        if (!open) c.moveTo(lx, ly);
        c.lineTo(px, py);
        lines++;
      }
      open = paces[k] === pace && seen && lines < STROKE;
      [lx, ly] = [px, py];
      if (lines < STROKE) continue;
      c.stroke();
      yield;
      c.beginPath();
      lines = 0;
    }
  }
  c.stroke();
  yield;
}

/** Arrows along a leg. @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Route} route
 * @param {readonly [number, number]} leg */
function drawTicks(c, vp, { x, y }, [from, to]) {
  const every = TICK_EVERY * vp.unit;
  let [lx, ly, gone] = [vp.x(x[from]), vp.y(y[from]), every / 2];
  for (let k = from + 1; k < to; k++) {
    const [px, py] = [vp.x(x[k]), vp.y(y[k])];
    const far = Math.hypot(px - lx, py - ly);
    if (far < 2) continue;
    gone += far;
    if (gone >= every) drawTick(c, vp, (px + lx) / 2, (py + ly) / 2, Math.atan2(py - ly, px - lx));
    gone %= every;
    [lx, ly] = [px, py];
  }
}

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {number} x @param {number} y @param {number} turn */
function drawTick(c, vp, x, y, turn) {
  if (x < 0 || y < 0 || x > vp.width * vp.dpr || y > vp.height * vp.dpr) return;
  const size = TICK * vp.unit;
  c.beginPath();
  for (const [along, aside] of [[1, 0], [-0.7, 0.8], [-0.3, 0], [-0.7, -0.8]])
    c.lineTo(x + (along * Math.cos(turn) - aside * Math.sin(turn)) * size, y + (along * Math.sin(turn) + aside * Math.cos(turn)) * size);
  c.closePath();
  c.stroke();
  c.fill();
}

/** Stops, the open ends of gaps, start and end. @param {CanvasRenderingContext2D} c @param {Viewport} vp
 * @param {Palette} palette @param {Route} route */
function drawMarks(c, vp, palette, { slot, stops, legs, x, y, n }) {
  const colour = colourOf(palette, slot);
  for (const stop of stops) {
    rimmed(c, vp.x(stop.x), vp.y(stop.y), stopRadius(stop.to - stop.from) * vp.unit, `${colour}40`, colour, 1.2 * vp.unit);
  }
  legs.forEach(([from, to], k) => {
    if (k > 0) rimmed(c, vp.x(x[from]), vp.y(y[from]), 2.6 * vp.unit, palette.land, palette.stale, 1.4 * vp.unit);
    if (k < legs.length - 1) rimmed(c, vp.x(x[to - 1]), vp.y(y[to - 1]), 2.6 * vp.unit, palette.land, palette.stale, 1.4 * vp.unit);
  });
  if (!n) return;
  rimmed(c, vp.x(x[0]), vp.y(y[0]), 4 * vp.unit, palette.land, colour, 2 * vp.unit);
  rimmed(c, vp.x(x[n - 1]), vp.y(y[n - 1]), 4 * vp.unit, colour, palette.ground, 1.2 * vp.unit);
}

/** The longest stops in sight say how long. @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Palette} palette
 * @param {readonly Route[]} routes @param {Translate} t */
function drawStopLabels(c, vp, palette, routes, t) {
  /** @type {import('../labels.mjs').Box} */
  const view = [0, 0, vp.width * vp.dpr, vp.height * vp.dpr];
  const seen = routes.flatMap(({ stops }) => stops).map((stop) => ({ long: stop.to - stop.from, x: vp.x(stop.x), y: vp.y(stop.y) }))
    .filter(({ x, y }) => x > 0 && y > 0 && x < view[2] && y < view[3]).sort((a, b) => b.long - a.long).slice(0, MOST_LABELS / routes.length);
  halo(c, vp, palette, LABEL, 400);
  const words = seen.map(({ long }) => t('tracks.stopped', ageText(long, t)));
  const wishes = seen.map(({ x, y, long }, k) => ({
    x, y, radius: stopRadius(long) * vp.unit, width: c.measureText(words[k]).width, height: LABEL * vp.unit * 1.2,
  }));
  place(wishes, view, []).forEach((spot, k) => spot && write(c, words[k], spot.left, spot.top + wishes[k].height / 2));
}

/** Where everybody is at a moment: a numbered plate with a name; hollow and violet where nobody knows.
 * @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Palette} palette @param {readonly Route[]} routes
 * @param {number} ms UTC ms @param {Translate} t */
export function drawHeads(c, vp, palette, routes, ms, t) {
  const heads = routes.flatMap((route) => {
    const at = placeAt(route, ms);
    return at ? [{ route, x: vp.x(at.x), y: vp.y(at.y), silent: at.state === 'silent', words: headText(route, at, ms, t) }] : [];
  });
  for (const head of heads) drawPlate(c, vp, palette, head);
  halo(c, vp, palette, LABEL, 700);
  const [radius, height] = [PLATE * vp.unit, LABEL * vp.unit * 1.2];
  const wishes = heads.map(({ x, y, words }) => ({ x, y, radius, width: c.measureText(words).width, height, must: true }));
  const plates = heads.map(({ x, y }) => /** @type {import('../labels.mjs').Box} */ ([x - radius, y - radius, x + radius, y + radius]));
  place(wishes, [0, 0, vp.width * vp.dpr, vp.height * vp.dpr], plates).forEach((spot, k) => {
    c.fillStyle = heads[k].silent ? palette.stale : palette.ink;
    if (spot) write(c, heads[k].words, spot.left, spot.top + height / 2);
  });
}

/** @param {Route} route @param {import('./route.mjs').Place} at @param {number} ms @param {Translate} t @returns {string} */
function headText({ answer }, at, ms, t) {
  return [answer.name || answer.worker, stateText(at, ms, t)].filter(Boolean).join(' ');
}

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Palette} palette
 * @param {{route: Route, x: number, y: number, silent: boolean}} head */
function drawPlate(c, vp, palette, { route: { slot }, x, y, silent }) {
  const colour = silent ? palette.stale : colourOf(palette, slot);
  rimmed(c, x, y, (PLATE + 2) * vp.unit, palette.ground, palette.ground, 0);
  if (silent) c.setLineDash([3 * vp.unit, 2 * vp.unit]);
  rimmed(c, x, y, PLATE * vp.unit, silent ? palette.land : colour, colour, 1.6 * vp.unit);
  c.setLineDash([]);
  halo(c, vp, palette, LABEL, 700);
  c.textAlign = 'center';
  c.fillStyle = silent ? palette.stale : palette.ground;
  c.fillText(String(slot + 1), x, y + 0.5 * vp.unit);
  c.textAlign = 'left';
}

/** "停留 14 分", "无定位 12 分", nothing while moving. @param {import('./route.mjs').Place} at @param {number} ms
 * @param {Translate} t @returns {string} */
export function stateText({ state, since, until }, ms, t) {
  if (state === 'moving') return '';
  const long = (until === Infinity ? ms : until) - since;
  return t(state === 'silent' ? 'tracks.silent' : 'tracks.stopped', ageText(long, t));
}

/**
 * What lies under a point: a stop, else the nearest fix within reach. @param {readonly Route[]} routes @param {Viewport} vp
 * @param {number} x device pixels @param {number} y @param {number} reach device pixels
 * @returns {{route: Route, k: number, stop: {from: number, to: number}|null}|null}
 */
export function hit(routes, vp, x, y, reach) {
  /** @type {ReturnType<typeof hit>} */
  let best = null;
  let nearest = reach * reach;
  for (const route of routes) {
    const stop = route.stops.find((one) => Math.hypot(vp.x(one.x) - x, vp.y(one.y) - y) <= stopRadius(one.to - one.from) * vp.unit);
    if (stop) return { route, k: -1, stop };
    for (let k = 0; k < route.n; k++) {
      const far = (vp.x(route.x[k]) - x) ** 2 + (vp.y(route.y[k]) - y) ** 2;
      if (far < nearest) [nearest, best] = [far, { route, k, stop: null }];
    }
  }
  return best;
}
