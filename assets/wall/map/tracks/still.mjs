/**
 * A drawing that is costly and keeps still: painted into an image of its own when the view has come to rest, and moved
 * along as that image while a person drags or zooms. One that takes long is painted in steps between frames, behind the
 * image it will replace. Paints nothing itself.
 *
 * @typedef {import('../viewport.mjs').Viewport} Viewport
 * @typedef {import('../palette.mjs').Palette} Palette
 * @typedef {Generator<void, void>|void} Steps  What is left to paint after each step.
 * @typedef {{scale: number, left: number, top: number, width: number, height: number, dpr: number}} View
 */

const REST_MS = 140;
const SLICE_MS = 10; // of painting before other work gets its turn

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

/** Recorded drawing becomes pixels now, so that the time it takes is seen. @param {HTMLCanvasElement} image */
function settle(image) {
  image.getContext('2d')?.getImageData(0, 0, 1, 1);
}

export class Still {
  /**
   * @param {(image: HTMLCanvasElement, vp: Viewport, palette: Palette) => Steps} paint sets the image's size and fills it
   * @param {() => void} again asks for a drawing when the view has rested, and when a long painting is done
   */
  constructor(paint, again) {
    this.paint = paint;
    this.again = again;
    /** Shown, and the one to paint on next. @type {(HTMLCanvasElement|null)[]} */
    this.images = [null, null];
    /** Of the image shown. @type {View|null} */
    this.view = null;
    /** @type {Palette|null} */
    this.palette = null;
    /** What is being painted. @type {{image: HTMLCanvasElement, view: View, palette: Palette, steps: Generator<void, void>}|null} */
    this.job = null;
    this.timer = 0;
  }

  /** What it shows has changed: the next drawing paints anew. */
  outdate() {
    this.palette = null;
    this.job = null;
  }

  /** @param {CanvasRenderingContext2D} c @param {Viewport} vp @param {Palette} palette */
  draw(c, vp, palette) {
    const now = viewOf(vp);
    if (this.job && (!sameView(this.job.view, now) || this.job.palette !== palette)) this.job = null;
    const resized = !this.view || this.view.width !== now.width || this.view.height !== now.height;
    if ((resized || this.palette !== palette) && !this.job) this.#repaint(vp, palette);
    else if (!this.job && !sameView(this.view, now)) this.#later();
    if (this.images[0] && this.view) c.drawImage(this.images[0], ...carried(this.view, now));
  }

  /** @param {Viewport} vp @param {Palette} palette */
  #repaint(vp, palette) {
    clearTimeout(this.timer);
    const image = (this.images[1] ??= document.createElement('canvas'));
    const steps = this.paint(image, vp, palette);
    if (!steps) return this.#show(image, viewOf(vp), palette);
    this.job = { image, view: viewOf(vp), palette, steps };
    this.#work(this.job);
  }

  /** Paint for a while; after the first time in a task of its own. @param {NonNullable<Still['job']>} job */
  #work(job) {
    const until = performance.now() + SLICE_MS;
    for (let done = false; !done; settle(job.image)) {
      done = job.steps.next().done ?? false;
      if (done) return this.#show(job.image, job.view, job.palette);
      if (performance.now() >= until) break;
    }
    setTimeout(() => {
      if (this.job !== job) return; // the view moved, or it shows something else by now
      this.#work(job);
      if (!this.job) this.again();
    });
  }

  /** @param {HTMLCanvasElement} image @param {View} view @param {Palette} palette */
  #show(image, view, palette) {
    this.images = [image, this.images[0]];
    [this.view, this.palette, this.job] = [view, palette, null];
  }

  #later() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.outdate();
      this.again();
    }, REST_MS);
  }
}
