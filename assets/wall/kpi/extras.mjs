/**
 * What stands beside the rates on the KPI screen: the choice of the window, the tiles, and what was reported by category and channel.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('./kpi.mjs').Paint} Paint
 */
import { arrange, el, setAttr, setHidden, setText, slot, unit } from '../dom.mjs';
import { dayText, numberText, rateText } from '../i18n.mjs';
import { LIVE, WINDOWS } from './boards.mjs';
import { mixed } from './indicators.mjs';

const TILES = /** @type {const} */ (['open', 'overdue', 'reported', 'closed']);
const MIX_UNITS = 21; // u a row of the mix takes at least

/**
 * The choice of the window, kept in the address. @param {Context} ctx @param {HTMLElement} root
 * @param {{window: string, choose: (key: string) => void}} asked @returns {Paint}
 */
export function windows(ctx, root, asked) {
  const bar = slot(root, 'windows');
  const inputs = WINDOWS.map((key) => {
    const input = document.createElement('input');
    Object.assign(input, { type: 'radio', name: 'kpi-window', value: key });
    input.addEventListener('change', () => choose(key));
    bar.append(el('label', '', input, el('span', '', ctx.t(`kpi.window.${key}`))));
    return input;
  });
  const choose = (/** @type {string} */ key) => {
    const url = new URL(location.href);
    if (key === LIVE) url.searchParams.delete('window');
    else url.searchParams.set('window', key);
    history.replaceState(history.state, '', url);
    asked.choose(key);
    mark();
  };
  const mark = () => inputs.forEach((input) => { input.checked = input.value === asked.window; });
  const first = new URL(location.href).searchParams.get('window');
  if (WINDOWS.some((key) => key === first)) asked.choose(String(first));
  mark();
  return () => {};
}

/** The share of closed cases that were rated. @param {import('./boards.mjs').Board|null|undefined} board */
export const ratedText = (board) => rateText(board?.compared.rated_share?.row ?? { num: 0, den: 0 });

/** A rate that was found elsewhere, cut as those that are counted here; exact to a hundred-millionth of a percent. @param {number} percent */
export const percentText = (percent) => rateText({ num: Math.round(percent * 1e8), den: 1e10 });

/** @param {Context} ctx @param {HTMLElement} root @returns {Paint} */
export function tiles(ctx, root) {
  const nodes = TILES.map((key) => ({ key, node: slot(root, `tile-${key}`), name: slot(root, `tile-${key}-name`) }));
  const [rated, alarms] = [slot(root, 'tile-rated'), slot(root, 'tile-alarms')];
  return ({ city }, board) => {
    const long = board && board.window !== LIVE && board.window !== 'today';
    for (const { key, node, name } of nodes) {
      setText(node, numberText(city[key]));
      node.classList.toggle('long', (node.textContent ?? '').length > 5);
      const flows = key === 'reported' || key === 'closed';
      setText(name, ctx.t(flows && long ? `kpi.tile.${key}.window` : `kpi.tile.${key}`));
    }
    nodes[1].node.classList.toggle('od', city.overdue > 0);
    setText(rated, ratedText(board));
    rated.classList.toggle('long', (rated.textContent ?? '').length > 5);
    const load = ctx.picture.desk?.load;
    setText(alarms, load?.average === null || load === undefined ? '—' : load.average.toFixed(1));
  };
}

/**
 * Of each surveyed indicator what was found in this place itself; a district's is not the city's.
 * @param {NonNullable<import('./boards.mjs').Board['readings']>} readings @param {string} scope '' for the city @param {{code: string}[]} districts
 */
export const found = (readings, scope, districts) => Object.entries(readings).flatMap(([code, rows]) =>
  rows.filter(({ region }) => (scope ? region === scope : !districts.some((district) => district.code === region))).slice(0, 1).map((row) => ({ code, ...row })));

/**
 * The surveyed indicators (公众安全感 …) of this place, each with the day it was found on.
 * @param {Context} ctx @param {HTMLElement} root @returns {Paint}
 */
export function surveys(ctx, root) {
  const [box, list, pins] = [slot(root, 'surveys'), slot(root, 'readings'), slot(root, 'pins')];
  return (kpi, board) => {
    const here = found(board?.readings ?? {}, ctx.scope, ctx.config.districts);
    setHidden(box, here.length === 0 || !pins.hidden); // charts that somebody has chosen take their room
    arrange(list, here.map(({ code, value, as_of, met }) => {
      const day = dayText(as_of, ctx.t);
      const row = el('li', met === false ? 'miss' : '', el('span', '', ctx.name(ctx.config.readings[code], code)), el('b', '', percentText(value)), el('em', '', day));
      setAttr(row, 'title', ctx.t('kpi.readings.as_of', day));
      return row;
    }));
  };
}

/** @param {Context} ctx @param {HTMLElement} root @returns {Paint} */
export function mix(ctx, root) {
  const lists = /** @type {const} */ ([['category', ctx.config.categories], ['channel', ctx.config.channels]]);
  return (kpi, board) => {
    for (const [by, names] of lists) {
      const list = slot(root, `mix-${by}`);
      const { rows, left } = mixed(board?.mix[by] ?? [], Math.max(3, Math.floor(list.clientHeight / (unit() * MIX_UNITS))));
      const made = rows.map(({ key, count, share, fill }) => {
        const bar = el('i', '');
        setAttr(bar, 'style', `width:${fill.toFixed(1)}%`);
        return el('li', '', el('span', '', ctx.name(names[key], key)), el('div', '', bar), el('b', '', count), el('em', '', share));
      });
      arrange(list, left > 0 ? [...made, el('li', 'rest', el('span', '', ctx.t('kpi.mix.rest', left)))] : made);
    }
  };
}
