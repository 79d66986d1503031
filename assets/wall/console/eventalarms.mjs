/**
 * The alarms an event deals with, in its detail: as they stand now, each leading to its row in the list of alarms.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('../types.mjs').Alarm} Alarm
 * @typedef {import('./source.mjs').Detail} Detail
 * @typedef {import('./source.mjs').Linked} Linked
 * @typedef {{id: string, sev: number, words: string, note: string, state: string, calls: boolean, listed: boolean}} Line  `listed`: there is a row to go to.
 * @typedef {{lines: Line[], n: number, calling: number}} Found
 */
import { calling } from './alarmorder.mjs';
import { kindWords, stateWords } from './alarmpane.mjs';
import { el, setAttr } from '../dom.mjs';
import { momentText, numberText } from '../i18n.mjs';
import { button } from '../map/controls.mjs';
import { SEVERITY, severityTag } from '../queue/row.mjs';

/** In a flood an event may have hundreds. */
const MOST = 8;

/**
 * Those of the answer and those linked since, as the picture has them now: those that call first, then the newest. One the
 * picture has no more is normal, unless it holds too many to have been told of all.
 * @param {Pick<Context, 't'|'picture'>} ctx @param {Pick<Detail, 'event'|'alarms'>} detail @param {number} now @returns {Found}
 */
export function linkedAlarms({ t, picture: { alarms, desk } }, { event, alarms: answered }, now) {
  const told = new Map(alarms.map((alarm) => [alarm.id, alarm]));
  const all = Object.values(desk?.counts ?? {}).reduce((sum, n) => sum + n, 0) <= alarms.length;
  const gone = answered.filter(({ id }) => !told.has(id)).map((one) => ({ ...one, state: all ? /** @type {const} */ ('normal') : one.state }));
  const here = alarms.filter((alarm) => alarm.event === event.id);
  const found = [...here, ...gone].sort((a, b) => Number(calls(b)) - Number(calls(a)) || b.since - a.since);
  return { lines: found.slice(0, MOST).map((one) => line(one, told.get(one.id), t, now)), n: found.length, calling: found.filter(calls).length };
}

/** @param {Pick<Linked, 'state'>} one */
const calls = ({ state }) => state !== 'normal' && calling({ state });

/** @param {Linked} one @param {Alarm|undefined} alarm @param {Context['t']} t @param {number} now @returns {Line} */
function line(one, alarm, t, now) {
  const state = alarm ? stateWords(t, alarm, now) : t(`console.alarm.${one.state}`);
  const note = [momentText(one.since, now, t), one.place, one.device].filter(Boolean).join(' · ');
  return { id: one.id, sev: one.sev, words: kindWords(t, one.kind), note, state, calls: calls(one), listed: alarm !== undefined };
}

/** @param {Context['t']} t @param {Found} found @param {(id: string) => void} go @returns {Node[]} */
export function linkedSection(t, { lines, n, calling: open }, go) {
  if (n === 0) return [];
  return [
    el('h4', '', t('console.linked'), el('span', '', t('console.linked.note', numberText(n), numberText(open)))),
    el('ul', 'ea', ...lines.map((one) => item(t, one, go)), ...(n > lines.length ? [el('li', '', el('span', '', t('console.linked.rest', numberText(n - lines.length))))] : [])),
  ];
}

/** @param {Context['t']} t @param {Line} line @param {(id: string) => void} go */
function item(t, { id, sev, words, note, state, calls: open, listed }, go) {
  const name = listed ? button(words, 'go', () => go(id)) : el('b', '', words);
  if (listed) setAttr(name, 'title', t('console.linked.go', id));
  return el('li', open ? 'open' : '', severityTag(sev, t(`severity.${SEVERITY[sev]}`)), name, el('em', '', state), el('span', '', note));
}
