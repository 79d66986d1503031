/**
 * The card beside the situation map: the selected event, or the most urgent open one, with the workers nearest to it; or
 * the selected worker. Distances are straight lines and say so; no travel time is guessed.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('../types.mjs').EventRow} EventRow
 * @typedef {import('../types.mjs').Workers} Workers
 * @typedef {{row: number, metres: number}} Near
 */
import { el, setAttr, setHidden, setText } from '../dom.mjs';
import { distance } from './geo.mjs';
import { ageText, clockText, leftText } from '../i18n.mjs';
import { row as timing } from '../queue/order.mjs';
import { dutyOf, roleOf } from '../workers/roster.mjs';
import { SEVERITY, oneLine, severityTag } from '../queue/row.mjs';
import { NO_FIX } from '../types.mjs';
import { FRESH, lookOf, onDuty } from './workerplane.mjs';

const NEAREST = 4;

/** The event nobody may overlook: most severe, not yet accepted, soonest due, oldest. @param {Iterable<EventRow>} events
 * @returns {EventRow|null} */
export function mostUrgent(events) {
  /** @type {EventRow|null} */
  let first = null;
  for (const event of events) if (!first || before(event, first)) first = event;
  return first;
}

/** @param {EventRow} a @param {EventRow} b @returns {boolean} */
function before(a, b) {
  if (a.sev !== b.sev) return a.sev > b.sev;
  const [openA, openB] = [a.step === 'reported', b.step === 'reported'];
  if (openA !== openB) return openA;
  const [dueA, dueB] = [a.due ?? Infinity, b.due ?? Infinity];
  if (dueA !== dueB) return dueA < dueB;
  return a.reported !== b.reported ? a.reported < b.reported : a.id < b.id;
}

/**
 * The workers nearest to a place who are on duty and not lost, nearest first.
 * @param {Workers} workers @param {number} lat degrees @param {number} lon degrees @param {number} now UTC ms
 * @param {{stale_s: number, lost_s: number}} limits @param {number} [most] @returns {Near[]}
 */
export function nearest(workers, lat, lon, now, limits, most = NEAREST) {
  /** @type {Near[]} */
  const found = [];
  for (let row = 0; row < workers.n; row++) {
    if (workers.lon[row] === NO_FIX || workers.lat[row] === NO_FIX) continue;
    const look = lookOf(workers.flag[row], now - workers.fixTime[row], limits);
    if (!onDuty(look) || look & FRESH.lost || !(workers.fixTime[row] > 0)) continue;
    const metres = distance(lat, lon, workers.lat[row] / 1e6, workers.lon[row] / 1e6);
    if (found.length === most && metres >= found[most - 1].metres) continue;
    found.push({ row, metres });
    found.sort((a, b) => a.metres - b.metres);
    if (found.length > most) found.pop();
  }
  return found;
}

/** "320 m" (to 10 m), "1.4 km", "12 km". @param {number} metres @returns {string} */
export function distanceText(metres) {
  if (metres < 995) return `${Math.round(metres / 10) * 10} m`;
  return metres < 9950 ? `${(metres / 1000).toFixed(1)} km` : `${Math.round(metres / 1000)} km`;
}

/** What the card says. @param {Context} ctx @param {number} now UTC ms @returns {Content|null} null when there is nothing
 * @typedef {{sev: number, id: string, mark: string, title: string, lines: string[], pace: string, head: string, note: string,
 *   near: {name: string, role: string, duty: string, metres: string}[], spot: {lat: number, lon: number}|null, rows: number[]}} Content */
export function content(ctx, now) {
  const { selection, picture } = ctx;
  const row = selection?.kind === 'worker' ? picture.workers.rowOf.get(selection.id) : undefined;
  if (row !== undefined) return workerContent(ctx, row, now);
  const chosen = selection?.kind === 'event' ? picture.events.get(selection.id) : undefined;
  const event = chosen ?? mostUrgent(picture.events.values());
  return event ? eventContent(ctx, event, now) : null;
}

/** @param {Context} ctx @param {EventRow} event @param {number} now @returns {Content} */
function eventContent(ctx, event, now) {
  const { t, config, picture } = ctx;
  const near = nearest(picture.workers, event.lat, event.lon, now, config.fix);
  const channel = ctx.name(config.channels[event.channel], event.channel);
  const waiting = event.step === 'reported';
  return {
    sev: event.sev,
    id: event.id,
    mark: t(waiting ? 'map.unaccepted' : `step.${event.step}`),
    title: oneLine(event.title),
    lines: [
      event.place,
      t('map.reported', channel, clockText(event.reported), ageText(now - event.reported, t)),
      leftText(event.due === null ? null : event.due - now, t),
    ],
    pace: timing(event, now).late,
    head: t('map.nearest'),
    note: near.length ? t('map.straight') : t('map.nobody'),
    near: near.map(({ row, metres }) => ({ ...person(ctx, row), metres: distanceText(metres) })),
    spot: { lat: event.lat, lon: event.lon },
    rows: near.map(({ row }) => row),
  };
}

/** @param {Context} ctx @param {number} row @returns {{name: string, role: string, duty: string}} */
export function person({ picture: { workers }, t }, row) {
  const flag = workers.flag[row];
  return {
    name: workers.names[row] || workers.ids[row],
    role: t(`role.${roleOf(flag)}`),
    duty: t(`duty.${dutyOf(flag)}`),
  };
}

/** @param {Context} ctx @param {number} row @param {number} now @returns {Content} */
function workerContent(ctx, row, now) {
  const { t, picture: { workers }, config } = ctx;
  const { name, role, duty } = person(ctx, row);
  const fix = workers.fixTime[row];
  const age = now - fix;
  const lost = !(age <= config.fix.lost_s * 1000);
  const placed = workers.lon[row] !== NO_FIX && fix > 0;
  return {
    sev: 0, id: workers.ids[row], mark: lost ? t('duty.lost') : duty, title: name,
    lines: [role, placed ? t('map.fix', clockText(fix), ageText(age, t)) : t('workers.never'), t('map.track', config.track_minutes)],
    pace: '', head: '', note: '', near: [], spot: null, rows: [],
  };
}

/**
 * The card's painter. @param {HTMLElement} root @param {Context} ctx
 * @returns {{paint: (now: number) => void, inset: HTMLCanvasElement, content: () => Content|null}}
 */
export function cardPainter(root, ctx) {
  setAttr(root, 'aria-live', 'polite');
  const tag = el('span', 'tag');
  const id = el('span', 'id el');
  const mark = el('span', 'mark');
  const title = el('h3', '');
  const lines = [el('span', ''), el('span', ''), el('span', 'due')];
  const inset = document.createElement('canvas');
  inset.className = 'inset';
  const head = el('b', '');
  const note = el('span', '');
  const list = el('ol', '');
  const empty = el('p', 'none');
  root.replaceChildren(el('div', 'r1', tag, id, el('span', 'sp'), mark), title, el('p', 'pl', ...lines), inset, el('div', 'nh', head, note), list, empty);
  const rows = Array.from({ length: NEAREST }, (_, k) => nearRow(list, k));
  let tagged = -1;
  /** @type {Content|null} */
  let shown = null;
  const paint = (/** @type {number} */ now) => {
    shown = content(ctx, now);
    setAttr(root, 'data-kind', !shown ? 'none' : shown.sev ? 'event' : 'worker');
    setText(empty, shown ? '' : ctx.t('map.quiet'));
    if (!shown) return;
    if (tagged !== shown.sev) retag(tag, (tagged = shown.sev), ctx);
    setText(id, shown.id);
    setText(mark, shown.mark);
    setText(title, shown.title);
    setText(head, shown.head);
    setText(note, shown.note);
    mark.classList.toggle('new', shown.sev === 4 && shown.mark === ctx.t('map.unaccepted'));
    shown.lines.forEach((text, k) => setText(lines[k], text));
    setAttr(lines[2], 'class', `due ${shown.pace}`);
    rows.forEach((row, k) => row(shown?.near[k]));
  };
  return { paint, inset, content: () => shown };
}

/** @param {HTMLElement} tag @param {number} sev @param {Context} ctx */
function retag(tag, sev, ctx) {
  setHidden(tag, sev === 0);
  tag.replaceChildren(...(sev ? [severityTag(sev, ctx.t(`severity.${SEVERITY[sev]}`))] : []));
}

/** @param {HTMLElement} list @param {number} k @returns {(who: Content['near'][0]|undefined) => void} */
function nearRow(list, k) {
  const parts = ['nm el', 'ro', 'st', 'ds'].map((name) => el('span', name));
  const item = el('li', '', el('b', 'no', String(k + 1)), ...parts);
  list.append(item);
  return (who) => {
    setHidden(item, !who);
    if (who) [who.name, who.role, who.duty, who.metres].forEach((text, i) => setText(parts[i], text));
  };
}
