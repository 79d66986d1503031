/**
 * The load of alarms as the panel says it: bars, and each number with the target it is held against and its sample (EEMUA 191,
 * ISA-18.2). Pure.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('../types.mjs').AlarmLoad} AlarmLoad
 * @typedef {import('../types.mjs').SeatLoad & {since: number}} Load
 * @typedef {{name: string, value: string, note: string, bad: boolean, few?: boolean}} Figure
 *   `bad`: beyond the target; `few`: too few calls to say.
 */
import { ageText, numberText } from '../i18n.mjs';

/** More than this in ten minutes is a flood. */
export const FLOOD = 10;
/** Calls in ten minutes that one seat can take for long. */
const MANAGEABLE = 2;
const STANDING = 5;
const TARGET = { low: 80, medium: 15, high: 5 };
const OFF_POINTS = 10;
/** Of fewer calls a split says nothing: one call in ten is ten points. */
const SAMPLE = 30;
const MINUTE = 60_000; // the sample's age is not a clock

/** Heights of the bars and of the line, 0–100 of the box. @param {readonly number[]} rate per 10 min @returns {{bars: {n: number, height: number, over: boolean}[], line: number}} */
export function bars(rate) {
  const top = Math.max(FLOOD * 1.25, ...rate);
  return { bars: rate.map((n) => ({ n, height: (n / top) * 100, over: n > FLOOD })), line: (FLOOD / top) * 100 };
}

/** The seat of the rules that an officer's name begins with ("03席 刘敏"), the longest; '' for none. @param {string} name @param {readonly string[]} seats */
export function ownSeat(name, seats) {
  const said = name.replace(/\s/g, '');
  return seats.filter((seat) => said.startsWith(seat.replace(/\s/g, ''))).sort((a, b) => b.length - a.length)[0] ?? '';
}

/** The load of one seat, of all for ''. @param {AlarmLoad} load @param {string} seat @returns {Load} */
export const loadOf = (load, seat) => ({ ...(load.seats[seat] ?? load), since: load.since });

/** Of how many calls over how long. @param {Load} load @param {number} now @param {Context['t']} t */
export const sampleWords = (load, now, t) => t('console.load.sample', numberText(load.n), ageText(Math.floor((now - load.since) / MINUTE) * MINUTE, t));

/** @param {Load} load @param {Context['t']} t @returns {Figure[]} */
export function figures(load, t) {
  const [average, flooded] = [load.average, load.flood_share];
  return [
    { name: t('console.load.average'), value: average === null ? '—' : average.toFixed(1), note: t('console.load.target', MANAGEABLE), bad: (average ?? 0) > MANAGEABLE },
    { name: t('console.load.peak'), value: numberText(load.peak), note: t('console.load.target', FLOOD), bad: load.peak > FLOOD },
    { name: t('console.load.flood'), value: flooded === null ? '—' : `${(flooded * 100).toFixed(1)}%`, note: t('console.load.target', '1%'), bad: (flooded ?? 0) > 0.01 },
    { name: t('console.load.standing'), value: numberText(load.standing), note: t('console.load.fewer', STANDING), bad: load.standing >= STANDING },
  ];
}

/** The split by priority beside 80/15/5; of a small sample it is no verdict. @param {Load} load @param {Context['t']} t @returns {Figure[]} */
export function split(load, t) {
  return /** @type {const} */ (['low', 'medium', 'high']).map((key) => {
    const share = load.shares[key];
    const few = load.n < SAMPLE;
    return {
      name: t(`console.priority.${key}`), value: share === null ? '—' : `${Math.round(share * 100)}%`,
      note: t(few ? 'console.load.few' : 'console.load.of', TARGET[key], numberText(load.n)), few,
      bad: !few && share !== null && Math.abs(share * 100 - TARGET[key]) > OFF_POINTS,
    };
  });
}

/** The sources that call most. @param {Load} load @param {(kind: string) => string} kindWords @param {Context['t']} t @returns {{device: string, words: string, share: string}[]} */
export function sources(load, kindWords, t) {
  return load.top.slice(0, 10).map(({ device, kind, n, share }) => ({ device, words: `${kindWords(kind)} ${device}`, share: t('console.load.source', numberText(n), share < 0.01 ? '<1' : Math.round(share * 100)) }));
}
