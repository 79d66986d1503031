/**
 * Close to the event in focus: its rings of 250 and 500 m, and numbered plates with name and distance at the workers nearest
 * to it. Decides nothing about when they show.
 *
 * @typedef {import('../viewport.mjs').Viewport} Viewport
 * @typedef {import('../palette.mjs').Palette} Palette
 * @typedef {import('../labels.mjs').Box} Box
 * @typedef {{row: number, x: number, y: number, label: string}} Near  In Mercator, nearest first.
 */
import { distanceText, nearest } from '../dispatch/card.mjs';
import { mercatorX, mercatorY, metresPerUnit } from '../geo.mjs';
import { place } from '../labels.mjs';

const NAMED = 5;
const RINGS_M = [250, 500];
const DISC = 8; // u
const TEXT = 14; // u
const APART = 0.9; // radians between plates of those who stand at the event itself

/** The workers to be named for an event: those the card proposes, with its numbers, else the nearest.
 * @param {import('../../types.mjs').Context} ctx @param {import('./motion.mjs').Motion} motion @param {string} id
 * @param {import('../dispatch/card.mjs').Content|null} [card] what the card says @returns {Near[]} */
export function nearTo({ picture: { events, workers }, config, now }, motion, id, card = null) {
  if (card?.event?.id === id && card.near.length) {
    return card.near.map((one) => ({ ...whereIs(one, workers, motion), label: `${one.name} ${one.metres}` }));
  }
  const event = events.get(id);
  const found = event ? nearest(workers, event.lat, event.lon, now(), config.fix, NAMED) : [];
  return found.map(({ row, metres }) => ({ row, x: motion.x[row], y: motion.y[row], label: `${workers.names[row] || workers.ids[row]} ${distanceText(metres)}` }));
}

/** Where a proposed worker is shown on the maps, or, if this browser does not hold that one, where the server saw them.
 * @param {import('../dispatch/push.mjs').Row} one @param {import('../../types.mjs').Workers} workers @param {import('./motion.mjs').Motion} motion
 * @returns {{row: number, x: number, y: number}} */
export function whereIs({ id, lat, lon }, workers, motion) {
  const row = workers.rowOf.get(id) ?? -1;
  return row >= 0 && motion.x[row] >= 0 ? { row, x: motion.x[row], y: motion.y[row] } : { row: -1, x: mercatorX(lon), y: mercatorY(lat) };
}

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {{x: number, y: number}} at Mercator @param {Palette} palette */
export function drawRings(c, vp, { x, y }, palette) {
  const per = (vp.scale * vp.dpr) / metresPerUnit(y);
  inscribe(c, vp, palette);
  c.textAlign = 'center';
  for (const metres of RINGS_M) {
    c.beginPath();
    c.arc(vp.x(x), vp.y(y), metres * per, 0, 2 * Math.PI);
    c.setLineDash([4 * vp.unit, 4 * vp.unit]);
    c.lineWidth = vp.unit;
    c.strokeStyle = palette.line2;
    c.stroke();
    c.setLineDash([]);
    write(c, vp, palette, `${metres} m`, vp.x(x), vp.y(y) + metres * per, palette.ink2);
  }
  c.textAlign = 'start';
}

/**
 * The plates, and then as many names as there is room for. @param {CanvasRenderingContext2D} c @param {Viewport} vp
 * @param {readonly Near[]} near @param {{x: number, y: number, reach: number}|null} focus Mercator, and how far its own marks reach in u
 * @param {import('./crowds.mjs').Crowds} crowds whose numbers stay uncovered @param {Box} free where names may stand, device pixels
 * @param {Box[]} taken grows by what is drawn @param {Palette} palette
 */
export function drawPlates(c, vp, near, focus, crowds, free, taken, palette) {
  const r = DISC * vp.unit;
  const stands = apart(near.map(({ x, y }, k) => aside(vp, x, y, focus, k)), vp, crowds);
  const seen = near.map(({ label }, k) => ({ ...stands[k], label, k })).filter(({ x, y }) => x > free[0] && y > free[1] && x < free[2] && y < free[3]);
  for (const { x, y } of seen) taken.push([x - r, y - r, x + r, y + r]);
  inscribe(c, vp, palette);
  const wishes = seen.map(({ x, y, label }) => ({ x, y, radius: r, width: c.measureText(label).width, height: TEXT * vp.unit * 1.2 }));
  const spots = place(wishes, free, taken);
  seen.forEach(({ label }, k) => {
    const spot = spots[k];
    if (!spot) return;
    const { width, height } = wishes[k];
    write(c, vp, palette, label, spot.left, spot.top + height / 2, palette.ink);
    taken.push([spot.left, spot.top, spot.left + width, spot.top + height]);
  });
  for (const one of seen.reverse()) drawDisc(c, vp, one.x, one.y, String(one.k + 1), palette);
}

/** Plates side by side where they would cover each other, and above a crowd's number. @param {{x: number, y: number}[]} stands device
 * pixels @param {Viewport} vp @param {import('./crowds.mjs').Crowds} crowds @returns {{x: number, y: number}[]} `stands`, moved */
export function apart(stands, vp, crowds) {
  const wide = 2 * DISC * vp.unit;
  stands.forEach((at, k) => {
    if (crowds.at(vp, at.x, at.y)) at.y -= 1.25 * wide;
    for (let other = 0; other < k; other++) if (Math.hypot(at.x - stands[other].x, at.y - stands[other].y) < 0.8 * wide) at.x = stands[other].x + 1.15 * wide;
  });
  return stands;
}

/**
 * Where a plate stands: at its worker, or beside the event when the worker stands there. @param {Viewport} vp @param {number} x Mercator
 * @param {number} y @param {{x: number, y: number, reach: number}|null} focus @param {number} k @returns {{x: number, y: number}} device pixels
 */
export function aside(vp, x, y, focus, k) {
  const [px, py] = [vp.x(x), vp.y(y)];
  if (!focus) return { x: px, y: py };
  const [dx, dy] = [px - vp.x(focus.x), py - vp.y(focus.y)];
  const least = (focus.reach + DISC + 2) * vp.unit;
  const far = Math.hypot(dx, dy);
  if (!(far < least)) return { x: px, y: py };
  const turn = far > 2 * vp.unit ? Math.atan2(dy, dx) : Math.PI * 0.75 - k * APART;
  return { x: vp.x(focus.x) + least * Math.cos(turn), y: vp.y(focus.y) + least * Math.sin(turn) };
}

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {number} x @param {number} y @param {string} text
 * @param {Palette} palette */
function drawDisc(c, vp, x, y, text, palette) {
  c.beginPath();
  c.arc(x, y, DISC * vp.unit, 0, 2 * Math.PI);
  c.fillStyle = palette.panel;
  c.fill();
  c.lineWidth = 1.5 * vp.unit;
  c.strokeStyle = palette.focus;
  c.stroke();
  c.font = `700 ${12 * vp.unit}px ${palette.font}`;
  c.textAlign = 'center';
  c.fillStyle = palette.ink;
  c.fillText(text, x, y + 0.5 * vp.unit);
  c.textAlign = 'start';
}

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Palette} palette */
function inscribe(c, vp, palette) {
  c.font = `700 ${TEXT * vp.unit}px ${palette.font}`;
  c.letterSpacing = '0px';
  c.textBaseline = 'middle';
  c.lineJoin = 'round';
}

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Palette} palette @param {string} text @param {number} x
 * @param {number} y @param {string} ink */
function write(c, vp, palette, text, x, y, ink) {
  c.lineWidth = 3 * vp.unit;
  c.strokeStyle = palette.land;
  c.strokeText(text, x, y);
  c.fillStyle = ink;
  c.fillText(text, x, y);
}
