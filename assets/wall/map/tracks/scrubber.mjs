/**
 * The bar of a playback along the map's lower edge: play, speed, the moment in words, and a slider over strips that show
 * when each worker moved, stood, and was silent. The clock is playback.mjs; what is drawn at a moment is the caller's.
 *
 * @typedef {import('./route.mjs').Route} Route
 * @typedef {import('./span.mjs').Span} Span
 */
import { button, choice } from '../controls.mjs';
import { el, setAttr, setHidden, setText, unit } from '../../dom.mjs';
import { Playback, SPEEDS } from './playback.mjs';
import { footOf } from '../room.mjs';
import { momentIn } from './span.mjs';
import { colourOf } from './trackdraw.mjs';

const FRAME_MS = 40;
const STILL_MS = 1000; // whoever wants no motion gets a step a second
const STRIP = 5; // u a worker's strip is high
const THICK = [3, 1.2]; // u: while moving or standing, and the line of a silence

export class Scrubber {
  /** @param {import('../../types.mjs').Context} ctx @param {() => void} moved the moment changed @param {() => void} closed */
  constructor(ctx, moved, closed) {
    this.ctx = ctx;
    this.moved = moved;
    this.play = new Playback({ from: 0, to: 1 });
    this.still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    /** @type {readonly Route[]} */
    this.routes = [];
    this.timer = 0;
    this.last = 0;
    const { t } = ctx;
    this.go = button('▶', 'go', () => this.#toggle());
    this.words = el('b', 'at');
    const speeds = SPEEDS.map((speed) => /** @type {[string, string]} */ ([String(speed), `×${speed}`]));
    this.speed = choice(t('play.speed'), speeds, String(this.play.speed), (speed) => (this.play.speed = Number(speed)));
    const shut = button('×', 'out', closed);
    setAttr(shut, 'aria-label', t('play.close'));
    this.strip = document.createElement('canvas');
    this.slider = this.#range();
    this.node = el('div', 'scrub', el('div', 'r', this.go, this.words, el('span', 'sp'), this.speed.node, shut), el('div', 'rail', this.strip, this.slider));
    this.node.addEventListener('keydown', (event) => this.#key(event));
    setHidden(this.node, true);
    footOf(ctx).append(this.node);
    new ResizeObserver(() => this.#drawStrip()).observe(this.strip);
    ctx.on('theme', () => this.#drawStrip());
    this.run = this.run.bind(this);
  }

  /** @returns {HTMLInputElement} */
  #range() {
    const slider = document.createElement('input');
    Object.assign(slider, { type: 'range', min: '0', step: '1000' });
    setAttr(slider, 'aria-label', this.ctx.t('play.moment'));
    slider.addEventListener('input', () => {
      this.play.playing = false;
      this.play.seek(this.play.span.from + Number(slider.value));
      this.show();
    });
    return slider;
  }

  /** The moment shown, UTC ms. */
  get at() {
    return this.play.at;
  }

  /** @param {readonly Route[]} routes @param {Span} span */
  load(routes, span) {
    this.routes = routes;
    const same = span.from === this.play.span.from && span.to === this.play.span.to;
    if (!same) this.play.load(span);
    this.slider.max = String(span.to - span.from);
    setHidden(this.node, routes.length === 0);
    if (!routes.length) this.play.playing = false;
    this.strip.style.height = `calc(${routes.length * STRIP}*var(--u))`;
    this.#drawStrip();
    this.show();
  }

  #toggle() {
    this.play.toggle();
    this.last = performance.now();
    this.show();
    if (this.play.playing) this.#next();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const button = event.target instanceof HTMLButtonElement || (event.target instanceof HTMLInputElement && event.target.type === 'radio');
    if (button && event.key !== 'Home' && event.key !== 'End') return; // buttons and segments have keys of their own
    const was = this.play.playing;
    if (!this.play.press(event.key, event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation(); // the map would pan
    this.last = performance.now();
    this.show();
    if (this.play.playing && !was) this.#next();
  }

  #next() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => (this.still ? this.run() : requestAnimationFrame(this.run)), this.still ? STILL_MS : FRAME_MS);
  }

  /** One step of a running playback. */
  run() {
    const now = performance.now();
    const on = this.play.advance(Math.min(now - this.last, 2 * STILL_MS)); // a hidden tab does not leap
    this.last = now;
    this.show();
    if (on) this.#next();
  }

  /** Put the moment into words, slider and map. */
  show() {
    const { at, span, playing } = this.play;
    const said = momentIn(at, span, this.ctx.t);
    setText(this.words, said);
    setText(this.go, playing ? '❚❚' : '▶');
    setAttr(this.go, 'aria-label', this.ctx.t(playing ? 'play.stop' : 'play.start'));
    setAttr(this.slider, 'aria-valuetext', said);
    this.slider.value = String(at - span.from);
    this.moved();
  }

  #drawStrip() {
    const { strip, routes, ctx: { map: { stage: { palette } } }, play: { span } } = this;
    const [wide, u] = [strip.clientWidth, unit()];
    if (!wide || !routes.length) return;
    const dpr = window.devicePixelRatio || 1;
    [strip.width, strip.height] = [Math.round(wide * dpr), Math.round(routes.length * STRIP * u * dpr)];
    const c = /** @type {CanvasRenderingContext2D} */ (strip.getContext('2d'));
    const x = (/** @type {number} */ ms) => ((ms - span.from) / (span.to - span.from)) * strip.width;
    routes.forEach(({ slot, legs, t, stops }, k) => {
      const middle = (k + 0.5) * STRIP * u * dpr;
      /** @type {(from: number, to: number, thick: number, colour: string) => void} */
      const bar = (from, to, thick, colour) => {
        c.fillStyle = colour;
        c.fillRect(x(from), middle - (thick * u * dpr) / 2, Math.max(dpr, x(to) - x(from)), thick * u * dpr);
      };
      const colour = colourOf(palette, slot);
      for (const [from, to] of legs) bar(t[from], t[to - 1], THICK[0], colour);
      for (let leg = 1; leg < legs.length; leg++) bar(t[legs[leg - 1][1] - 1], t[legs[leg][0]], THICK[1], palette.stale);
      for (const { from, to } of stops) {
        c.clearRect(x(from), middle - (STRIP * u * dpr) / 2, x(to) - x(from), STRIP * u * dpr);
        bar(from, to, THICK[0], `${colour}66`);
      }
    });
  }
}
