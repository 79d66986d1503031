/**
 * The record of an event (办理记录) as lines: when, what, by whom as what, with what, and how long since the line before. Lines
 * that only this seat knows of yet stand at the end. Pure.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('./source.mjs').Detail} Detail
 * @typedef {import('./source.mjs').Trace} Trace
 * @typedef {import('./orders.mjs').Order} Order
 * @typedef {Pick<Context, 't'|'name'|'config'|'picture'>} Speaker
 * @typedef {'all'|'department'|'worker'|'people'} Filter
 * @typedef {{key: string, at: number, time: string, what: string, who: string, text: string, gap: string, pending: boolean}} Line
 *   `gap`: how long after the line before; '' for the first, or where it is under a second.
 */
import { ageText, clockText, dayText, momentText } from '../i18n.mjs';
import { stepWords } from './steps.mjs';

export const FILTERS = /** @type {const} */ (['all', 'department', 'worker', 'people']);
/** Channels by which no citizen speaks. */
const OFFICIAL = ['grid_worker', 'iot', 'urban_mgmt'];
/** Lines whose worker and department are those it was handed to. */
const HANDING_ON = ['assigned', 'routed', 'checkin'];
/** Lines that the city's rules write, not people. */
const BY_RULE = ['routed', 'escalated'];
const DAY = 86_400_000;

/** Whose line it is, for the filter. @param {Trace} trace @param {string} channel of the event @returns {Filter} 'all' for the seats and systems */
export function voice({ what, role, department, worker }, channel) {
  if (what === 'rated' || (what === 'reported' && !OFFICIAL.includes(channel))) return 'people';
  if (role === 'department' || what === 'checkin' || (department !== '' && role === '')) return 'department';
  return role === 'worker' || worker !== '' || (what === 'reported' && channel === 'grid_worker') ? 'worker' : 'all';
}

/** @param {Speaker} speaker @param {string} id */
export function workerName({ picture: { workers } }, id) {
  const row = workers.rowOf.get(id);
  return (row === undefined ? '' : workers.names[row]) || id;
}

/** @param {Speaker} speaker @param {string} key */
export const departmentName = ({ name, config }, key) => name(config.departments[key], key);

/** Who acted, as far as the line says: systems often name only the worker or the department that did it. @param {Trace} trace
 * @returns {{id: string, role: string}} */
function actor({ by, role, what, worker, department }) {
  if (by || HANDING_ON.includes(what)) return { id: by, role };
  if (worker) return { id: worker, role: role || 'worker' };
  return { id: department, role: role || (department && 'department') };
}

/** Who did it: the role and the name, or the source it came by. @param {Speaker} speaker @param {Trace} trace @param {string} channel @returns {string} */
function who(speaker, trace, channel) {
  const { t, name, config } = speaker;
  const source = name(config.sources[trace.source]?.name, trace.source);
  if (trace.what === 'reported') return name(config.channels[channel], source);
  if (BY_RULE.includes(trace.what)) return t('console.role.system');
  const { id, role } = actor(trace);
  const person = config.departments[id] ? departmentName(speaker, id) : workerName(speaker, id);
  const as = role ? t(`console.role.${role}`) : '';
  if (!person || person === role) return as || source;
  return as && as !== person ? t('console.as', as, person) : person;
}

/** What came with it. @param {Speaker} speaker @param {Trace} trace @param {string} process @param {number} now @returns {string} */
function text(speaker, trace, process, now) {
  const { t } = speaker;
  const { what, due, into, step, score, departments, note, role, by } = trace;
  if (what === 'escalated') return t('console.escalated', t(`console.role.${trace.to}`), stepWords(speaker, process, step), t(`console.late.${note}`));
  const toHands = what === 'assigned' || what === 'routed' || (by !== '' && what !== 'checkin' && role !== 'worker' && role !== 'department');
  const own = actor(trace).id;
  const hands = [trace.department !== own && departmentName(speaker, trace.department), trace.worker !== own && workerName(speaker, trace.worker)].filter(Boolean).join(t('console.and'));
  const parts = [
    step && what === 'undone' ? stepWords(speaker, process, step) : '',
    hands && toHands ? t('console.to', hands) : hands,
    what === 'routed' ? t('console.routed', trace.to) : '',
    departments?.length ? departments.map((key) => departmentName(speaker, key)).join(t('console.and')) : '',
    due ? t('console.until', momentText(due, now, t)) : '',
    into && t(what === 'absorbed' ? 'console.absorbed' : 'console.into', into),
    score ? t('console.score', score) : '',
    note,
  ];
  return parts.filter(Boolean).join(t('console.semicolon'));
}

/** "14:29:47", on another day "3月11日 14:29". @param {number} at @param {number} now @param {Speaker['t']} t */
function timeOf(at, now, t) {
  return now - at < DAY && dayText(at, t) === dayText(now, t) ? clockText(at) : momentText(at, now, t);
}

/** @param {Speaker} speaker @param {Detail} detail @param {readonly Order[]} orders under way @param {Filter} filter @param {number} now @returns {Line[]} */
export function lines(speaker, { event, trail }, orders, filter, now) {
  const { t } = speaker;
  const shown = filter === 'all' ? trail : trail.filter((trace) => voice(trace, event.channel) === filter);
  const known = shown.map((trace, k) => {
    const since = k > 0 ? trace.at - shown[k - 1].at : 0;
    return {
      key: `${trace.at} ${trace.what} ${k}`, at: trace.at, time: timeOf(trace.at, now, t), what: stepWords(speaker, event.process, trace.what),
      who: who(speaker, trace, event.channel), text: text(speaker, trace, event.process, now), gap: since >= 1000 ? ageText(since, t) : '', pending: false,
    };
  });
  if (filter !== 'all') return known;
  const waiting = orders.map(({ id, at, words, note }) => ({ key: id, at, time: clockText(at), what: words, who: t('console.pending'), text: note, gap: '', pending: true }));
  return [...known, ...waiting];
}
