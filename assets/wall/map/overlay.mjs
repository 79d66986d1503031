/**
 * What stands above the workers: the watched worker's track, events with their labels, the focus brackets and
 * the line to the card. Draws a scene it is given; changes nothing.
 *
 * @typedef {import('./viewport.mjs').Viewport} Viewport
 * @typedef {import('./palette.mjs').Palette} Palette
 * @typedef {import('./labels.mjs').Box} Box
 * @typedef {{id: string, sev: number, x: number, y: number, label: string, waiting: boolean, region: string}} Pin
 *   An event to draw: `x`, `y` Mercator; `waiting` = 紧急 and nobody has accepted it.
 * @typedef {{pins: readonly Pin[], focus: Pin|null, lit: boolean, worker: {x: number, y: number}|null,
 *   path: import('./tracks/track.mjs').Path|null, near: readonly import('./people/plates.mjs').Near[], events: boolean, card: Box|null, taken: readonly Box[],
 *   districts: readonly {code: string, x: number, y: number}[], scope: string}} Scene
 *   `pins` least severe first; `lit`: the half of the flash in which a ring shows fully; `card`, `taken` CSS pixels; `districts`: where
 *   their names stand; `near`: the workers to be named, empty where the view is too coarse;
 *   `scope` the region the wall looks at, '' all of them;
 *   `events` false on the workers map, which shows none but the one in focus.
 */
import { RADIUS, drawSeverity } from './glyphs.mjs';
import { halo, place, write } from './labels.mjs';
import { drawPlates, drawRings } from './people/plates.mjs';
import { drawTrack } from './tracks/track.mjs';
import { CITY_MPU, GRID_MPU } from './viewport.mjs';

const ASIDE = 0.38; // how faint events outside the scope are
const LABEL = 16; // u
const LABEL_FROM = 3; // 重大
const CITY_LABELS = 6; // over a whole city more words would hide the city
const NAME = [34, 13, 28]; // u a district's name and count take: to each side, above, below
const EDGE = 10; // u from the edge of the map for what lies beyond it
const FOOT = 68; // u the legend and the sources take at the lower edge

/** @param {HTMLCanvasElement} canvas @param {Viewport} vp @param {Scene} scene @param {Palette} palette
 * @param {import('./people/crowds.mjs').Crowds} crowds below everything else
 * @param {readonly import('./layers.mjs').Layer[]} layers veils go over crowds and what lies below, the others over everything */
export function drawOverlay(canvas, vp, scene, palette, crowds, layers) {
  const c = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  c.clearRect(0, 0, canvas.width, canvas.height);
  crowds.draw(c, vp, palette);
  for (const layer of layers) if (layer.veil) layer.draw(c, vp, palette);
  drawScene(c, vp, scene, palette, crowds);
  for (const layer of layers) if (!layer.veil) layer.draw(c, vp, palette);
}

/** Whether an event lies outside the scope and can wait: it is shown faintly and without words. @param {Scene} scene @param {Pin} pin */
export const aside = ({ scope, focus }, pin) => pin !== focus && !pin.waiting && !pin.region.startsWith(scope);

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Scene} scene @param {Palette} palette
 * @param {import('./people/crowds.mjs').Crowds} crowds */
function drawScene(c, vp, scene, palette, crowds) {
  if (scene.path) drawTrack(c, vp, scene.path, palette);
  if (scene.events) drawEvents(c, vp, scene, palette, crowds);
  else if (scene.focus) drawSeverity(c, scene.focus.sev, vp.x(scene.focus.x), vp.y(scene.focus.y), vp.unit * 0.6, palette);
  if (scene.worker) drawWorker(c, vp, scene.worker, palette);
}

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Scene} scene @param {Palette} palette
 * @param {import('./people/crowds.mjs').Crowds} crowds */
function drawEvents(c, vp, scene, palette, crowds) {
  const city = vp.mpu > CITY_MPU;
  const free = freeBox(vp, scene.card);
  if (scene.focus && vp.mpu <= GRID_MPU) drawRings(c, vp, scene.focus, palette);
  if (scene.focus) drawFocus(c, vp, scene, palette);
  for (const pin of scene.pins) {
    if (city && pin.sev === 1 && pin !== scene.focus) continue;
    const x = vp.x(pin.x);
    const y = vp.y(pin.y);
    if (pin.sev < LABEL_FROM && farOut(x, y, vp)) continue;
    c.globalAlpha = aside(scene, pin) ? ASIDE : 1;
    if (pin.sev >= LABEL_FROM && outside(x, y, free)) drawBeyond(c, vp, pin, x, y, free, palette);
    else drawPin(c, vp, pin, x, y, scene.lit, palette);
  }
  c.globalAlpha = 1;
  if (city) drawDistrictCounts(c, vp, scene, palette);
  drawLabels(c, vp, scene, free, palette, crowds);
}

/** The part of the map no card covers, device pixels. @param {Viewport} vp @param {Box|null} card @returns {Box} */
function freeBox(vp, card) {
  return [0, 0, (card ? card[0] : vp.width) * vp.dpr, vp.height * vp.dpr];
}

/** @param {number} x @param {number} y @param {Box} box @returns {boolean} */
function outside(x, y, box) {
  return x < box[0] || y < box[1] || x > box[2] || y > box[3];
}

/** Whether no part of a glyph at (x, y) is in sight. @param {number} x @param {number} y @param {Viewport} vp @returns {boolean} */
function farOut(x, y, { width, height, dpr, unit }) {
  const r = 16 * unit;
  return x < -r || y < -r || x > width * dpr + r || y > height * dpr + r;
}

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Pin} pin @param {number} x @param {number} y
 * @param {boolean} lit @param {Palette} palette */
function drawPin(c, vp, pin, x, y, lit, palette) {
  if (pin.waiting) {
    c.beginPath();
    c.arc(x, y, 24 * vp.unit, 0, 2 * Math.PI);
    c.globalAlpha = lit ? 1 : 0.25;
    c.lineWidth = 2.5 * vp.unit;
    c.strokeStyle = palette.sev4;
    c.stroke();
    c.globalAlpha = 1;
  }
  drawSeverity(c, pin.sev, x, y, vp.unit, palette);
}

/** A severe event beyond the edge: its glyph, small, where the straight line to it leaves the map.
 * @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Pin} pin @param {number} x @param {number} y
 * @param {Box} free @param {Palette} palette */
function drawBeyond(c, vp, pin, x, y, free, palette) {
  const inset = EDGE * vp.unit;
  const ex = Math.min(Math.max(x, free[0] + inset), free[2] - inset);
  const ey = Math.min(Math.max(y, free[1] + inset), free[3] - FOOT * vp.unit);
  const turn = Math.atan2(y - ey, x - ex);
  drawSeverity(c, pin.sev, ex, ey, vp.unit * 0.5, palette);
  c.beginPath();
  for (const [along, aside] of [[8.5, 0], [5.5, 3], [5.5, -3]])
    c.lineTo(ex + (along * Math.cos(turn) - aside * Math.sin(turn)) * vp.unit, ey + (along * Math.sin(turn) + aside * Math.cos(turn)) * vp.unit);
  c.fillStyle = pin.sev === 4 ? palette.sev4 : palette.sev3;
  c.fill();
}

/** Half the width of the brackets, u. @param {Pin} pin @returns {number} */
function reachOf(pin) {
  return pin.waiting ? 30 : RADIUS[pin.sev] + 9;
}

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Scene} scene @param {Palette} palette */
function drawFocus(c, vp, scene, palette) {
  const pin = /** @type {Pin} */ (scene.focus);
  const [x, y, far] = [vp.x(pin.x), vp.y(pin.y), freeBox(vp, scene.card)[2]];
  if (outside(x, y, freeBox(vp, scene.card))) return;
  const reach = reachOf(pin) * vp.unit;
  const arm = reach * 0.45;
  c.beginPath();
  for (const sx of [-1, 1])
    for (const sy of [-1, 1]) {
      c.moveTo(x + sx * reach, y + sy * (reach - arm));
      c.lineTo(x + sx * reach, y + sy * reach);
      c.lineTo(x + sx * (reach - arm), y + sy * reach);
    }
  c.strokeStyle = palette.focus;
  c.lineWidth = 1.5 * vp.unit;
  c.stroke();
  if (!scene.card || x + reach >= far) return;
  c.beginPath();
  c.moveTo(x + reach, y);
  c.lineTo(far, y);
  c.lineWidth = vp.unit;
  c.globalAlpha = 0.75;
  c.stroke();
  c.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {{x: number, y: number}} at @param {Palette} palette */
function drawWorker(c, vp, at, palette) {
  for (const [colour, width] of /** @type {[string, number][]} */ ([[palette.ground, 4.5], [palette.track, 2]])) {
    c.beginPath();
    c.arc(vp.x(at.x), vp.y(at.y), 8 * vp.unit, 0, 2 * Math.PI);
    c.strokeStyle = colour;
    c.lineWidth = width * vp.unit;
    c.stroke();
  }
}

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Scene} scene @param {Box} free @param {Palette} palette
 * @param {import('./people/crowds.mjs').Crowds} crowds */
function drawLabels(c, vp, scene, free, palette, crowds) {
  const city = vp.mpu > CITY_MPU;
  const seen = scene.pins.filter((p) => p.sev >= LABEL_FROM && !aside(scene, p) && (p !== scene.focus || !scene.card) && !outside(vp.x(p.x), vp.y(p.y), free)).reverse();
  if (city) seen.splice(CITY_LABELS);
  halo(c, vp, palette, LABEL, 700);
  const wishes = seen.map((pin) => ({
    x: vp.x(pin.x), y: vp.y(pin.y), radius: RADIUS[pin.sev] * vp.unit * (pin.waiting ? 2 : 1),
    width: c.measureText(pin.label).width, height: LABEL * vp.unit * 1.2, must: pin.sev === 4,
  }));
  const taken = scene.taken.map((box) => /** @type {Box} */ (box.map((side) => side * vp.dpr)));
  for (const pin of scene.pins) if (pin.sev >= LABEL_FROM) taken.push(around(vp.x(pin.x), vp.y(pin.y), RADIUS[pin.sev] * vp.unit));
  for (const { x, y } of scene.districts) taken.push(nameBox(vp.x(x), vp.y(y), vp.unit));
  const { focus } = scene;
  if (focus) taken.push(around(vp.x(focus.x), vp.y(focus.y), reachOf(focus) * vp.unit));
  if (vp.mpu <= GRID_MPU) drawPlates(c, vp, scene.near, focus && { x: focus.x, y: focus.y, reach: reachOf(focus) }, crowds, free, taken, palette);
  halo(c, vp, palette, LABEL, 700);
  place(wishes, free, taken).forEach((spot, k) => {
    if (spot) write(c, seen[k].label, spot.left, spot.top + wishes[k].height / 2);
  });
}

/** @param {number} x @param {number} y @param {number} unit @returns {Box} */
function nameBox(x, y, unit) {
  const [side, above, below] = NAME;
  return [x - side * unit, y - above * unit, x + side * unit, y + below * unit];
}

/** @param {number} x @param {number} y @param {number} r @returns {Box} */
function around(x, y, r) {
  return [x - r, y - r, x + r, y + r];
}

/** 一般 as a number under its district's name. @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Scene} scene
 * @param {Palette} palette */
function drawDistrictCounts(c, vp, { pins, districts, scope }, palette) {
  const counts = districtCounts(pins);
  for (const { code, x, y } of districts) {
    const count = counts.get(code);
    if (!count) continue;
    c.globalAlpha = code.startsWith(scope) || scope.startsWith(code) ? 1 : ASIDE;
    halo(c, vp, palette, 14, 400);
    c.fillStyle = palette.ink2;
    const [text, top] = [String(count), vp.y(y) + 17 * vp.unit];
    const left = vp.x(x) - (c.measureText(text).width + 10 * vp.unit) / 2;
    write(c, text, left + 10 * vp.unit, top);
    drawSeverity(c, 1, left + 3 * vp.unit, top, vp.unit * 1.1, palette);
  }
  c.globalAlpha = 1;
}

/** @param {readonly Pin[]} pins @returns {Map<string, number>} open 一般 events by district code */
export function districtCounts(pins) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { sev, region } of pins) {
    const code = region.slice(0, 6);
    if (sev === 1) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return counts;
}
