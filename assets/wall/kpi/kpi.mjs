/**
 * The KPI screen: paints what indicators.mjs says and hands Plotly figures to Dash when their data, the theme or the size
 * changed. Computes no indicator.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('../types.mjs').Screen} Screen
 * @typedef {import('../types.mjs').Kpi} Kpi
 * @typedef {import('./indicators.mjs').Card} Card
 */
import { numberText } from '../i18n.mjs';
import { arrange, byId, el, setAttr, setText, slot, unit } from '../dom.mjs';
import { FEW, RATES, cards, fitting, flow, ranking, windowText } from './indicators.mjs';
import { stepWord, stepsOf } from '../process.mjs';
import { emptyLayout, hourlyFigure, readStyle, sparkFigure } from './figures.mjs';

export { cards, flow, ranking } from './indicators.mjs';

const CHART_MS = 5000; // a chart costs 10–20 ms of the browser's one thread
const RANK_UNITS = 22; // u a row of the ranking takes at least
const TILES = /** @type {const} */ (['open', 'overdue', 'reported', 'closed']);

/** @param {Context} ctx @returns {Screen} */
export function mount(ctx) {
  const root = byId('screen-kpi');
  const painters = [rateCards(ctx, root), districts(ctx, root), steps(ctx, root), tiles(root)];
  const drawing = charts(ctx);
  const window = slot(root, 'window');
  let dirty = false;
  let empty = true;
  return {
    frame(change) {
      dirty ||= change.snapshot || change.keys.has('kpi');
      if (change.snapshot || empty || !ctx.picture.kpi) this.tick(ctx.now());
    },
    tick(now) {
      const { kpi } = ctx.picture;
      if (!kpi && !empty) blank(root, drawing.clear);
      empty = !kpi;
      if (!kpi) return;
      if (dirty) painters.forEach((paint) => paint(kpi));
      if (dirty) setText(window, windowText(kpi, ctx.t));
      dirty = false;
      drawing.draw(kpi, now);
    },
  };
}

/** Another region's numbers are no numbers: nothing until its own are there. @param {HTMLElement} root @param {() => void} clear the charts */
function blank(root, clear) {
  const all = (/** @type {string} */ query) => [...root.querySelectorAll(query)];
  for (const node of all(['value', 'num', 'den'].map((end) => `[data-slot$="-${end}"]`).join()).concat(all('[data-slot^="tile-"]'))) setText(node, '—');
  for (const node of all('[data-slot$="-change"], [data-slot$="-base"], [data-slot="ranking-note"]')) setText(node, '');
  for (const node of all('.kc')) setAttr(node, 'class', 'kc none');
  for (const name of ['ranking', 'flow']) slot(root, name).replaceChildren();
  clear();
}

/** @param {Context} ctx @param {HTMLElement} root @returns {(kpi: Kpi) => void} */
function rateCards(ctx, root) {
  const { note } = ctx.config.city;
  const said = slot(root, 'satisfaction-note');
  if (note) setText(said, ctx.name(note, ''));
  said.title = said.textContent ?? '';
  const nodes = new Map(RATES.map((key) => [key, root.querySelector(`[data-rate="${key}"]`)]));
  return (kpi) => {
    for (const card of cards(kpi, ctx.config.targets, ctx.t)) {
      for (const name of /** @type {const} */ (['value', 'change', 'base', 'num', 'den'])) setText(slot(root, `${card.key}-${name}`), card[name]);
      const node = nodes.get(card.key);
      if (!node) continue;
      node.classList.toggle('miss', card.miss);
      node.classList.toggle('none', card.value === '—');
      node.classList.toggle('full', card.value.length > 5);
      setAttr(node, 'title', card.hover);
    }
  };
}

/** @param {Context} ctx @param {HTMLElement} root @returns {(kpi: Kpi) => void} */
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

/** @param {Context} ctx @param {HTMLElement} root @returns {(kpi: Kpi) => void} */
function steps(ctx, root) {
  const list = slot(root, 'flow');
  /** @type {HTMLElement[]} */
  const nodes = [];
  return (kpi) => {
    const shown = flow(kpi, stepsOf(ctx.config, ctx.config.process));
    list.style.setProperty('--steps', String(shown.length));
    while (nodes.length < shown.length) nodes.push(el('li', '', el('div', '', el('i', '')), el('b', ''), el('span', ''), el('em', '')));
    arrange(list, nodes.slice(0, shown.length));
    shown.forEach(({ step, arrived, held, height, most }, at) => {
      const [bar, count, name, waiting] = nodes[at].children;
      setAttr(nodes[at], 'class', `${step === 'supervised' ? 'side' : ''} ${most ? 'mx' : ''}`);
      setAttr(bar.children[0], 'style', `height:${height.toFixed(1)}%`);
      setText(count, numberText(arrived));
      setText(name, stepWord(ctx, ctx.config.process, step));
      setAttr(name, 'title', name.textContent ?? '');
      setText(waiting, ctx.t('kpi.held', numberText(held)));
    });
  };
}

/** @param {HTMLElement} root @returns {(kpi: Kpi) => void} */
function tiles(root) {
  const nodes = TILES.map((key) => ({ key, node: slot(root, `tile-${key}`) }));
  return ({ city }) => {
    for (const { key, node } of nodes) setText(node, numberText(city[key]));
    nodes[1].node.classList.toggle('od', city.overdue > 0);
  };
}

/** Rows that find room in the ranking. @param {HTMLElement} list */
const roomIn = (list) => Math.max(3, Math.floor(list.clientHeight / (unit() * RANK_UNITS)));

/** @param {Context} ctx @returns {{draw: (kpi: Kpi, now: number) => void, clear: () => void}} */
function charts(ctx) {
  /** @type {Map<string, string>} */
  const drawn = new Map();
  let style = readStyle();
  let last = -Infinity;
  const again = () => { style = readStyle(); last = -Infinity; if (ctx.picture.kpi) draw(ctx.picture.kpi, ctx.now()); };
  ctx.on('theme', again);
  new ResizeObserver(again).observe(byId('screen-kpi'));
  /** @param {string} id @param {unknown[]} facts @param {() => object} figure */
  const put = (id, facts, figure) => {
    const key = JSON.stringify([facts, style]);
    if (drawn.get(id) === key) return;
    drawn.set(id, key);
    dashSet(id, { figure: figure() });
  };
  /** @param {Kpi} kpi @param {number} now */
  function draw(kpi, now) {
    if (now - last < CHART_MS) return;
    last = now;
    for (const card of cards(kpi, ctx.config.targets, ctx.t)) {
      const [points, target] = [kpi.spark[card.key], ctx.config.targets[card.key]];
      put(`kpi-spark-${card.key}`, [points, card.miss], () => sparkFigure(points, target, card.miss, style));
    }
    const minutes = Math.floor(now / 300_000); // the rule of the present moment moves every five minutes
    put('kpi-hourly', [kpi.hourly, minutes], () => hourlyFigure(kpi.hourly, now, ctx.t('kpi.hour.now'), style));
  }
  const clear = () => {
    for (const id of ['kpi-hourly', ...RATES.map((key) => `kpi-spark-${key}`)]) put(id, [], () => ({ data: [], layout: emptyLayout(style) }));
    last = -Infinity;
  };
  return { draw, clear };
}

/** @param {string} id @param {object} props */
function dashSet(id, props) {
  const dash = /** @type {{dash_clientside?: {set_props(id: string, props: object): void}}} */ (globalThis).dash_clientside;
  dash?.set_props(id, props);
}
