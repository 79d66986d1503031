/**
 * The strip of feeds in the bar on top: how old what each of them said last is, and what a feed says of itself (asked of the
 * server, `GET /api/feeds`): that it waits, was refused or has fallen silent, and why; that its clock is wrong.
 *
 * @typedef {import('./types.mjs').Context} Context
 * @typedef {import('./i18n.mjs').Translate} Translate
 * @typedef {{name: string, state: string, why: string, since_ms: number, skew_ms: number|null, unknown: number}} FeedState  See callbacks/feedlist.py.
 * @typedef {{key: string, name: string, level: 'fresh'|'late'|'stale'|'none', age: string, title: string}} FeedChip
 */
import { ageText, clockText, numberText } from './i18n.mjs';
import { arrange, el, setAttr, setText, slot } from './dom.mjs';
import { frozen } from './panel.mjs';

const UNKNOWN_FEED = { late_s: 1800, stale_s: 7200 }; // for a source the city pack does not list
const EXTRA_FEEDS = 3;
const SILENT = ['operator', 'fences', 'alarms', 'routing', 'past']; // people at seats, and watchers with nothing to tell: their silence is no fault
const TROUBLED = ['waiting', 'refused', 'silent'];
const SKEW_MS = 5000;
const EVERY_MS = 5000;

/** @param {FeedState|undefined} state */
const troubled = (state) => state !== undefined && TROUBLED.includes(state.state);

/**
 * Every configured source in its order, then up to three others, those in trouble first; ages as of `at`.
 * @param {Pick<Context, 'config'|'picture'|'t'|'name'>} ctx @param {number} at @param {Map<string, FeedState>} [states]
 * @returns {{chips: FeedChip[], more: number}}
 */
export function feedChips({ config, picture, t, name }, at, states = new Map()) {
  const seen = new Map(picture.feeds.map((feed) => [feed.source, feed]));
  const known = Object.keys(config.sources);
  const others = [...new Set([...seen.keys(), ...states.keys()])].filter((key) => !(key in config.sources) && !SILENT.includes(key))
    .sort((a, b) => Number(troubled(states.get(b))) - Number(troubled(states.get(a))) || (a < b ? -1 : 1));
  const chips = [...known, ...others.slice(0, EXTRA_FEEDS)].map((key) => {
    const feed = seen.get(key);
    const label = name(config.sources[key]?.name, key);
    const usual = feedAge(feed?.last, config.sources[key] ?? UNKNOWN_FEED, at, t);
    const title = t('top.feeds.title', label, numberText(feed?.records ?? 0), numberText(feed?.rejected ?? 0));
    return { key, name: label, ...said({ ...usual, title }, states.get(key), at, t) };
  });
  return { chips, more: Math.max(0, others.length - EXTRA_FEEDS) };
}

/**
 * @param {number|undefined} last @param {{late_s: number, stale_s: number}} limit @param {number} at @param {Translate} t
 * @returns {Pick<FeedChip, 'level'|'age'>}
 */
function feedAge(last, limit, at, t) {
  if (!last) return { level: 'none', age: t('top.feeds.none') };
  const [age, words] = [at - last, ageText(at - last, t)];
  if (age > limit.stale_s * 1000) return { level: 'stale', age: t('top.feeds.stale', words) };
  return { level: age > limit.late_s * 1000 ? 'late' : 'fresh', age: words };
}

/**
 * What a feed says of itself goes before its age.
 * @param {Pick<FeedChip, 'level'|'age'|'title'>} usual @param {FeedState|undefined} state @param {number} at @param {Translate} t
 * @returns {Pick<FeedChip, 'level'|'age'|'title'>}
 */
function said(usual, state, at, t) {
  if (!state) return usual;
  const title = [usual.title, state.why, state.unknown > 0 ? t('top.feeds.unknown', numberText(state.unknown)) : ''].filter(Boolean).join('\n');
  if (troubled(state)) return { level: 'stale', age: `${t(`feeds.state.${state.state}`)} ${ageText(at - state.since_ms, t)}`, title };
  if (usual.level === 'stale' || Math.abs(state.skew_ms ?? 0) <= SKEW_MS) return { ...usual, title };
  return { level: 'late', age: `${usual.age} · ${skewText(state.skew_ms ?? 0, t)}`, title };
}

/** Below zero its clock is ahead for certain, for nothing arrives before it was sent. @param {number} skew @param {Translate} t */
export const skewText = (skew, t) => t(skew < 0 ? 'feeds.ahead' : 'feeds.behind', ageText(Math.abs(skew), t));

/** What feeds say of themselves; an answer that has not come when the next is due is given up. @returns {Promise<FeedState[]|null>} */
export async function hearFeeds() {
  try {
    const answer = await fetch('/api/feeds', { signal: AbortSignal.timeout(EVERY_MS) });
    return answer.ok ? (await answer.json()).feeds : null;
  } catch {
    return null; // the ages of what is in the picture are shown all the same
  }
}

/** @param {Context} ctx @param {HTMLElement} root */
export function feeds(ctx, root) {
  const [box, label] = [slot(root, 'feeds'), slot(root, 'feeds-label')];
  const more = el('span', 'fc more');
  /** @type {Map<string, HTMLElement>} */
  const nodes = new Map();
  /** @type {Map<string, FeedState>} */
  let states = new Map();
  let due = -Infinity;
  const hear = async () => {
    const found = await hearFeeds();
    if (found) states = new Map(found.filter((feed) => feed.state).map((feed) => [feed.name, feed]));
  };
  return {
    tick(/** @type {number} */ now) {
      if (now >= due) [due] = [now + EVERY_MS, void hear()];
      const cut = frozen(ctx, now) && ctx.picture.asOf > 0;
      const { chips, more: rest } = feedChips(ctx, cut ? ctx.picture.asOf : now, states); // unheard is not late: ages stop with the link
      setText(label, cut ? ctx.t('top.feeds.down', clockText(ctx.picture.asOf)) : ctx.t('top.feeds'));
      box.parentElement?.classList.toggle('cut', cut);
      arrange(box, chips.map((chip) => paintChip(nodes, chip)));
      if (rest > 0) box.append(more);
      setText(more, ctx.t('top.feeds.more', rest));
    },
  };
}

/** @param {Map<string, HTMLElement>} nodes @param {FeedChip} chip @returns {HTMLElement} */
function paintChip(nodes, { key, name, level, age, title }) {
  const node = nodes.get(key) ?? el('span', '', el('span', 'el'), el('b', ''));
  nodes.set(key, node);
  setAttr(node, 'class', `fc ${level}`);
  setAttr(node, 'data-source', key);
  setAttr(node, 'title', title);
  setText(node.children[0], name);
  setText(node.children[1], age);
  return node;
}
