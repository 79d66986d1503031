/**
 * The tile of concerns: a tab for each with its count, the rule in words, the lines. Until a person chooses a tab it shows
 * the first concern there is; a call for help comes first, and is the only red thing on this screen.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('./concerns.mjs').Concern} Concern
 * @typedef {import('./concerns.mjs').Line} Line
 */
import { ageText, numberText } from '../i18n.mjs';
import { arrange, el, setAttr, setHidden, setText, slot, unit } from '../dom.mjs';
import { CONCERNS, LIMITS, callLines, calls, countsOf, lowLines, silentLines, silentRows, vacancyLines } from './concerns.mjs';

const MOST = 200;
const MINUTE = 60_000;
const SCAN_MS = 5000;
const LINE_U = 25;

/** @param {Context} ctx @param {HTMLElement} root @returns {(now: number, force: boolean) => void} */
export function mount(ctx, root) {
  const tile = new Attention(ctx, root);
  return (now, force) => tile.paint(now, force);
}

class Attention {
  /** @param {Context} ctx @param {HTMLElement} root */
  constructor(ctx, root) {
    this.ctx = ctx;
    this.limit = LIMITS.find((minutes) => minutes * MINUTE >= ctx.config.fix.lost_s * 1000) ?? LIMITS[0];
    this.duty = false;
    /** @type {Concern|null} what a person chose */
    this.chosen = null;
    this.scanned = -Infinity;
    this.box = slot(root, 'attn');
    this.sos = slot(root, 'sos');
    this.rule = el('span', 'el');
    this.options = el('span', 'opts');
    slot(root, 'attn-rule').append(this.rule, this.options);
    this.tabs = this.makeTabs(slot(root, 'attn-tabs'));
    this.choices = this.makeChoices();
    this.none = el('p', 'none');
    this.more = el('p', 'none');
    /** @type {Map<string, HTMLElement>} */
    this.nodes = new Map();
    this.box.addEventListener('click', (event) => this.pick(event.target));
    this.box.addEventListener('keydown', (event) => { if (event.key === 'Enter') this.pick(event.target); });
    this.sos.addEventListener('click', () => this.choose('sos'));
    new ResizeObserver(() => this.paint(ctx.now(), true)).observe(this.box);
  }

  /** @param {HTMLElement} bar */
  makeTabs(bar) {
    const tabs = CONCERNS.map((key) => {
      const count = el('b', '');
      const node = el('button', `tab t-${key}`, el('i', 'shape s4'), this.ctx.t(`workers.tab.${key}`), count);
      for (const [name, value] of [['type', 'button'], ['role', 'tab'], ['data-tab', key]]) setAttr(node, name, value);
      node.addEventListener('click', () => this.choose(key));
      return { key, node, count };
    });
    bar.append(...tabs.map(({ node }) => node));
    bar.addEventListener('keydown', ({ key }) => {
      const at = tabs.findIndex(({ node }) => node === document.activeElement);
      const to = tabs[at + (key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0)];
      if (at >= 0 && to) to.node.focus();
    });
    return tabs;
  }

  /** Small buttons beside the rule: how long a silence, roster or duty. */
  makeChoices() {
    const { t } = this.ctx;
    const limits = LIMITS.map((minutes) => this.choice('lost', t('workers.lost.limit', minutes), () => this.limit === minutes, () => { this.limit = minutes; }));
    const kinds = [false, true].map((duty) => this.choice('gaps', t(duty ? 'workers.gaps.duty' : 'workers.gaps.roster'), () => this.duty === duty, () => { this.duty = duty; }));
    return [...limits, ...kinds];
  }

  /** @param {Concern} tab @param {string} words @param {() => boolean} on @param {() => void} set */
  choice(tab, words, on, set) {
    const node = el('button', 'opt', words);
    setAttr(node, 'type', 'button');
    node.addEventListener('click', () => { set(); this.paint(this.ctx.now(), true); });
    this.options.append(node);
    return { tab, node, on };
  }

  /** @param {Concern} key */
  choose(key) {
    this.chosen = key;
    this.paint(this.ctx.now(), true);
  }

  /** @param {EventTarget|null} target */
  pick(target) {
    const id = target instanceof Element ? target.closest('[data-worker-id]')?.getAttribute('data-worker-id') : null;
    if (id) this.ctx.select({ kind: 'worker', id });
  }

  /** @param {number} now @param {boolean} force */
  paint(now, force) {
    if ((!force && now - this.scanned < SCAN_MS && !this.box.matches('.t-sos')) || !this.ctx.picture.asOf) return;
    this.scanned = now;
    const counts = countsOf(this.ctx, now, this.limit, this.duty);
    const shown = counts.sos > 0 && this.chosen === null ? 'sos' : this.chosen ?? CONCERNS.find((key) => counts[key] > 0) ?? 'gaps';
    this.paintTabs(counts, shown);
    setText(this.rule, this.words(shown, 'rule'));
    setAttr(this.rule, 'title', this.words(shown, 'rule'));
    for (const { tab, node, on } of this.choices) {
      setHidden(node, tab !== shown);
      setAttr(node, 'aria-pressed', String(on()));
    }
    this.list(this.lines(shown, now), shown, counts[shown]);
  }

  /** @param {Record<Concern, number>} counts @param {Concern} shown */
  paintTabs(counts, shown) {
    for (const { key, node, count } of this.tabs) {
      setText(count, numberText(counts[key]));
      setAttr(node, 'aria-selected', String(key === shown));
      node.classList.toggle('some', counts[key] > 0);
    }
    setHidden(this.sos, counts.sos === 0);
    const first = calls(this.ctx)[0];
    if (!first) return;
    const { names, rowOf } = this.ctx.picture.workers;
    const row = rowOf.get(first.device);
    if (this.sos.childElementCount === 0) this.sos.append(el('i', 'shape s4'), this.ctx.t('workers.sos'), el('b', ''), el('span', ''));
    setText(this.sos.children[1], numberText(counts.sos));
    setText(this.sos.children[2], (row === undefined ? '' : names[row]) || first.device);
  }

  /** @param {Concern} shown @param {number} now @returns {Line[]} */
  lines(shown, now) {
    const { ctx } = this;
    if (shown === 'sos') return callLines(ctx, now);
    if (shown === 'gaps') return vacancyLines(ctx, this.duty);
    if (shown === 'low') return lowLines(ctx);
    return silentLines(ctx, silentRows(ctx, now, this.limit * MINUTE, shown === 'never').slice(0, MOST));
  }

  /** The rule of a concern, or what is said when there is none. @param {Concern} shown @param {'rule'|'none'} what */
  words(shown, what) {
    const { t, picture: { posts } } = this.ctx;
    const rule = what === 'rule';
    if (shown === 'gaps' && rule) return t(this.duty ? 'workers.gaps.dutyrule' : 'workers.gaps.rule', `${(posts?.rule.stand_in_m ?? 0) / 1000} km`);
    if (shown === 'gaps') return t(this.duty ? 'workers.gaps.nobare' : 'workers.gaps.none');
    if (shown === 'lost') return t(rule ? 'workers.lost.rule' : 'workers.lost.none', ageText(this.limit * MINUTE, t));
    if (shown === 'low') return t(rule ? 'workers.low.rule' : 'workers.low.none', posts?.rule.low ?? 0);
    if (shown === 'sos') return t(rule ? 'workers.sos.rule' : 'workers.sos.none');
    return t(rule ? 'workers.never.rule' : 'workers.never.none');
  }

  /** @param {Line[]} lines @param {Concern} shown @param {number} count */
  list(lines, shown, count) {
    this.box.className = `tile-body t-${shown}`;
    const keep = new Set(lines.map(({ key }) => shown + key));
    for (const key of [...this.nodes.keys()]) if (!keep.has(key)) this.nodes.delete(key);
    setText(this.none, this.words(shown, 'none'));
    const left = shown === 'gaps' ? 0 : count - lines.length;
    setText(this.more, this.ctx.t('workers.more', numberText(left)));
    const nodes = lines.slice(0, this.room()).map((line) => this.line(shown + line.key, line));
    arrange(this.box, nodes.length === 0 ? [this.none] : left > 0 ? [...nodes, this.more] : nodes);
  }

  /** How many lines fit: on the wall of four there is nobody to scroll, and no line may be cut through. */
  room() {
    if (document.body.dataset.page === 'workers') return MOST;
    return Math.max(1, Math.floor(this.box.clientHeight / (LINE_U * unit())));
  }

  /** @param {string} key @param {Line} line */
  line(key, { worker, kind, words }) {
    const node = this.nodes.get(key) ?? el('div', '', el('b', ''), el('span', 'role'), el('span', 'el'), el('em', ''));
    this.nodes.set(key, node);
    node.className = `line ${kind}`;
    setAttr(node, 'data-worker-id', worker);
    setAttr(node, 'tabindex', worker ? '0' : '-1');
    words.forEach((text, at) => setText(node.children[at], text));
    return node;
  }
}
