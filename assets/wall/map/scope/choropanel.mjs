/**
 * The controls and the legend of the coloured regions: which KPI, divided how, what the colours mean and as of when. Colours
 * nothing on the map itself.
 *
 * @typedef {import('../../types.mjs').Context} Context
 */
import { byId, el, setAttr, setHidden, setText } from '../../dom.mjs';
import { clockText } from '../../i18n.mjs';
import { LEVELS } from '../../scope.mjs';
import { Choropleth, rampSteps } from './choropleth.mjs';
import { FEW, LAYERS, stepWords } from './choroscale.mjs';

const KEY = 'choropleth';
/** From when the numbers count. @type {Record<string, string>} */
const WINDOWS = { open: 'now', overdue: 'now', on_duty: 'now', reported: 'today', patrol: 'today' };

/** @param {Context} ctx */
export function mount(ctx) {
  /** @type {Choropleth|null} */
  let map = null;
  const { tools } = ctx.map;
  const legend = new Legend(ctx, () => {
    map?.choose('');
    if (tools.shown === KEY) tools.show(null);
  });
  /** The one map, as soon as tree and cells are there. */
  const ready = () => {
    const { land } = ctx.map;
    if (!map && land) map = new Choropleth(ctx, land, () => map && legend.paint(map));
    return map;
  };
  tools.add({ key: KEY, sign: ctx.t('choropleth.sign'), title: ctx.t('choropleth.title'), open: (box) => box.append(...controls(ctx, ready())) });
}

/** @param {Context} ctx @param {Choropleth|null} map @returns {HTMLElement[]} */
function controls(ctx, map) {
  if (!map) return [el('p', '', ctx.t('choropleth.waiting'))];
  const kpis = ['', ...Object.keys(LAYERS)].map((key) => radio('kpi', ctx.t(`choropleth.${key || 'none'}`), map.key === key, () => map.choose(key)));
  const levels = [0, 1, 2, 3, 4].map((level) => radio('level', ctx.t(level ? `level.${LEVELS[level]}` : 'choropleth.auto'), map.wanted === level, () => map.divide(level)));
  const anew = el('button', 'btn sm', ctx.t('choropleth.rescale'));
  setAttr(anew, 'type', 'button');
  setAttr(anew, 'title', ctx.t('choropleth.rescale.why'));
  anew.addEventListener('click', () => map.rescale());
  return [group(ctx.t('choropleth.kpi'), kpis), group(ctx.t('choropleth.level'), levels), anew];
}

/** @param {string} title @param {HTMLElement[]} choices */
function group(title, choices) {
  return el('fieldset', 'choices', el('legend', '', title), el('div', '', ...choices));
}

/** @param {string} name @param {string} words @param {boolean} on @param {() => void} press */
function radio(name, words, on, press) {
  const input = /** @type {HTMLInputElement} */ (el('input', ''));
  Object.assign(input, { type: 'radio', name: `choropleth-${name}`, checked: on });
  input.addEventListener('change', press);
  return el('label', '', input, el('span', '', words));
}

/** What the colours mean, at the foot of the map for as long as there are any. */
class Legend {
  /** @param {Context} ctx @param {() => void} off */
  constructor(ctx, off) {
    this.ctx = ctx;
    this.title = el('b', '');
    this.facts = el('span', 'facts');
    this.steps = el('div', 'steps');
    const shut = el('button', '', '×');
    for (const [name, value] of Object.entries({ type: 'button', title: ctx.t('choropleth.off'), 'aria-label': ctx.t('choropleth.off') })) setAttr(shut, name, value);
    shut.addEventListener('click', off);
    this.node = el('div', 'choro', el('header', '', this.title, this.facts, shut), this.steps);
    setHidden(this.node, true);
    byId('map-card').parentElement?.append(this.node);
    this.painted = '';
  }

  /** @param {Choropleth} map */
  paint(map) {
    const { ctx } = this;
    const { key, data, scale } = map;
    setHidden(this.node, !key);
    if (!key) return;
    setText(this.title, `${ctx.t(`choropleth.${key}`)} · ${ctx.t(`level.${LEVELS[map.level]}`)}`);
    const target = scale?.target ?? null;
    setText(this.facts, [
      ctx.t(`choropleth.window.${WINDOWS[key] ?? 'day'}`), ctx.t(`choropleth.unit.${LAYERS[key]}`),
      target === null ? '' : ctx.t('kpi.target', target.toFixed(2)), data ? ctx.t('panel.until', clockText(data.asOf)) : ctx.t('choropleth.waiting'),
    ].filter(Boolean).join(' · '));
    const said = JSON.stringify([key, scale]);
    if (said !== this.painted) this.steps.replaceChildren(...(scale ? this.#swatches(scale) : []));
    this.painted = said;
  }

  /** @param {import('./choroscale.mjs').Scale} scale @returns {HTMLElement[]} */
  #swatches(scale) {
    const { t } = this.ctx;
    const against = scale.kind === 'rate' && scale.target !== null;
    const faces = against ? ['y1', 'y2', 'c3', 'c1'] : rampSteps(scale.floors.length).map((step) => `c${step}`);
    const steps = stepWords(scale).map((words, k) => swatch(faces[k], words));
    if (scale.kind === 'count') steps.unshift(swatch('c0', '0'));
    if (scale.kind === 'rate') steps.push(swatch('few', t('choropleth.sample', FEW)));
    return steps;
  }
}

/** @param {string} face @param {string} words */
const swatch = (face, words) => el('span', '', el('i', face), words);
