/**
 * The card's small picture: the event, its grid cells, the rings at 250 and 500 m and the numbered nearest workers. Scaled
 * so that all of them fit; draws only when it is shown.
 *
 * @typedef {import('./card.mjs').Content} Content
 * @typedef {import('../stage.mjs').Stage} Stage
 */
import { drawGrids } from '../ground/basemap.mjs';
import { mercatorX, mercatorY, metresPerUnit } from '../geo.mjs';
import { drawSeverity } from '../glyphs.mjs';
import { whereIs } from '../people/plates.mjs';
import { Viewport } from '../viewport.mjs';

const RINGS_M = [250, 500];
const LEAST_M = 300; // from the middle to the upper edge
const FIT = 0.8;
const LABELLED = 26; // u: a smaller ring has no room for its length

/** A view around (x, y). @param {number} x Mercator @param {number} y @param {number} metres middle to upper edge
 * @param {number} width CSS pixels @param {number} height @param {number} u @returns {Viewport} */
export function insetView(x, y, metres, width, height, u) {
  const vp = new Viewport();
  vp.width = width;
  vp.height = height;
  vp.u = u;
  vp.dpr = globalThis.devicePixelRatio || 1;
  vp.scale = (height / 2) * (metresPerUnit(y) / metres);
  vp.left = x * vp.scale - width / 2;
  vp.top = y * vp.scale - height / 2;
  vp.mpu = (2 * metres * u) / height;
  return vp;
}

/** @param {HTMLCanvasElement} canvas @param {Content|null} content @param {Stage} stage */
export function drawInset(canvas, content, stage) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (!content?.event || !width || !height) return;
  const { palette, u, grids } = stage;
  const [x, y] = [mercatorX(content.event.lon), mercatorY(content.event.lat)];
  const per = metresPerUnit(y);
  const near = content.near.map((one) => whereIs(one, stage.ctx.picture.workers, stage.motion));
  const reach = near.map((at) => Math.max(Math.abs(at.x - x) * (height / width), Math.abs(at.y - y)) * per);
  const vp = insetView(x, y, Math.max(LEAST_M, ...reach.filter((far) => far < 20_000).map((far) => far / FIT)), width, height, u);
  const [w, h] = [Math.round(width * vp.dpr), Math.round(height * vp.dpr)];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  const c = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  c.clearRect(0, 0, w, h);
  if (grids) drawGrids(c, vp, grids, palette);
  drawRings(c, vp, x, y, per, palette);
  near.forEach((at, k) => drawNear(c, vp, x, y, at.x, at.y, k, palette));
  drawSeverity(c, content.sev, vp.x(x), vp.y(y), vp.unit * 0.85, palette);
}

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {number} x @param {number} y @param {number} per metres
 * per unit @param {Stage['palette']} palette */
function drawRings(c, vp, x, y, per, palette) {
  c.strokeStyle = palette.line2;
  c.fillStyle = palette.ink3;
  c.lineWidth = 0.75 * vp.unit;
  c.font = `400 ${11 * vp.unit}px ${palette.font}`;
  c.textAlign = 'center';
  c.textBaseline = 'bottom';
  c.setLineDash([2.5 * vp.unit, 3 * vp.unit]);
  for (const metres of RINGS_M) {
    const r = (metres / per) * vp.scale * vp.dpr;
    c.beginPath();
    c.arc(vp.x(x), vp.y(y), r, 0, 2 * Math.PI);
    c.stroke();
    if (r > LABELLED * vp.unit && r < (vp.height / 2) * vp.dpr) c.fillText(`${metres} m`, vp.x(x), vp.y(y) + r - 2 * vp.unit);
  }
  c.setLineDash([]);
}

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {number} x the event @param {number} y @param {number} wx the
 * worker @param {number} wy @param {number} k place in the list @param {Stage['palette']} palette */
function drawNear(c, vp, x, y, wx, wy, k, palette) {
  if (!(wx >= 0)) return;
  const [px, py, r] = [vp.x(wx), vp.y(wy), 7.5 * vp.unit];
  c.strokeStyle = palette.focus;
  c.lineWidth = vp.unit;
  c.globalAlpha = k ? 0.35 : 0.9;
  c.beginPath();
  c.moveTo(vp.x(x), vp.y(y));
  c.lineTo(px, py);
  c.stroke();
  c.globalAlpha = 1;
  c.beginPath();
  c.arc(px, py, r, 0, 2 * Math.PI);
  c.fillStyle = palette.panel;
  c.fill();
  c.stroke();
  c.fillStyle = palette.ink;
  c.font = `700 ${11 * vp.unit}px ${palette.font}`;
  c.textBaseline = 'middle';
  c.fillText(String(k + 1), px, py);
}
