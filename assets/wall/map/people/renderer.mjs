/**
 * Which way the maps are drawn: WebGL where a real GPU does it, canvas where software would have to. And how often a context
 * may be lost before the canvas stays. Decides; draws nothing.
 *
 * @typedef {'webgl'|'canvas'} Renderer
 * @typedef {{name: string}|null} Gpu  What draws WebGL here, by its own name; null when nothing does, or nothing fast.
 */

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render|virgl/i;
const MOST_LOSSES = 3;
const WITHIN_MS = 60_000;

/**
 * @param {string} search of the page's address; `renderer=webgl` or `renderer=canvas` decides for tests and support
 * @param {() => Gpu} probe asked only when the address does not say @returns {Renderer}
 */
export function chooseRenderer(search, probe) {
  const asked = new URLSearchParams(search).get('renderer');
  if (asked === 'webgl' || asked === 'canvas') return asked;
  const gpu = probe();
  return gpu && !SOFTWARE.test(gpu.name) ? 'webgl' : 'canvas';
}

/** Ask a throw-away context. Browsers on software do not all admit to a caveat; most give the name. @returns {Gpu} */
export function probeGpu() {
  const gl = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (!gl) return null;
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return { name };
}

/** @type {Renderer|null} */
let chosen = null;

/** The page's renderer, found once. @returns {Renderer} */
export function rendererOfPage() {
  return (chosen ??= chooseRenderer(location.search, probeGpu));
}

/** Counts lost contexts: after three within a minute there is no way back. */
export class Losses {
  constructor() {
    /** @type {number[]} */
    this.times = [];
    this.final = false;
  }

  /** A context is lost. @param {number} t monotonic ms @returns {boolean} whether it may come back */
  add(t) {
    this.times = [...this.times.filter((at) => t - at < WITHIN_MS), t];
    this.final ||= this.times.length >= MOST_LOSSES;
    return !this.final;
  }
}
