/**
 * The shapes of docs/DESIGN-LANGUAGE.md §6: severity glyphs, and a sheet of ready-drawn worker marks. Draws where it is told;
 * decides nothing about who is shown.
 *
 * @typedef {import('./palette.mjs').Palette} Palette
 * @typedef {{canvas: HTMLCanvasElement, cell: number}} Sheet  Square cells side by side; `cell` device pixels each.
 */

/** Radius in u by severity (index 1–4). */
export const RADIUS = [0, 3, 6.5, 10, 13];

/** Duty numbers as on the wire (dashboard/model.py). */
export const DUTY = { unknown: 0, available: 1, dispatched: 2, enRoute: 3, onScene: 4, offDuty: 5, outOfService: 6 };

/** Directions arrows and noses are drawn in, where nobody turns them later. */
export const HEADINGS = 16;
/** Cells of the sheet: the ring of a late fix, 1–4 the duties, the faint dot, the lost ring, then the arrows and as many noses. */
export const CELL = { ring: 0, faint: 5, lost: 6, arrow: 7 };

/**
 * One event's glyph with its ground outline. @param {CanvasRenderingContext2D} c @param {number} sev 1–4
 * @param {number} x @param {number} y @param {number} unit device pixels per u @param {Palette} palette
 */
export function drawSeverity(c, sev, x, y, unit, palette) {
  const r = RADIUS[sev] * unit;
  c.beginPath();
  if (sev === 1) c.arc(x, y, r, 0, 2 * Math.PI);
  else if (sev === 2) c.rect(x - 0.7 * r, y - 0.7 * r, 1.4 * r, 1.4 * r);
  else polygon(c, sev === 3 ? [0, -r, 0.95 * r, 0.7 * r, -0.95 * r, 0.7 * r] : [0, -r, r, 0, 0, r, -r, 0], x, y);
  if (sev === 1) return drawNormal(c, unit, palette);
  c.lineJoin = 'round';
  c.lineWidth = 2 * unit;
  c.strokeStyle = palette.ground;
  c.stroke();
  c.fillStyle = sev === 2 ? palette.sev2 : sev === 3 ? palette.sev3 : palette.sev4;
  c.fill();
}

/** @param {CanvasRenderingContext2D} c @param {number} unit @param {Palette} palette */
function drawNormal(c, unit, palette) {
  c.fillStyle = palette.land;
  c.fill();
  c.lineWidth = 1.25 * unit;
  c.strokeStyle = palette.sev1;
  c.stroke();
}

/** @param {CanvasRenderingContext2D} c @param {number[]} points x, y, x, y … @param {number} x @param {number} y */
function polygon(c, points, x, y) {
  c.moveTo(x + points[0], y + points[1]);
  for (let k = 2; k < points.length; k += 2) c.lineTo(x + points[k], y + points[k + 1]);
  c.closePath();
}

/** Draw every worker mark once. @param {Palette} palette @param {number} unit device pixels per u @param {number} [headings]
 * directions of arrows and noses, the first of each pointing north @returns {Sheet} */
export function workerSheet(palette, unit, headings = HEADINGS) {
  const cell = Math.ceil(14 * unit);
  const canvas = document.createElement('canvas');
  canvas.width = cell * (CELL.arrow + 2 * headings);
  canvas.height = cell;
  const c = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  /** @param {number} at @param {() => void} draw */
  const inCell = (at, draw) => {
    c.save();
    c.translate((at + 0.5) * cell, 0.5 * cell);
    c.beginPath();
    draw();
    c.restore();
  };
  inCell(CELL.ring, () => dashed(c, unit, palette, 5.4));
  inCell(CELL.lost, () => { dashed(c, unit, palette, 4); disc(c, unit, palette.stale, 1.1); });
  inCell(CELL.faint, () => { c.globalAlpha = 0.45; disc(c, unit, palette.dot, 1); });
  inCell(DUTY.available, () => hollow(c, unit, palette));
  inCell(DUTY.dispatched, () => { rim(c, unit, palette); disc(c, unit, palette.d1, 3.2); });
  inCell(DUTY.onScene, () => { c.rect(-2.9 * unit, -2.9 * unit, 5.8 * unit, 5.8 * unit); solid(c, unit, palette, palette.d3); });
  for (let k = 0; k < headings; k++) {
    inCell(CELL.arrow + k, () => arrow(c, unit, palette, (k * 2 * Math.PI) / headings));
    inCell(CELL.arrow + headings + k, () => nose(c, unit, palette, (k * 2 * Math.PI) / headings));
  }
  return { canvas, cell };
}

/** @param {CanvasRenderingContext2D} c @param {number} unit @param {string} colour @param {number} radius in u */
function disc(c, unit, colour, radius) {
  c.beginPath();
  c.arc(0, 0, radius * unit, 0, 2 * Math.PI);
  c.fillStyle = colour;
  c.fill();
}

/** @param {CanvasRenderingContext2D} c @param {number} unit @param {Palette} palette */
function rim(c, unit, palette) {
  c.arc(0, 0, 3.2 * unit, 0, 2 * Math.PI);
  c.lineWidth = 1.6 * unit;
  c.strokeStyle = palette.land;
  c.stroke();
}

/** @param {CanvasRenderingContext2D} c @param {number} unit @param {Palette} palette */
function hollow(c, unit, palette) {
  disc(c, unit, palette.land, 3.6);
  c.beginPath();
  c.arc(0, 0, 2.6 * unit, 0, 2 * Math.PI);
  c.lineWidth = 1.3 * unit;
  c.strokeStyle = palette.dot;
  c.stroke();
}

/** @param {CanvasRenderingContext2D} c @param {number} unit @param {Palette} palette @param {string} fill */
function solid(c, unit, palette, fill) {
  c.lineJoin = 'round';
  c.lineWidth = 1.6 * unit;
  c.strokeStyle = palette.land;
  c.stroke();
  c.fillStyle = fill;
  c.fill();
}

/** @param {CanvasRenderingContext2D} c @param {number} unit @param {Palette} palette @param {number} turn radians */
function arrow(c, unit, palette, turn) {
  c.rotate(turn);
  polygon(c, [0, -4.6, 3.6, 3.8, 0, 2, -3.6, 3.8].map((part) => part * unit), 0, 0);
  solid(c, unit, palette, palette.d1);
}

/** Where somebody walks who is not 途中: a tip that the mark is drawn over. @param {CanvasRenderingContext2D} c @param {number} unit
 * @param {Palette} palette @param {number} turn radians */
function nose(c, unit, palette, turn) {
  c.rotate(turn);
  polygon(c, [0, -6.4, 2.5, -2.4, -2.5, -2.4].map((part) => part * unit), 0, 0);
  solid(c, unit * 0.6, palette, palette.dot);
}

/** @param {CanvasRenderingContext2D} c @param {number} unit @param {Palette} palette @param {number} radius in u */
function dashed(c, unit, palette, radius) {
  c.arc(0, 0, radius * unit, 0, 2 * Math.PI);
  c.setLineDash([1.9 * unit, 1.5 * unit]);
  c.lineWidth = 1.2 * unit;
  c.strokeStyle = palette.stale;
  c.stroke();
}

/** A disc with a rim. @param {CanvasRenderingContext2D} c @param {number} x @param {number} y @param {number} radius
 * @param {string} fill @param {string} line @param {number} width */
export function rimmed(c, x, y, radius, fill, line, width) {
  c.beginPath();
  c.arc(x, y, radius, 0, 2 * Math.PI);
  c.fillStyle = fill;
  c.strokeStyle = line;
  c.lineWidth = width;
  c.fill();
  c.stroke();
}
