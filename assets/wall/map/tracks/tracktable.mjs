/**
 * What a track query found, as a table and a key to the drawing: distance, time on the move, stops, gaps, top speed. Says
 * what it is given; counts nothing itself.
 *
 * @typedef {import('./route.mjs').Route} Route
 * @typedef {import('../../i18n.mjs').Translate} Translate
 */
import { el, setAttr } from '../../dom.mjs';
import { ageText, numberText } from '../../i18n.mjs';
import { PACES } from './route.mjs';
import { WEIGHTS, tokenOf } from './trackdraw.mjs';

/** km, from 100 on without a decimal. @param {number} metres @returns {string} */
export function kilometres(metres) {
  return metres < 99_950 ? (metres / 1000).toFixed(metres < 9950 ? 2 : 1) : numberText(metres / 1000);
}

/** @param {number} mps @returns {number} km/h */
export const kmh = (mps) => Math.round(mps * 3.6);

/** One worker's cells: person, km, moving, stops, gaps, top speed; one sentence instead when there are no fixes.
 * @param {Route} route @param {Translate} t @returns {string[]} */
export function cells({ n, answer }, t) {
  if (!n) return [t('tracks.none')];
  const { distance_m, moving_ms, stops, gaps, top_mps } = answer;
  return [kilometres(distance_m), ageText(moving_ms, t), String(stops.length), String(gaps.length), String(kmh(top_mps))];
}

/** @param {readonly Route[]} routes @param {Translate} t @param {(id: string) => string} nameOf @param {(route: Route) => void} picked
 * @returns {HTMLElement} */
export function trackTable(routes, t, nameOf, picked) {
  const head = ['who', 'km', 'moving', 'stops', 'gaps', 'top'].map((key) => el('th', '', t(`tracks.col.${key}`)));
  const table = el('table', 'tracks', el('thead', '', el('tr', '', ...head)));
  const body = el('tbody', '');
  for (const route of routes) body.append(row(route, t, nameOf(route.id), picked));
  table.append(body);
  return table;
}

/** @param {Route} route @param {Translate} t @param {string} name @param {(route: Route) => void} picked @returns {HTMLElement} */
function row(route, t, name, picked) {
  const number = el('b', 'num', String(route.slot + 1));
  number.style.background = tokenOf(route.slot);
  const who = el('button', 'el', name);
  setAttr(who, 'type', 'button');
  who.addEventListener('click', () => picked(route));
  const said = cells(route, t).map((text) => el('td', '', text));
  if (!route.n) setAttr(said[0], 'colspan', '5');
  return el('tr', route.n ? '' : 'none', el('th', '', el('span', 'wh', number, who)), ...said);
}

/** Why the drawing may hold less than there was. @param {readonly Route[]} routes @param {Translate} t @returns {string[]} */
export function remarks(routes, t) {
  const thinned = routes.some(({ answer }) => answer.thinned !== null);
  const jumps = routes.reduce((sum, { answer }) => sum + answer.jumps, 0);
  return [...(thinned ? [t('tracks.thinned')] : []), ...(jumps ? [t('tracks.jumps', jumps)] : [])];
}

/** The key: weights, stop, silence. @param {Translate} t @returns {HTMLElement} */
export function trackKey(t) {
  const lines = WEIGHTS.map((weight, k) => {
    const line = el('i', 'ln');
    line.style.height = `calc(${weight}*var(--u))`;
    return el('span', '', line, t(`tracks.pace.${k}`, Math.round((PACES[Math.min(k, PACES.length - 1)] ?? 0) * 3.6)));
  });
  const unit = el('span', 'unit', 'km/h');
  return el('div', 'tkey', ...lines, unit, el('span', '', el('i', 'stop'), t('tracks.key.stop')), el('span', '', el('i', 'gap'), t('tracks.key.gap')));
}
