/**
 * A drawing that is costly and keeps still: painted into an image of its own when the view has come to rest, and moved
 * along as that image while a person drags or zooms. Paints nothing itself.
 *
 * @typedef {import('../viewport.mjs').Viewport} Viewport
 * @typedef {import('../palette.mjs').Palette} Palette
 * @typedef {{scale: number, left: number, top: number, width: number, height: number, dpr: number}} View
 */

const REST_MS = 140;

/** @param {Viewport} vp @returns {View} */
const viewOf = ({ scale, left, top, width, height, dpr }) => ({ scale, left, top, width, height, dpr });

/** @param {View|null} a @param {View} b @returns {boolean} */
export function sameView(a, b) {
  return !!a && /** @type {(keyof View)[]} */ (['scale', 'left', 'top', 'width', 'height', 'dpr']).every((key) => a[key] === b[key]);
}

/** Where an image of view `a` lies in view `b`, device pixels: left, top, width, height.
 * @param {View} a @param {View} b @returns {[number, number, number, number]} */
export function carried(a, b) {
  const zoom = b.scale / a.scale;
  return [(a.left * zoom - b.left) * b.dpr, (a.top * zoom - b.top) * b.dpr, a.width * zoom * b.dpr, a.height * zoom * b.dpr];
}

export class Still {
  /**
   * @param {(image: HTMLCanvasElement, vp: Viewport, palette: Palette) => void} paint sets the image's size and fills it
   * @param {() => void} again asks for a drawing when the view has rested
   */
  constructor(paint, again) {
    this.paint = paint;
    this.again = again;
    /** @type {HTMLCanvasElement|null} */
    this.image = null;
    /** @type {View|null} */
    this.view = null;
    /** @type {Palette|null} */
    this.palette = null;
    this.timer = 0;
  }

  /** What it shows has changed: the next drawing paints anew. */
  outdate() {
    this.palette = null;
  }

  /** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Palette} palette */
  draw(c, vp, palette) {
    const now = viewOf(vp);
    const resized = !this.view || this.view.width !== now.width || this.view.height !== now.height;
    if (resized || this.palette !== palette) this.#repaint(vp, palette);
    else if (!sameView(this.view, now)) this.#later();
    if (this.image && this.view) c.drawImage(this.image, ...carried(this.view, now));
  }

  /** @param {Viewport} vp @param {Palette} palette */
  #repaint(vp, palette) {
    clearTimeout(this.timer);
    this.image ??= document.createElement('canvas');
    this.view = viewOf(vp);
    this.palette = palette;
    this.paint(this.image, vp, palette);
  }

  #later() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.outdate();
      this.again();
    }, REST_MS);
  }
}
