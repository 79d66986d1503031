/**
 * The values of coloured regions, written on the map beside their names: as many as find room without covering a name, an event
 * or the card. Draws what it is given; computes no value.
 *
 * @typedef {import('../viewport.mjs').Viewport} Viewport
 * @typedef {import('../palette.mjs').Palette} Palette
 * @typedef {import('../labels.mjs').Box} Box
 * @typedef {import('./choropleth.mjs').Choropleth} Choropleth
 */
import { levelOf } from '../../scope.mjs';
import { SAMPLE, classOf } from './choroscale.mjs';
import { RADIUS } from '../glyphs.mjs';
import { beside, place } from '../labels.mjs';
import { writtenOn } from '../ground/names.mjs';
import { CITY_MPU } from '../viewport.mjs';

const SIZE = [0, 17, 14, 13, 13]; // u by level
const LABELLED = 2; // levels whose regions are large enough in any scope
const EVENT_LABEL = 130; // u the label of a severe event takes at its right, as a rule
const COUNT_BELOW = [20, 8, 28]; // u below a district's name where its count of 一般 stands: to each side, from, to

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Palette} palette @param {Choropleth} map */
export function drawValues(c, vp, palette, map) {
  const { level, ctx, land } = map;
  if (level > LABELLED && (!ctx.scope || level > levelOf(ctx.scope) + 1)) return;
  const size = SIZE[level] * vp.unit;
  Object.assign(c, { font: `700 ${size}px ${palette.font}`, letterSpacing: '0px', textBaseline: 'middle', lineJoin: 'round', lineWidth: 3 * vp.unit, strokeStyle: palette.land, fillStyle: palette.ink });
  const names = new Map(writtenOn(vp).map(({ code, box }) => [code, box]));
  const spots = land.spots(level);
  const texts = map.shown().map((node) => ({ node, text: valueOf(map, node) })).filter(({ text }) => text);
  const wishes = texts.map(({ node, text }) => {
    const { x, y } = spots.get(node) ?? { x: 0, y: 0 };
    const [width, height] = [c.measureText(text).width, size * 1.1];
    const named = names.get(land.tree.codes[node]);
    const at = { x: vp.x(x), y: vp.y(y), radius: 0, width, height };
    return { ...at, spots: named ? beside(named, width, height) : [{ left: at.x - width / 2, top: at.y - height / 2 }] };
  });
  place(wishes, [0, 0, (ctx.map.stage.scene.card?.[0] ?? vp.width) * vp.dpr, vp.height * vp.dpr], taken(map, vp)).forEach((spot, k) => {
    if (!spot) return;
    c.strokeText(texts[k].text, spot.left, spot.top + wishes[k].height / 2);
    c.fillText(texts[k].text, spot.left, spot.top + wishes[k].height / 2);
  });
}

/** A rate of too few cases is not written. @param {Choropleth} map @param {number} node @returns {string} */
function valueOf(map, node) {
  const { data, scale } = map;
  return data && scale && classOf(scale, data.num[node], data.den[node]) !== SAMPLE ? map.value(node) : '';
}

/** What values must not cover. @param {Choropleth} map @param {Viewport} vp @returns {Box[]} */
function taken({ ctx: { map: { stage: { scene } } } }, vp) {
  const { unit, dpr } = vp;
  const boxes = writtenOn(vp).map(({ box }) => box);
  for (const box of scene.taken) boxes.push(/** @type {Box} */ (box.map((side) => side * dpr)));
  for (const { x, y, sev } of scene.pins) {
    const r = RADIUS[sev] * unit;
    if (sev > 2) boxes.push([vp.x(x) - r, vp.y(y) - r, vp.x(x) + r + EVENT_LABEL * unit, vp.y(y) + r]);
  }
  const [side, from, to] = COUNT_BELOW.map((u) => u * unit);
  if (vp.mpu > CITY_MPU) for (const { x, y } of scene.districts) boxes.push([vp.x(x) - side, vp.y(y) + from, vp.x(x) + side, vp.y(y) + to]);
  return boxes;
}
