/**
 * The load of alarms below the list, of the officer's own seat or of all: bars with the line of a flood, each number with its
 * target and sample, the split by priority, the ten sources that call most. Counts nothing.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('../types.mjs').AlarmLoad} AlarmLoad
 * @typedef {import('./loadfigures.mjs').Load} Load
 * @typedef {import('./loadfigures.mjs').Figure} Figure
 */
import { el, setAttr, setHidden, setText } from '../dom.mjs';
import { choice } from '../map/controls.mjs';
import { bars, figures, loadOf, ownSeat, sampleWords, sources, split } from './loadfigures.mjs';
import { repaint } from './repaint.mjs';

/** @param {Figure} figure */
function term({ name, value, note, bad, few }) {
  const node = el('div', bad ? 'bad' : few ? 'few' : '', el('dt', '', name), el('dd', '', value), el('small', '', note));
  setAttr(node, 'title', `${name} ${value} ${note}`);
  return node;
}

/** @param {Load} load @param {Context['t']} t */
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

/** @param {Context} ctx @param {HTMLElement} box @param {(kind: string) => string} kindWords @returns {(load: AlarmLoad|null, seat: string, now: number) => void}
 *   `seat`: the name of who sits here */
export function loadPane({ t }, box, kindWords) {
  const [top, more] = [el('div', ''), el('div', 'more')];
  const fold = document.createElement('details');
  fold.open = true;
  fold.append(el('summary', '', t('console.load.more')), more);
  let [own, again] = [true, () => {}];
  const whose = choice(t('console.load'), [['own', t('console.load.own')], ['all', t('console.load.all')]], 'own', (key) => { own = key === 'own'; again(); });
  const note = el('span', '');
  box.append(el('h4', '', t('console.load'), whose.node, note), top, fold);
  const paint = (/** @type {AlarmLoad} */ counted, /** @type {string} */ name, /** @type {number} */ now) => {
    const seats = Object.keys(counted.seats);
    const seat = own ? ownSeat(name, seats) : '';
    const load = loadOf(counted, seat);
    setHidden(whose.node, seats.length === 0);
    setText(note, seat ? t('console.load.note.seat', seat) : t('console.load.note'));
    const sample = own && seats.length && !seat ? t('console.load.none', name) : sampleWords(load, now, t);
    repaint(top, { rate: load.rate, terms: figures(load, t), sample }, ({ terms }) => [chart(load, t), el('dl', '', ...terms.map(term)), el('p', 'hint', sample)]);
    repaint(more, { terms: split(load, t), top: sources(load, kindWords, t) }, ({ terms, top: listed }) => [
      el('dl', 'split', ...terms.map(term)),
      el('ol', 'src', ...listed.map(({ words, share }) => el('li', '', el('span', 'el', words), el('b', '', share)))),
    ]);
  };
  return (load, seat, now) => {
    if (!load) return;
    again = () => paint(load, seat, now);
    again();
  };
}
