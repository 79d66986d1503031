/**
 * The clock of a playback: a moment within a span, moved by hand or running at a speed. Pure; whoever has frames to
 * draw calls `advance`.
 */

/** How many times faster than life. */
export const SPEEDS = [1, 10, 60, 300];
const STEP_MS = 10_000;

export class Playback {
  /** @param {import('./span.mjs').Span} span */
  constructor(span) {
    this.span = span;
    this.at = span.to;
    this.speed = 60;
    this.playing = false;
  }

  /** Another span; the moment moves to its end, where the whole way has been gone. @param {import('./span.mjs').Span} span */
  load(span) {
    this.span = span;
    this.at = span.to;
    this.playing = false;
  }

  /** @param {number} ms UTC ms */
  seek(ms) {
    this.at = Math.min(this.span.to, Math.max(this.span.from, ms));
  }

  /** Play, or stop; from the beginning when at the end. */
  toggle() {
    if (!this.playing && this.at >= this.span.to) this.at = this.span.from;
    this.playing = !this.playing;
  }

  /** `ms` have passed in life. @param {number} ms @returns {boolean} whether it goes on */
  advance(ms) {
    if (!this.playing) return false;
    this.seek(this.at + ms * this.speed);
    this.playing = this.at < this.span.to;
    return this.playing;
  }

  /** What a key does: space plays, arrows step ten seconds (with shift a minute), home and end.
   * @param {string} key @param {boolean} far @returns {boolean} whether the key meant something */
  press(key, far) {
    const step = far ? 6 * STEP_MS : STEP_MS;
    switch (key) {
      case ' ': this.toggle(); break;
      case 'ArrowRight': case 'ArrowUp': this.seek(this.at + step); break;
      case 'ArrowLeft': case 'ArrowDown': this.seek(this.at - step); break;
      case 'PageUp': this.seek(this.at + 60 * STEP_MS); break;
      case 'PageDown': this.seek(this.at - 60 * STEP_MS); break;
      case 'Home': this.seek(this.span.from); break;
      case 'End': this.seek(this.span.to); break;
      default: return false;
    }
    return true;
  }
}
