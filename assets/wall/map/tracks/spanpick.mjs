/**
 * Choosing a stretch of time: quick windows, or from and to typed in. Says what it comes to; asks nobody.
 *
 * @typedef {import('./span.mjs').Window} Window
 * @typedef {import('./span.mjs').Span} Span
 */
import { choice, field } from '../controls.mjs';
import { el, setHidden, setText } from '../../dom.mjs';
import { inputText, inputTime } from '../../i18n.mjs';
import { spanOf, spanText } from './span.mjs';

export class SpanPick {
  /** @param {import('../../types.mjs').Context} ctx @param {readonly Window[]} windows @param {Window} value @param {() => void} changed */
  constructor(ctx, windows, value, changed) {
    this.ctx = ctx;
    this.window = value;
    this.changed = changed;
    const { t } = ctx;
    const options = windows.map((key) => /** @type {[Window, string]} */ ([key, t(`span.${key}`)]));
    this.choice = choice(t('span.title'), options, value, (key) => this.#choose(key));
    this.from = this.#input();
    this.to = this.#input();
    this.typed = el('div', 'typed', field(t('span.from'), this.from), field(t('span.to'), this.to));
    this.words = el('p', 'says');
    this.node = el('div', 'spanpick', this.choice.node, this.typed, this.words);
    this.#show();
  }

  /** @returns {HTMLInputElement} */
  #input() {
    const input = document.createElement('input');
    input.type = 'datetime-local';
    input.addEventListener('change', () => {
      this.#show();
      this.changed();
    });
    return input;
  }

  /** @param {Window} key */
  #choose(key) {
    if (key === 'custom') this.#type(spanOf(this.window, this.ctx.now(), this.#typed()) ?? this.#lastHour());
    this.window = key;
    this.#show();
    this.changed();
  }

  /** @returns {Span} */
  #lastHour() {
    return { from: this.ctx.now() - 3_600_000, to: this.ctx.now() };
  }

  /** @param {Span} span */
  #type({ from, to }) {
    [this.from.value, this.to.value] = [inputText(from), inputText(to)];
  }

  /** @returns {Span} */
  #typed() {
    return { from: inputTime(this.from.value), to: inputTime(this.to.value) };
  }

  /** What is chosen, as of now; null for 「now」. @returns {Span|null} */
  span() {
    return spanOf(this.window, this.ctx.now(), this.#typed());
  }

  /** Choose a stretch that somebody else has found, to the minute around it. @param {Span} span */
  set({ from, to }) {
    this.window = 'custom';
    this.choice.set('custom');
    this.#type({ from, to: Math.ceil(to / 60_000) * 60_000 });
    this.#show();
  }

  #show() {
    setHidden(this.typed, this.window !== 'custom');
    const span = this.window === 'custom' ? null : this.span();
    setText(this.words, span ? spanText(span, this.ctx.now(), this.ctx.t) : '');
    setHidden(this.words, !span);
  }

  /** The clock goes on. */
  tick() {
    if (this.window !== 'custom') this.#show();
  }
}
