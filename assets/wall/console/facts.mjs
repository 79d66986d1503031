/**
 * What the detail of an event says beside its record: what is left of its limit, marks, who was whistled for and has reported
 * in, possible duplicates and related events. Pure.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('./source.mjs').Detail} Detail
 * @typedef {import('./source.mjs').Related} Related
 * @typedef {import('../types.mjs').EventRow} EventRow
 * @typedef {Pick<Context, 't'|'name'|'config'|'picture'>} Speaker
 * @typedef {{label: string, words: string, used: number, pace: 'over'|'near'|''|'still'}} Limit  `used` share of the limit, 0–1.
 * @typedef {{department: string, name: string, time: string, words: string, state: 'in'|'waiting'|'late'}} Called
 * @typedef {{id: string, title: string, why: string, verdict: string, mergeable: boolean}} Alike
 */
import { wordsOf } from '../taxonomy.mjs';
import { ageText, clockText, leftText, momentText } from '../i18n.mjs';
import { distanceText } from '../map/dispatch/push.mjs';
import { row as timing } from '../queue/order.mjs';
import { departmentName } from './trail.mjs';

const MINUTE = 60_000;
const CGCS = 5;

/** What is left of the limit, or what became of it. @param {Speaker} speaker @param {Detail} detail @param {number} now @returns {Limit} */
export function limit({ t }, { event, closed, open }, now) {
  if (!open) return { label: closed ? t('console.closed') : '', words: closed ? momentText(closed, now, t) : t('console.left'), used: 0, pace: 'still' };
  if (event.paused) {
    const left = event.left === null ? t('console.paused') : leftText(event.left, t);
    return { label: t('console.paused.since', momentText(event.paused, now, t)), words: left, used: 0, pace: 'still' };
  }
  const { left, used, late } = timing(event, now);
  return { label: t('console.limit'), words: leftText(left, t), used, pace: late };
}

/** The chips beside the event's id. @param {Speaker} speaker @param {Detail} detail @param {number} now @returns {string[]} */
export function marks(speaker, { event, into, uncertain }, now) {
  const { t, name, config } = speaker;
  const { whistle } = event;
  const counted = /** @type {const} */ ([['urged', event.urged], ['extended', event.extended], ['returned', event.returned], ['merged', event.merged?.length ?? 0]]);
  return [
    name(config.channels[event.channel], event.channel),
    name(wordsOf(config.categories, event.cat), event.cat),
    whistle ? t('console.mark.whistle', Object.keys(whistle.in).length, whistle.departments.length) : '',
    ...counted.map(([key, n]) => (n ? t(`console.mark.${key}`, n) : '')),
    event.paused && event.until ? t('console.mark.until', momentText(event.until, now, t)) : '',
    into ? t('console.into', into) : '',
    uncertain.length ? t('console.uncertain', uncertain.join(', ')) : '',
  ].filter(Boolean);
}

/** Where it is: place, address, grid, coordinates. @param {Speaker} speaker @param {Detail} detail @returns {string[]} */
export function whereabouts({ t }, { event, address }) {
  const point = `${event.lon.toFixed(CGCS)}, ${event.lat.toFixed(CGCS)}`;
  return [event.place, address, event.region ? t('console.grid', event.region) : '', t('console.point', point)].filter(Boolean);
}

/** The events it was merged with. @param {Speaker['t']} t @param {Pick<Detail, 'event'|'into'>} detail @returns {{id: string, words: string}[]} */
export function kin(t, { event, into }) {
  const merged = (event.merged ?? []).map((id) => ({ id, words: t('console.kin.merged') }));
  return [...(into ? [{ id: into, words: t('console.kin.into') }] : []), ...merged];
}

/** Who was whistled for. @param {Speaker} speaker @param {Pick<EventRow, 'whistle'>} event @param {number} now @returns {Called[]} */
export function called(speaker, { whistle }, now) {
  const { t } = speaker;
  return (whistle?.departments ?? []).map((department) => {
    const came = whistle?.in[department];
    const left = (whistle?.due ?? 0) - now;
    const state = came ? 'in' : left < 0 ? 'late' : 'waiting';
    const words = t(state === 'in' ? 'console.called.in' : 'console.called.waiting');
    return { department, name: departmentName(speaker, department), time: came ? clockText(came) : leftText(left, t), words, state: /** @type {Called['state']} */ (state) };
  });
}

/** What is like it, with why. @param {Speaker} speaker @param {readonly Related[]} related @returns {Alike[]} */
export function alikes({ t }, related) {
  return related.map(({ id, title, kind, score, metres, minutes, open }) => ({
    id, title, mergeable: open,
    why: t('console.alike.why', distanceText(metres), ageText(Math.abs(minutes) * MINUTE, t)),
    verdict: t(kind === 'duplicate' ? (score >= 0.85 ? 'console.alike.surely' : 'console.alike.likely') : 'console.alike.related', Math.round(score * 100)),
  }));
}

/** Addresses of pictures that may be shown: this server's own, or http(s). @param {readonly string[]|undefined} media @param {string} origin @returns {string[]} */
export function pictures(media, origin) {
  return (media ?? []).filter((address) => {
    try {
      return ['http:', 'https:'].includes(new URL(address, origin).protocol);
    } catch {
      return false;
    }
  });
}
