/**
 * The scope on the maps: its outline, the rest of the city dimmed; what lies under the pointer there, and
 * where a click or a double click leads. Draws and answers; goes nowhere by itself.
 *
 * @typedef {import('../../types.mjs').Context} Context
 * @typedef {import('../viewport.mjs').Viewport} Viewport
 * @typedef {import('../layers.mjs').Layer} Layer
 * @typedef {import('./regions.mjs').Land} Land
 */
import { writtenOn } from '../ground/names.mjs';
import { pickPin } from '../pick.mjs';
import { CITY_MPU } from '../viewport.mjs';

/** The drawer's tools that leave clicks on the map to the regions. */
const QUIET_TOOLS = [null, 'choropleth', 'heat'];
const DIM = 0.62;
const EDGE = 2; // u
const MAPS = /** @type {const} */ (['map-situation', 'map-workers']);

/** Trace a region's outline. @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {readonly Float64Array[]} loops */
function trace(c, vp, loops) {
  for (const loop of loops) {
    for (let at = 0; at < loop.length; at += 2) c[at ? 'lineTo' : 'moveTo'](vp.x(loop[at]), vp.y(loop[at + 1]));
    c.closePath();
  }
}

/** The code of the region whose name stands at a point, '' for none. @param {Viewport} vp @param {number} x @param {number} y device pixels */
function nameAt(vp, x, y) {
  return writtenOn(vp).find(({ code, box }) => code && x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3])?.code ?? '';
}

/** Mercator of a device pixel. @param {Viewport} vp @param {number} x @param {number} y @returns {[number, number]} */
export const placeOf = (vp, x, y) => [(x / vp.dpr + vp.left) / vp.scale, (y / vp.dpr + vp.top) / vp.scale];

/** Whether a click there is the regions': no tool has the map's clicks for itself, and no event stands there.
 * @param {Context} ctx @param {Viewport} vp @param {number} x @param {number} y device pixels @returns {boolean} */
export function free(ctx, vp, x, y) {
  const { tools, stage } = ctx.map;
  return QUIET_TOOLS.includes(tools.shown) && !pickPin(stage.scene.pins, vp, x, y, vp.mpu > CITY_MPU ? 2 : 1);
}

/**
 * The layer of the scope. @param {Context} ctx @param {Land} land @param {(node: number) => void} go @returns {Layer}
 */
export function scopeLayer(ctx, land, go) {
  const { tree } = land;
  const here = () => Math.max(0, tree.node(ctx.scope));
  const towards = (/** @type {Viewport} */ vp, /** @type {number} */ x, /** @type {number} */ y) => {
    const inner = land.nodeAt(...placeOf(vp, x, y));
    return inner < 0 ? -1 : tree.towards(here(), inner);
  };
  const named = (/** @type {Viewport} */ vp, /** @type {number} */ x, /** @type {number} */ y) => {
    const code = nameAt(vp, x, y);
    return code && code !== ctx.scope && free(ctx, vp, x, y) ? tree.node(code) : -1;
  };
  let told = -1; // the region whose tip a click has brought up
  listen(ctx, towards, go);
  return {
    key: 'scope', under: false, veil: true, maps: MAPS,
    draw: (c, vp, palette) => drawScope(c, vp, palette, here() > 0 ? land.outline(here()) : []),
    hover(vp, x, y) {
      const name = named(vp, x, y);
      if (name > 0) return ctx.t('scope.drill', tree.place(name));
      if (told >= 0 && towards(vp, x, y) !== told) told = -1;
      return told < 0 ? null : tree.place(told);
    },
    click(vp, x, y) {
      const name = named(vp, x, y);
      if (name > 0) go(name);
      else told = towards(vp, x, y);
      return name > 0;
    },
  };
}

/** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {import('../palette.mjs').Palette} palette @param {readonly Float64Array[]} loops */
function drawScope(c, vp, palette, loops) {
  if (loops.length === 0) return;
  c.beginPath();
  c.rect(0, 0, c.canvas.width, c.canvas.height);
  trace(c, vp, loops);
  c.globalAlpha = DIM;
  c.fillStyle = palette.out;
  c.fill('evenodd');
  c.globalAlpha = 1;
  c.beginPath();
  trace(c, vp, loops);
  c.lineJoin = 'round';
  for (const [colour, width] of /** @type {[string, number][]} */ ([[palette.ground, EDGE + 2], [palette.ink2, EDGE]])) {
    c.strokeStyle = colour;
    c.lineWidth = width * vp.unit;
    c.stroke();
  }
}

/** Double click: one level down, or sideways outside; what its two clicks picked on the way is let go again. @param {Context} ctx
 * @param {(vp: Viewport, x: number, y: number) => number} towards @param {(node: number) => void} go */
function listen(ctx, towards, go) {
  let before = ctx.selection;
  document.addEventListener('mousedown', (event) => void (event.detail === 1 && (before = ctx.selection)), true);
  document.addEventListener('dblclick', (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const box = target?.closest('.wallmap');
    if (!box || target?.closest('.leaflet-control') || event.defaultPrevented) return;
    const view = [...ctx.map.stage.views].find(({ map }) => map.getContainer() === box);
    if (!view) return;
    const { x, y } = view.map.mouseEventToContainerPoint(event);
    const at = /** @type {const} */ ([view.vp, x * view.vp.dpr, y * view.vp.dpr]);
    if (!free(ctx, ...at)) return;
    if (ctx.selection !== before) ctx.select(before);
    go(towards(...at));
  });
}
