/**
 * Bars of the workers screen's own page: patrol coverage by region, and utilisation by region and role. Every share with its
 * parts, its rule, and since when it is counted.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('./staff.mjs').Bar} Bar
 */
import { minuteText, momentText, numberText, rateText } from '../i18n.mjs';
import { arrange, el, setAttr, setText, slot } from '../dom.mjs';
import { areaName } from './place.mjs';
import { ROLES } from './roster.mjs';
import { coverage, spent, utilisation, utilisationByRole } from './staff.mjs';

/** So many regions have a bar: the least visited, the busiest. */
const MOST = 6;

/** @param {Context} ctx @param {HTMLElement} root @returns {() => void} paints */
export function mount(ctx, root) {
  const patrol = panel(root, 'patrol');
  const use = panel(root, 'use');
  return () => {
    const { staff, posts } = ctx.picture;
    if (!staff) return;
    const named = (/** @type {Bar} */ bar) => ({ ...bar, name: areaName(ctx, bar.code, staff) });
    const all = { code: '', name: ctx.t(ctx.scope ? 'workers.sum' : 'workers.city'), num: staff.total.visited, den: staff.total.grids };
    const cut = staff.rows.length > MOST ? ` · ${ctx.t('workers.cut', MOST, staff.rows.length)}` : '';
    patrol([...coverage(staff).slice(0, MOST).map(named), all], ctx.t('workers.patrol.rule', posts?.rule.dwell_s ?? 0) + cut, sinceText(ctx, staff.since), numberText);
    if (!posts) return;
    const roles = utilisationByRole(posts).map((bar) => ({ ...bar, code: `role${bar.code}`, name: ctx.t(`role.${ROLES[Number(bar.code)]}`) }));
    const sum = { ...all, ...spent(posts.use[posts.use.length - 1]) };
    use([...utilisation(staff, posts).slice(0, MOST).map(named), sum, ...roles], ctx.t('workers.use.rule') + cut, sinceText(ctx, posts.since), hours);
  };
}

/** "自 08:12 起"; nothing when it is since midnight, which the title says. @param {Context} ctx @param {number|null} since */
function sinceText(ctx, since) {
  if (since === null) return '';
  return minuteText(since) === '00:00' ? '' : ctx.t('workers.since', momentText(since, ctx.now(), ctx.t));
}

/** 95 minutes → "1.6 h". @param {number} minutes */
const hours = (minutes) => `${(minutes / 60).toFixed(minutes < 6000 ? 1 : 0)} h`;

/** @param {HTMLElement} root @param {string} kind @returns {(bars: Bar[], rule: string, since: string, part: (n: number) => string) => void} */
function panel(root, kind) {
  const [box, note] = [slot(root, kind), slot(root, `${kind}-note`)];
  const rule = el('p', 'rule');
  /** @type {Map<string, HTMLElement>} */
  const lines = new Map();
  return (bars, words, since, part) => {
    setText(note, since);
    setText(rule, words);
    arrange(box, [...bars.map((bar) => {
      const node = lines.get(bar.code) ?? el('div', `hbar ${bar.code === '' ? 'tot' : bar.code.startsWith('role') ? 'role' : ''}`, el('span', 'el'), el('span', 'trk2', el('i', '')), el('b', ''), el('em', ''));
      lines.set(bar.code, node);
      return painted(node, bar, part);
    }), rule]);
  };
}

/** @param {HTMLElement} node @param {Bar} bar @param {(n: number) => string} part */
function painted(node, { name, num, den }, part) {
  const rate = rateText({ num, den });
  const [label, track, value, parts] = node.children;
  setText(label, name);
  setAttr(track.children[0], 'style', `width:${den > 0 ? Math.min(100, (num / den) * 100).toFixed(2) : 0}%`);
  setText(value, den > 0 ? `${rate}%` : rate);
  setText(parts, `${part(num)} / ${part(den)}`);
  return node;
}
