/**
 * The bar on top: events nobody has accepted, the link, the clock, the strip of feeds, the band of a recording. It also
 * drives the headers of all four screens (panel.mjs). Counts nothing but events waiting at the first step.
 *
 * @typedef {import('./types.mjs').Context} Context
 * @typedef {import('./types.mjs').Screen} Screen
 * @typedef {import('./types.mjs').Tape} Tape
 * @typedef {import('./types.mjs').Picture} Picture
 * @typedef {import('./i18n.mjs').Translate} Translate
 */
import { ageText, clockText, dateText, dayText, numberText, shiftText, weekdayText } from './i18n.mjs';
import { arrange, byId, el, setAttr, setHidden, setText, slot } from './dom.mjs';
import { feeds } from './feedstrip.mjs';
import { frozen, panelState, panels } from './panel.mjs';

const WAITING = [4, 3, 2];

/** Events still at the first step, by severity 0–4. @param {Pick<Picture, 'events'>} picture @returns {number[]} */
export function waiting(picture) {
  const counts = [0, 0, 0, 0, 0];
  for (const event of picture.events.values()) if (event.step === 'reported') counts[event.sev] += 1;
  return counts;
}

/** The instant a recording shows at `now`. @param {Tape} tape @param {number} now */
export const tapeClock = (tape, now) => tape.tape_start + (now - tape.wall_start) * tape.speed;

/** The words of the recording band, [] when there is no recording. @param {Tape[]} tapes @param {number} now @param {Translate} t */
export function tapeWords(tapes, now, t) {
  if (tapes.length === 0) return [];
  const playing = tapes.filter((tape) => tape.state === 'playing');
  const shifted = tapes.some((tape) => tape.shifted) ? [t('tape.shifted')] : [];
  if (playing.length === 0) return [t('tape.ended'), ...tapes.map((tape) => tape.tape), ...shifted, t('tape.live')];
  const clocks = playing.map((tape) => {
    const at = tapeClock(tape, now);
    return `${tape.tape} ${dayText(at, t)} ${clockText(at)} ${t('tape.speed', tape.speed)}`;
  });
  return [t('tape.playing'), ...clocks, ...shifted, t('tape.live')];
}

/** @param {Pick<Context, 'link'|'t'>} ctx @param {number} now @returns {{words: string, detail: string}} */
export function linkWords({ link, t }, now) {
  if (link.state === 'live') return { words: t('link.live'), detail: link.rtt === null ? '' : t('link.rtt', Math.round(link.rtt)) };
  if (link.state === 'down') return { words: t('link.down', ageText(now - link.since, t), link.tries), detail: '' };
  return { words: link.tries > 1 ? t('link.connecting.tries', link.tries) : t('link.connecting'), detail: '' };
}

/** @param {Context} ctx @returns {Screen} */
export function mount(ctx) {
  const root = byId('top');
  const parts = [panels(ctx), clock(ctx, root), link(ctx, root), feeds(ctx, root), tapes(ctx, root)];
  const count = counter(ctx, root);
  const cut = (/** @type {number} */ now) => {
    const { level } = panelState({ ...ctx, now, streams: [] });
    root.classList.toggle('is-cut', level !== 'live');
    root.classList.toggle('is-error', level === 'error');
  };
  const insecure = slot(root, 'insecure');
  setText(insecure, ctx.config.insecure ? ctx.t('top.insecure', ctx.config.insecure) : '');
  setHidden(insecure, !ctx.config.insecure);
  return {
    frame(change) {
      if (root.classList.contains('is-cut')) this.tick(ctx.now()); // the link is back: say so now
      if (change.snapshot || change.put.length > 0 || change.del.length > 0) count(ctx.now());
    },
    tick(now) {
      parts.forEach((part) => part.tick(now));
      cut(now);
    },
  };
}

/** @param {Context} ctx @param {HTMLElement} root @returns {(now: number) => void} */
function counter(ctx, root) {
  const chips = WAITING.map((level) => {
    const number = slot(root, `wait-${level}`);
    return { level, number, chip: /** @type {HTMLElement} */ (number.parentElement) };
  });
  return (now) => {
    const counts = waiting(ctx.picture);
    for (const { level, number, chip } of chips) {
      setText(number, numberText(counts[level]));
      chip.classList.toggle('none', counts[level] === 0);
      if (level === 4) flash(chip, counts[level] > 0, now);
    }
  };
}

/** The one flash, in step on every screen of the wall. @param {HTMLElement} node @param {boolean} on @param {number} now */
export function flash(node, on, now) {
  if (node.classList.contains('flashfill') === on) return;
  node.style.animationDelay = on ? `${-(now % 1000)}ms` : '';
  node.classList.toggle('flashfill', on);
}

/** @param {Context} ctx @param {HTMLElement} root */
function clock(ctx, root) {
  const [date, shift, time] = ['date', 'shift', 'clock'].map((name) => slot(root, name));
  return {
    tick(/** @type {number} */ now) {
      setText(time, clockText(now));
      setText(date, dateText(now, ctx.t));
      const free = ctx.link.state !== 'live'; // runs on from the last known offset, and says so
      time.classList.toggle('free', free);
      setText(shift, `${weekdayText(now, ctx.t)} · ${free ? ctx.t('top.clock.free') : shiftText(now, ctx.t)}`);
    },
  };
}

/** @param {Context} ctx @param {HTMLElement} root */
function link(ctx, root) {
  const text = slot(root, 'link');
  const box = /** @type {HTMLElement} */ (text.parentElement);
  const words = text.appendChild(el('span', ''));
  const detail = text.appendChild(el('em', ''));
  text.firstChild?.remove();
  return {
    tick(/** @type {number} */ now) {
      const said = linkWords(ctx, now);
      setText(words, said.words);
      setText(detail, said.detail);
      setAttr(box, 'data-state', ctx.link.state);
    },
  };
}

/** @param {Context} ctx @param {HTMLElement} root */
function tapes(ctx, root) {
  const band = slot(root, 'tapes');
  return {
    tick(/** @type {number} */ now) {
      const words = tapeWords(ctx.picture.tapes, frozen(ctx, now) ? ctx.picture.asOf : now, ctx.t);
      setHidden(band, words.length === 0);
      document.documentElement.classList.toggle('replay', words.length > 0);
      document.documentElement.style.setProperty('--wm', JSON.stringify(words.length > 0 ? ctx.t('tape.playing') : ''));
      arrange(band, words.map((text, place) => band.children[place] ?? el('span', '')));
      words.forEach((text, place) => setText(band.children[place], text));
    },
  };
}
