/**
 * The load of alarms below the list: bars with the line of a flood, each number with its target and sample, the split by
 * priority, the ten sources that call most. Counts nothing.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('../types.mjs').AlarmLoad} AlarmLoad
 * @typedef {import('./loadfigures.mjs').Figure} Figure
 */
import { el, setAttr } from '../dom.mjs';
import { bars, figures, sampleWords, sources, split } from './loadfigures.mjs';
import { repaint } from './repaint.mjs';

/** @param {Figure} figure */
function term({ name, value, note, bad }) {
  const node = el('div', bad ? 'bad' : '', el('dt', '', name), el('dd', '', value), el('small', '', note));
  setAttr(node, 'title', `${name} ${value} ${note}`);
  return node;
}

/** @param {AlarmLoad} load @param {Context['t']} t */
function chart(load, t) {
  const { bars: all, line } = bars(load.rate);
  const columns = all.map(({ n, height, over }, k) => {
    const bar = el('i', over ? 'over' : '');
    setAttr(bar, 'style', `height:${Math.max(n > 0 ? 3 : 1, height).toFixed(1)}%`);
    setAttr(bar, 'title', t('console.load.bar', (all.length - k) * 10, n));
    return bar;
  });
  const limit = el('u', '', el('span', '', t('console.load.line')));
  setAttr(limit, 'style', `bottom:${line.toFixed(1)}%`);
  return el('div', 'ab', ...columns, limit);
}

/** @param {Context} ctx @param {HTMLElement} box @param {(kind: string) => string} kindWords @returns {(load: AlarmLoad|null, now: number) => void} */
export function loadPane({ t }, box, kindWords) {
  const [top, more] = [el('div', ''), el('div', 'more')];
  const fold = document.createElement('details');
  fold.open = true;
  fold.append(el('summary', '', t('console.load.more')), more);
  box.append(top, fold);
  return (load, now) => {
    if (!load) return;
    repaint(top, { rate: load.rate, terms: figures(load, t), sample: sampleWords(load, now, t) }, ({ terms, sample }) => [
      el('h4', '', t('console.load'), el('span', '', t('console.load.note'))), chart(load, t), el('dl', '', ...terms.map(term)), el('p', 'hint', sample),
    ]);
    repaint(more, { terms: split(load, t), top: sources(load, kindWords, t) }, ({ terms, top: listed }) => [
      el('dl', 'split', ...terms.map(term)),
      el('ol', 'src', ...listed.map(({ words, share }) => el('li', '', el('span', 'el', words), el('b', '', share)))),
    ]);
  };
}
