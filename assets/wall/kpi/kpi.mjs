/**
 * The KPI screen: paints what indicators.mjs says and hands Plotly figures to Dash when their data, the theme or the size
 * changed. Computes no indicator.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('../types.mjs').Screen} Screen
 * @typedef {import('../types.mjs').Kpi} Kpi
 * @typedef {(kpi: Kpi, board: import('./boards.mjs').Board|null) => void} Paint
 */
import { ageText, numberText } from '../i18n.mjs';
import { arrange, byId, el, setAttr, setText, slot, unit } from '../dom.mjs';
import { FEW, RATES, cards, fitting, flow, ranking } from './indicators.mjs';
import { stepWord, stepsOf } from '../process.mjs';
import { LIVE, asKpi, boards } from './boards.mjs';
import { charts } from './charts.mjs';
import { mix, surveys, tiles, windows } from './extras.mjs';
import { pins } from './pins.mjs';

export { cards, flow, ranking } from './indicators.mjs';

/** The indicator that says how long it took until a step. */
const TOOK = /** @type {Record<string, string>} */ ({ accepted: 'time_to_accept', assigned: 'time_to_assign', evaluated: 'time_to_close' });
const RANK_UNITS = 22; // u a row of the ranking takes at least

/** @param {Context} ctx @returns {Screen} */
export function mount(ctx) {
  const root = byId('screen-kpi');
  const drawing = charts(ctx);
  const pinned = pins(ctx, root);
  const window = slot(root, 'window');
  let dirty = false;
  let empty = true;
  let again = () => {}; // nothing is shown before the screen is there
  const asked = boards(ctx, () => { dirty = true; again(); });
  const painters = [windows(ctx, root, asked), rateCards(ctx, root), districts(ctx, root), steps(ctx, root), tiles(ctx, root), mix(ctx, root), surveys(ctx, root)];
  /** What is shown: the live picture, or what the server has counted of a longer window. */
  const chosen = () => (asked.window === LIVE ? ctx.picture.kpi : asked.board && asKpi(asked.board, ctx.picture.kpi));
  const screen = {
    /** @param {import('../types.mjs').Change} change */
    frame(change) {
      dirty ||= change.snapshot || change.keys.has('kpi');
      if (change.keys.has('pins')) pinned(ctx.now());
      if (change.snapshot || empty || !ctx.picture.kpi) again();
    },
    /** @param {number} now */
    tick(now) {
      pinned(now);
      const kpi = chosen();
      if (!kpi && !empty) blank(root, drawing.clear);
      empty = !kpi;
      setText(window, asked.waits);
      if (!kpi) return;
      if (dirty) painters.forEach((paint) => paint(kpi, asked.board));
      dirty = false;
      drawing.draw(kpi, asked, now);
    },
  };
  again = () => screen.tick(ctx.now());
  return screen;
}

/** Another region's numbers are no numbers: nothing until its own are there. @param {HTMLElement} root @param {() => void} clear the charts */
function blank(root, clear) {
  const all = (/** @type {string} */ query) => [...root.querySelectorAll(query)];
  for (const node of all(['value', 'num', 'den'].map((end) => `[data-slot$="-${end}"]`).join()).concat(all('[data-slot^="tile-"]'))) setText(node, '—');
  for (const node of all('[data-slot$="-change"], [data-slot$="-base"], [data-slot="ranking-note"]')) setText(node, '');
  for (const node of all('.kc')) setAttr(node, 'class', 'kc none');
  for (const name of ['ranking', 'flow', 'mix-category', 'mix-channel']) slot(root, name).replaceChildren();
  clear();
}

/** @param {Context} ctx @param {HTMLElement} root @returns {Paint} */
function rateCards(ctx, root) {
  const { note } = ctx.config.city;
  const said = slot(root, 'satisfaction-note');
  if (note) setText(said, ctx.name(note, ''));
  said.title = said.textContent ?? '';
  const nodes = new Map(RATES.map((key) => [key, root.querySelector(`[data-rate="${key}"]`)]));
  return (kpi, board) => {
    for (const card of cards(kpi, ctx.config.targets, ctx.t, board)) {
      for (const name of /** @type {const} */ (['value', 'num', 'den'])) setText(slot(root, `${card.key}-${name}`), card[name]);
      card.changes.forEach(({ change, base, why }, at) => {
        const which = at ? 'year-' : '';
        const said = slot(root, `${card.key}-${which}change`);
        setText(said, change);
        setAttr(said, 'title', why);
        setText(slot(root, `${card.key}-${which}base`), base);
      });
      const node = nodes.get(card.key);
      if (!node) continue;
      node.classList.toggle('miss', card.miss);
      node.classList.toggle('none', card.value === '—');
      node.classList.toggle('full', card.value.length > 5);
      setAttr(node, 'title', card.hover);
    }
  };
}

/** @param {Context} ctx @param {HTMLElement} root @returns {Paint} */
function districts(ctx, root) {
  const [list, note] = [slot(root, 'ranking'), slot(root, 'ranking-note')];
  const named = new Map(ctx.config.districts.map(({ code, name }) => [code, ctx.name(name, code)]));
  const nameOf = (/** @type {string} */ code) => (ctx.regions && code ? ctx.regions.name(ctx.regions.node(code)) : named.get(code));
  const drill = (/** @type {Event} */ event) => {
    const code = event.target instanceof Element ? event.target.closest('[data-code]')?.getAttribute('data-code') : null;
    if (code) ctx.setScope(code);
  };
  list.addEventListener('click', drill);
  list.addEventListener('keydown', (event) => event.key === 'Enter' && drill(event));
  /** @type {Map<string, HTMLElement>} */
  const nodes = new Map();
  const line = () => el('li', '', el('span', 'el'), el('div', '', el('i', ''), el('u', '')), el('b', ''), el('em', ''));
  return (kpi) => {
    const { floor, line: action, tick, ranked, few } = ranking(kpi, ctx.config.targets.ontime ?? 100);
    const { rows, left } = fitting([...ranked, ...few.map((row) => ({ ...row, value: '—', miss: false, fill: 0 }))], ranked.length, roomIn(list));
    for (const code of nodes.keys()) if (!rows.some((row) => row.code === code)) nodes.delete(code);
    arrange(list, rows.map((row) => {
      const node = nodes.get(row.code) ?? line();
      nodes.set(row.code, node);
      for (const [name, value] of row.code ? [['data-code', row.code], ['role', 'button'], ['tabindex', '0'], ['title', ctx.t('scope.drill', nameOf(row.code) ?? row.code)]] : []) setAttr(node, name, value);
      setAttr(node, 'class', row.value === '—' ? 'few' : row.miss ? 'miss' : '');
      setText(node.children[0], nameOf(row.code) ?? (row.code || ctx.t('workers.elsewhere')));
      setAttr(node.children[1].children[0], 'style', `width:${row.fill.toFixed(1)}%`);
      setAttr(node.children[1].children[1], 'style', `left:${tick.toFixed(1)}%`);
      setText(node.children[2], row.value);
      setText(node.children[3], row.den);
      return node;
    }));
    const axis = ctx.t('kpi.ranking.note', floor, action.toFixed(2));
    const rest = few.length > 0 ? ` · ${ctx.t('kpi.ranking.few', FEW)}` : '';
    const cut = left > 0 ? ` · ${ctx.t('kpi.ranking.cut', left)}` : '';
    setText(note, kpi.districts.length === 0 ? ctx.t('kpi.ranking.leaf') : (ranked.length > 0 ? axis + rest : ctx.t('kpi.ranking.none', FEW)) + cut);
  };
}

/** @param {Context} ctx @param {HTMLElement} root @returns {Paint} */
function steps(ctx, root) {
  const list = slot(root, 'flow');
  /** @type {HTMLElement[]} */
  const nodes = [];
  return (kpi, board) => {
    const shown = flow(kpi, stepsOf(ctx.config, ctx.config.process));
    list.style.setProperty('--steps', String(shown.length));
    while (nodes.length < shown.length) nodes.push(el('li', '', el('div', '', el('i', '')), el('b', ''), el('span', ''), el('em', ''), el('small', '')));
    arrange(list, nodes.slice(0, shown.length));
    shown.forEach(({ step, arrived, held, height, most }, at) => {
      const [bar, count, name, waiting, took] = nodes[at].children;
      setAttr(nodes[at], 'class', `${step === 'supervised' ? 'side' : ''} ${most ? 'mx' : ''}`);
      setAttr(bar.children[0], 'style', `height:${height.toFixed(1)}%`);
      setText(count, numberText(arrived));
      setText(name, stepWord(ctx, ctx.config.process, step));
      setAttr(name, 'title', name.textContent ?? '');
      setText(waiting, ctx.t('kpi.held', numberText(held)));
      const half = board?.compared[TOOK[step]]?.row.p50;
      setText(took, half === undefined || half === null ? '' : ctx.t('kpi.median', ageText(half < 600_000 ? half : half - (half % 60_000), ctx.t)));
    });
  };
}

/** Rows that find room in the ranking. @param {HTMLElement} list */
const roomIn = (list) => Math.max(3, Math.floor(list.clientHeight / (unit() * RANK_UNITS)));
