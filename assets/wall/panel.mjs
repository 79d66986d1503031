/**
 * How fresh each screen is, in words: connecting, live, late, stale, error, gap. It judges by what arrived and says so in
 * the header; what a stale screen does with its own content (stopped timers, no flash) the screen asks for here.
 *
 * @typedef {import('./types.mjs').Context} Context
 * @typedef {import('./types.mjs').Picture} Picture
 * @typedef {import('./types.mjs').LinkState} LinkState
 * @typedef {import('./types.mjs').Config} Config
 *
 * @typedef {{now: number, link: LinkState, streams: string[], picture: Pick<Picture, 'asOf'|'streams'>,
 *   config: Pick<Config, 'streams'|'words'>}} Evidence
 * @typedef {{level: 'live'|'late'|'stale'|'error'|'connecting', cause: 'link'|'stream'|null, age: number, words: string}} PanelState
 *   `age` of what decided the level, ms. `cause` link: this browser hears nothing, so nothing on the screen is current;
 *   stream: the link is fine but a feed stands still, so time limits go on running.
 */
import { ageText, clockText, translator } from './i18n.mjs';
import { byId, setHidden, setText } from './dom.mjs';

/** No frame for longer than this: the link is dead whatever it says (frames come at least once a second). */
export const SILENCE_MS = 3000;
/** After this long old content is no longer shown at all. */
export const GIVE_UP_MS = 30 * 60 * 1000;
const PAUSE_MS = 2500; // ticks come once a second

/** Screen → the streams it lives on. @type {Record<string, string[]>} */
export const STREAMS = {
  'screen-map': ['wall:positions', 'wall:events'],
  'screen-queue': ['wall:events'],
  'screen-workers': ['wall:positions', 'wall:workers'],
  'screen-kpi': ['wall:events'],
  'screen-desk': ['wall:events', 'wall:alarms'],
  'screen-event': ['wall:events'],
  'screen-handover': ['wall:events', 'wall:alarms'],
};
const ON_CHANGE_ONLY = new Set(['wall:workers']); // a roster that does not change is not late

/** @param {Evidence} evidence @returns {PanelState} */
export function panelState(evidence) {
  const { now, link, picture, config } = evidence;
  const t = translator(config.words);
  if (!picture.asOf) {
    const words = link.tries > 1 ? t('panel.connecting.tries', link.tries) : t('panel.connecting');
    return { level: 'connecting', cause: 'link', age: now - link.since, words };
  }
  const age = now - picture.asOf;
  if (age > GIVE_UP_MS) return { level: 'error', cause: 'link', age, words: t('panel.error.head') };
  if (age > SILENCE_MS) {
    return { level: 'stale', cause: 'link', age, words: t('panel.stale', ageText(age, t), clockText(picture.asOf)) };
  }
  return streamState(evidence, t);
}

/** The worst of the screen's streams. @param {Evidence} evidence @param {import('./i18n.mjs').Translate} t @returns {PanelState} */
function streamState({ now, streams, picture, config }, t) {
  /** @type {PanelState} */
  let worst = { level: 'live', cause: null, age: 0, words: '' };
  for (const stream of streams) {
    const state = oneStream(stream, picture.streams[stream], config.streams[stream], now, t);
    if (RANK[state.level] > RANK[worst.level]) worst = state;
  }
  return worst;
}

const RANK = { live: 0, late: 1, stale: 2, error: 3, connecting: 4 };

/**
 * @param {string} stream @param {number|undefined} last @param {{late_s: number, stale_s: number}|undefined} limit
 * @param {number} now @param {import('./i18n.mjs').Translate} t @returns {PanelState}
 */
function oneStream(stream, last, limit, now, t) {
  const name = t(`stream.${stream}`);
  if (!last) return { level: 'late', cause: 'stream', age: 0, words: t('panel.none', name) };
  const age = now - last;
  if (!limit || ON_CHANGE_ONLY.has(stream) || age <= limit.late_s * 1000) return { level: 'live', cause: null, age, words: '' };
  if (age <= limit.stale_s * 1000) return { level: 'late', cause: 'stream', age, words: t('panel.late', name, ageText(age, t)) };
  return { level: 'stale', cause: 'stream', age, words: t('panel.stale.stream', name, ageText(age, t), clockText(last)) };
}

/** True while nothing on a screen may count as current. @param {Context} ctx @param {number} now */
export const frozen = (ctx, now) => panelState({ ...ctx, now, streams: [] }).level !== 'live';

/** "缺口 14:02:10—14:02:25，15 秒，正在补取". @param {LinkState['gap']} gap @param {import('./i18n.mjs').Translate} t */
export function gapText(gap, t) {
  return gap ? t('panel.gap', clockText(gap.from), clockText(gap.to), ageText(gap.to - gap.from, t)) : '';
}

/**
 * Headers of all screens and of the console's columns. After a pause of this very page (a blocked thread, a sleeping machine) one tick is let pass:
 * the frames that came meanwhile wait behind it.
 * @param {Context} ctx @returns {{tick: (now: number) => void}}
 */
export function panels(ctx) {
  const painters = Object.keys(STREAMS).map((id) => painter(ctx, id));
  let last = -Infinity;
  return {
    tick(now) {
      const slept = Number.isFinite(last) && now - last > PAUSE_MS && ctx.link.state === 'live';
      last = now;
      if (!slept) painters.forEach((paint) => paint(now));
    },
  };
}

/** @param {Context} ctx @param {string} id @returns {(now: number) => void} */
function painter(ctx, id) {
  const root = byId(id);
  const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector(name));
  const [band, chip, asof, gap, notice] = ['.ph .staleband', '.ph .fc', '.ph .asof', '.band.gap', '.notice'].map(part);
  return (now) => {
    const state = panelState({ ...ctx, now, streams: STREAMS[id] });
    for (const level of Object.keys(RANK)) root.classList.toggle(`is-${level}`, level === state.level);
    root.classList.toggle('is-cut', state.cause === 'link'); // nothing here is current: stop flashing, grey the map
    const loud = state.level === 'stale' || state.level === 'error';
    setText(band, loud ? state.words : '');
    setText(chip, state.level === 'late' ? state.words : '');
    setHidden(chip, state.level !== 'late');
    setText(asof, asOfText(ctx, state, now));
    setText(gap, gapText(ctx.link.gap, ctx.t));
    setHidden(gap, !ctx.link.gap);
    paintNotice(ctx, notice, state);
  };
}

/** @param {Pick<Context, 'picture'|'link'|'t'>} ctx @param {PanelState} state @param {number} now @returns {string} */
export function asOfText(ctx, state, now) {
  if (state.level === 'connecting') return state.words;
  if (state.level === 'error') return ctx.t('panel.last', clockText(ctx.picture.asOf));
  if (state.cause === 'link' && ctx.link.tries > 0) return ctx.t('panel.retry', ctx.link.tries);
  const silent = state.level === 'stale' && state.cause === 'stream'; // then the screen is as old as its stream
  return ctx.t('panel.asof', clockText(silent ? now - state.age : ctx.picture.asOf));
}

/** @param {Context} ctx @param {HTMLElement} notice @param {PanelState} state */
function paintNotice(ctx, notice, state) {
  const shown = state.level === 'error' || state.level === 'connecting';
  setHidden(notice, !shown);
  if (!shown) return;
  const { t, picture, link } = ctx;
  if (state.level === 'connecting') setText(notice, t('panel.waiting'));
  else setText(notice, `${t('panel.error')}\n${t('panel.error.note', clockText(picture.asOf), link.tries)}`);
}
