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
import { arrange, byId, el, setAttr, setText, slot } from '../dom.mjs';
import { FEW, RATES, cards, flow, ranking, windowText } from './indicators.mjs';
import { hourlyFigure, readStyle, sparkFigure } from './figures.mjs';

export { cards, flow, ranking } from './indicators.mjs';

const CHART_MS = 5000; // a chart costs 10–20 ms of the browser's one thread
const TILES = /** @type {const} */ (['open', 'overdue', 'reported', 'closed']);

/** @param {Context} ctx @returns {Screen} */
export function mount(ctx) {
  const root = byId('screen-kpi');
  const painters = [rateCards(ctx, root), districts(ctx, root), steps(ctx, root), tiles(root)];
  const drawing = charts(ctx);
  const window = slot(root, 'window');
  let dirty = false;
  return {
    frame(change) { dirty ||= change.snapshot || change.keys.has('kpi'); if (change.snapshot) this.tick(ctx.now()); },
    tick(now) {
      const { kpi } = ctx.picture;
      if (!kpi) return;
      if (dirty) painters.forEach((paint) => paint(kpi));
      if (dirty) setText(window, windowText(kpi, ctx.t));
      dirty = false;
      drawing(kpi, now);
    },
  };
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
      setAttr(node, 'title', card.hover);
    }
  };
}

/** @param {Context} ctx @param {HTMLElement} root @returns {(kpi: Kpi) => void} */
function districts(ctx, root) {
  const [list, note] = [slot(root, 'ranking'), slot(root, 'ranking-note')];
  const named = new Map(ctx.config.districts.map(({ code, name }) => [code, ctx.name(name, code)]));
  /** @type {Map<string, HTMLElement>} */
  const nodes = new Map();
  const line = () => el('li', '', el('span', 'el'), el('div', '', el('i', ''), el('u', '')), el('b', ''), el('em', ''));
  return (kpi) => {
    const { floor, line: action, tick, ranked, few } = ranking(kpi, ctx.config.targets.ontime ?? 100);
    const rows = [...ranked, ...few.map((row) => ({ ...row, value: '—', miss: false, fill: 0 }))];
    arrange(list, rows.map((row) => {
      const node = nodes.get(row.code) ?? line();
      nodes.set(row.code, node);
      setAttr(node, 'class', row.value === '—' ? 'few' : row.miss ? 'miss' : '');
      setText(node.children[0], named.get(row.code) ?? (row.code || ctx.t('workers.elsewhere')));
      setAttr(node.children[1].children[0], 'style', `width:${row.fill.toFixed(1)}%`);
      setAttr(node.children[1].children[1], 'style', `left:${tick.toFixed(1)}%`);
      setText(node.children[2], row.value);
      setText(node.children[3], row.den);
      return node;
    }));
    const axis = ctx.t('kpi.ranking.note', floor, action.toFixed(2));
    const rest = few.length > 0 ? ` · ${ctx.t('kpi.ranking.few', FEW)}` : '';
    setText(note, ranked.length > 0 ? axis + rest : ctx.t('kpi.ranking.none', FEW));
  };
}

/** @param {Context} ctx @param {HTMLElement} root @returns {(kpi: Kpi) => void} */
function steps(ctx, root) {
  const list = slot(root, 'flow');
  /** @type {HTMLElement[]} */
  const nodes = [];
  return (kpi) => {
    const shown = flow(kpi);
    while (nodes.length < shown.length) nodes.push(el('li', '', el('div', '', el('i', '')), el('b', ''), el('span', ''), el('em', '')));
    arrange(list, nodes.slice(0, shown.length));
    shown.forEach(({ step, arrived, held, height, most }, at) => {
      const [bar, count, name, waiting] = nodes[at].children;
      setAttr(nodes[at], 'class', `${step === 'supervised' ? 'side' : ''} ${most ? 'mx' : ''}`);
      setAttr(bar.children[0], 'style', `height:${height.toFixed(1)}%`);
      setText(count, numberText(arrived));
      setText(name, ctx.t(`step.${step}`));
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

/** @param {Context} ctx @returns {(kpi: Kpi, now: number) => void} */
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
  return draw;
}

/** @param {string} id @param {object} props */
function dashSet(id, props) {
  const dash = /** @type {{dash_clientside?: {set_props(id: string, props: object): void}}} */ (globalThis).dash_clientside;
  dash?.set_props(id, props);
}
