/**
 * What features of the map add to it: drawings below or above the workers. Keeps a list and says when one changed; draws
 * nothing itself.
 *
 * @typedef {import('./viewport.mjs').Viewport} Viewport
 * @typedef {import('./palette.mjs').Palette} Palette
 * @typedef {'map-situation'|'map-workers'} MapName
 * @typedef {{key: string, under: boolean, maps: readonly MapName[],
 *   draw: (c: CanvasRenderingContext2D, vp: Viewport, palette: Palette) => void,
 *   hover?: (vp: Viewport, x: number, y: number) => string|null,
 *   click?: (vp: Viewport, x: number, y: number) => boolean, last?: boolean, veil?: boolean}} Layer
 *   `under`: below cells, names and workers, else above all of them. `draw` is called on a cleared canvas of the view's
 *   size, when the view came to rest, the colours changed or `touch` was called. `x`, `y` device pixels: `hover` gives the
 *   tip's words, null where nothing of this layer lies; `click` whether the layer took the click,
 *   `last`: only where neither an event nor a worker was hit; `veil`: above the workers, but below events and every label.
 */

export class Layers {
  /** @param {(under: boolean) => void} changed something must be drawn anew */
  constructor(changed) {
    this.changed = changed;
    /** @type {Map<string, Layer>} */
    this.byKey = new Map();
  }

  /** Put a layer on its maps, above those added before; one of the same key is replaced. @param {Layer} layer */
  add(layer) {
    this.byKey.set(layer.key, layer);
    this.changed(layer.under);
  }

  /** @param {string} key */
  remove(key) {
    const layer = this.byKey.get(key);
    this.byKey.delete(key);
    if (layer) this.changed(layer.under);
  }

  /** What a layer draws has changed. @param {string} key */
  touch(key) {
    const layer = this.byKey.get(key);
    if (layer) this.changed(layer.under);
  }

  /** The layers of one map, lowest first. @param {MapName} map @param {boolean} [under] @returns {Layer[]} */
  of(map, under) {
    return [...this.byKey.values()].filter((layer) => layer.maps.includes(map) && (under === undefined || layer.under === under));
  }
}
