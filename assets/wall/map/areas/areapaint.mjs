/**
 * How areas look: fences as thin outlines, warnings hatched in their severity's colour, themes as lettered plates or quiet
 * patterns, and counts of them from afar. Draws what it is given; knows no state.
 *
 * @typedef {import('../viewport.mjs').Viewport} Viewport
 * @typedef {import('../palette.mjs').Palette} Palette
 * @typedef {import('./areabook.mjs').Drawn} Drawn
 * @typedef {import('./areabook.mjs').Place} Place
 * @typedef {import('./areabook.mjs').Sum} Sum
 * @typedef {import('./areashape.mjs').Outline} Outline
 */
import { overlaps } from '../labels.mjs';

/** Coarser than these (metres per u) places are counted by town, and by district: a whole city on a whole screen is coarser. */
const TOWNS_MPU = 24;
const DISTRICTS_MPU = 64;
const NAME_MPU = 70;
const NAME = 14; // u
const PLATE = 15; // u
const HATCH = 9; // u from line to line
const CHIP = 36; // u a count takes beside the next
const ROW = 3; // counts beside one another

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Outline} outline */
export function trace(c, vp, { rings }) {
  c.beginPath();
  for (const ring of rings) {
    for (let k = 0; k < ring.length; k += 2) c[k ? 'lineTo' : 'moveTo'](vp.x(ring[k]), vp.y(ring[k + 1]));
    c.closePath();
  }
}

/** Whether any of an outline can be seen. @param {Viewport} vp @param {Outline} outline @returns {boolean} */
export function inView(vp, { box }) {
  return vp.x(box[2]) > 0 && vp.y(box[3]) > 0 && vp.x(box[0]) < vp.width * vp.dpr && vp.y(box[1]) < vp.height * vp.dpr;
}

/** @param {Palette} palette @param {number} sev 1–4 @returns {string} */
export const severityColour = (palette, sev) => [palette.sev1, palette.sev1, palette.sev2, palette.sev3, palette.sev4][sev];

/** An outline whose form is being filled in. @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Outline} outline
 * @param {Palette} palette */
export function drawDraft(c, vp, outline, palette) {
  trace(c, vp, outline);
  c.globalAlpha = 0.12;
  c.fillStyle = c.strokeStyle = palette.focus;
  c.fill('evenodd');
  c.globalAlpha = 1;
  c.lineWidth = 2 * vp.unit;
  c.stroke();
}

/** A fence, a warning or a theme area of the picture. @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Drawn} drawn @param {Palette} palette */
export function drawArea(c, vp, { area, outline, alarm }, palette) {
  if (!inView(vp, outline)) return;
  const cap = area.kind === 'cap';
  if (cap) hatch(c, vp, outline, severityColour(palette, area.sev), 0.5, 'rising');
  trace(c, vp, outline);
  const loud = cap ? area.sev : alarm?.sev ?? 0;
  c.setLineDash(area.exercise ? [9 * vp.unit, 5 * vp.unit] : loud ? [] : [6 * vp.unit, 2.5 * vp.unit]);
  outlined(c, vp, loud ? severityColour(palette, loud) : palette.ink3, loud ? 2 : 1.25, palette);
  c.setLineDash([]);
}

/** A line with the ground's colour round it. @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {string} colour @param {number} width u @param {Palette} palette */
function outlined(c, vp, colour, width, palette) {
  c.lineJoin = 'round';
  c.globalAlpha = 0.6;
  c.strokeStyle = palette.ground;
  c.lineWidth = (width + 2) * vp.unit;
  c.stroke();
  c.globalAlpha = 1;
  c.strokeStyle = colour;
  c.lineWidth = width * vp.unit;
  c.stroke();
}

/** Lines or dots within an outline. @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Outline} outline @param {string} colour
 * @param {number} alpha @param {'none'|'rising'|'falling'|'level'|'upright'|'dots'} pattern */
function hatch(c, vp, outline, colour, alpha, pattern) {
  if (pattern === 'none') return;
  const step = HATCH * vp.unit;
  const [left, top] = [Math.max(0, vp.x(outline.box[0])), Math.max(0, vp.y(outline.box[1]))];
  const [right, foot] = [Math.min(vp.width * vp.dpr, vp.x(outline.box[2])), Math.min(vp.height * vp.dpr, vp.y(outline.box[3]))];
  if (right <= left || foot <= top) return;
  c.save();
  trace(c, vp, outline);
  c.clip('evenodd');
  c.globalAlpha = alpha;
  c.strokeStyle = c.fillStyle = colour;
  c.lineWidth = 1.25 * vp.unit;
  c.beginPath();
  // The pattern is fixed to the ground at its origin, so that it does not swim when the map is moved.
  const anchor = (/** @type {number} */ from, /** @type {number} */ shift) => Math.floor((from + shift) / step) * step - shift;
  const [ox, oy] = [(vp.left * vp.dpr) % step, (vp.top * vp.dpr) % step];
  if (pattern === 'dots') dots(c, vp, [anchor(left, ox), anchor(top, oy), right, foot], step);
  else lines(c, pattern, [left, top, right, foot], step, anchor, ox, oy);
  c.restore();
}

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {number[]} box @param {number} step */
function dots(c, vp, [left, top, right, foot], step) {
  const size = 2 * vp.unit;
  for (let y = top, odd = 0; y < foot + step; y += step, odd = 1 - odd) for (let x = left + (odd * step) / 2; x < right + step; x += step) c.fillRect(x, y, size, size);
}

/** @param {CanvasRenderingContext2D} c @param {string} pattern @param {number[]} box @param {number} step
 * @param {(from: number, shift: number) => number} anchor @param {number} ox @param {number} oy */
function lines(c, pattern, [left, top, right, foot], step, anchor, ox, oy) {
  if (pattern === 'level') for (let y = anchor(top, oy); y < foot; y += step) c.moveTo(left, y), c.lineTo(right, y);
  else if (pattern === 'upright') for (let x = anchor(left, ox); x < right; x += step) c.moveTo(x, top), c.lineTo(x, foot);
  else {
    const lean = pattern === 'rising' ? 1 : -1;
    const from = lean > 0 ? left + top : left - foot;
    const end = lean > 0 ? right + foot : right - top;
    for (let k = anchor(from, ox + lean * oy); k < end; k += step) c.moveTo(k - lean * top, top), c.lineTo(k - lean * foot, foot);
  }
  c.stroke();
}

/** An area's name: above it, below it or in its middle, where it hides least. @param {CanvasRenderingContext2D} c @param {Viewport} vp
 * @param {Drawn} drawn @param {Palette} palette @param {string} words @param {import('../labels.mjs').Box[]} taken device pixels; its own is added */
export function drawName(c, vp, { area, outline: { box }, alarm }, palette, words, taken) {
  const loud = area.kind === 'cap' || alarm;
  const wide = (vp.x(box[2]) - vp.x(box[0])) / vp.unit;
  if (!loud && (vp.mpu > NAME_MPU || wide < 40)) return;
  const weight = loud ? 700 : 400;
  c.font = `${weight} ${NAME * vp.unit}px ${palette.font}`;
  const [half, tall] = [c.measureText(words).width / 2, NAME * 0.6 * vp.unit];
  const [x, top, foot] = [(vp.x(box[0]) + vp.x(box[2])) / 2, vp.y(box[1]), vp.y(box[3])];
  const at = [top - 10 * vp.unit, foot + 10 * vp.unit, (top + foot) / 2, top + 12 * vp.unit, foot - 12 * vp.unit];
  const boxes = at.map((y) => /** @type {import('../labels.mjs').Box} */ ([x - half, y - tall, x + half, y + tall]));
  const hidden = boxes.map((one) => taken.filter((other) => overlaps(one, other)).length);
  const best = hidden.indexOf(Math.min(...hidden));
  taken.push(boxes[best]);
  write(c, vp, words, x, at[best], palette, loud ? palette.ink : palette.ink2, weight);
}

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {string} words @param {number} x @param {number} y @param {Palette} palette
 * @param {string} colour @param {number} weight */
function write(c, vp, words, x, y, palette, colour, weight) {
  c.font = `${weight} ${NAME * vp.unit}px ${palette.font}`;
  c.letterSpacing = '0px';
  c.textAlign = 'center';
  c.textBaseline = 'middle';
  c.lineJoin = 'round';
  c.lineWidth = 2.5 * vp.unit;
  c.strokeStyle = palette.land;
  c.strokeText(words, x, y);
  c.fillStyle = colour;
  c.fillText(words, x, y);
  c.textAlign = 'left';
}

/** A theme's polygon, below names and people. @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Place} place @param {Palette} palette */
export function drawGround(c, vp, { outline, theme }, palette) {
  if (!outline || !inView(vp, outline)) return;
  trace(c, vp, outline);
  c.globalAlpha = 0.14;
  c.fillStyle = palette.d4;
  c.fill('evenodd');
  hatch(c, vp, outline, palette.d4, 0.55, theme.pattern);
  trace(c, vp, outline);
  c.globalAlpha = 0.9;
  c.strokeStyle = palette.d4;
  c.lineWidth = vp.unit;
  c.stroke();
  c.globalAlpha = 1;
}

/** A lettered plate. @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {string} glyph @param {number} x device pixels @param {number} y
 * @param {Palette} palette @param {boolean} [picked] */
export function drawPlate(c, vp, glyph, x, y, palette, picked = false) {
  const size = PLATE * vp.unit;
  c.beginPath();
  c.roundRect(x - size / 2, y - size / 2, size, size, 3 * vp.unit);
  c.fillStyle = palette.panel;
  c.fill();
  c.strokeStyle = picked ? palette.focus : palette.d4;
  c.lineWidth = (picked ? 2 : 1) * vp.unit;
  c.stroke();
  c.font = `700 ${10.5 * vp.unit}px ${palette.font}`;
  c.letterSpacing = '0px';
  c.textAlign = 'center';
  c.textBaseline = 'middle';
  c.fillStyle = palette.ink;
  c.fillText(glyph, x, y + 0.5 * vp.unit);
  c.textAlign = 'left';
}

/** Counts of the themes shown, side by side below a region's name. @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {readonly Sum[]} sums
 * @param {number} x device pixels @param {number} y of the first row @param {Palette} palette */
export function drawSums(c, vp, sums, x, y, palette) {
  sums.forEach((sum, k) => {
    const row = Math.floor(k / ROW);
    const inRow = Math.min(ROW, sums.length - row * ROW);
    const left = x + ((k % ROW) - inRow / 2) * CHIP * vp.unit;
    const at = y + row * (PLATE + 3) * vp.unit;
    drawPlate(c, vp, sum.theme.glyph, left + (PLATE / 2) * vp.unit, at, palette);
    c.font = `400 ${14 * vp.unit}px ${palette.font}`;
    c.lineJoin = 'round';
    c.lineWidth = 2.5 * vp.unit;
    c.strokeStyle = palette.land;
    c.fillStyle = palette.ink2;
    const text = String(sum.count);
    c.strokeText(text, left + (PLATE + 3) * vp.unit, at);
    c.fillText(text, left + (PLATE + 3) * vp.unit, at);
  });
}

/** The ring round whom a fence's alarm is about. @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {{x: number, y: number, sev: number}} at @param {Palette} palette */
export function drawRing(c, vp, { x, y, sev }, palette) {
  c.beginPath();
  c.arc(vp.x(x), vp.y(y), (grain(vp) === 'district' ? 7 : 11) * vp.unit, 0, 2 * Math.PI);
  outlined(c, vp, severityColour(palette, sev), 2, palette);
}

/** @param {Viewport} vp @returns {'district'|'town'|'place'} how places are shown */
export const grain = (vp) => (vp.mpu > DISTRICTS_MPU ? 'district' : vp.mpu > TOWNS_MPU ? 'town' : 'place');
