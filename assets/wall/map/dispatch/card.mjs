/**
 * The card beside the situation map: the selected event, or the most urgent open one, with the workers to send to it; or
 * the selected worker. Whom to send is the server's advice (advice.mjs); this paints it.
 *
 * @typedef {import('../../types.mjs').Context} Context
 * @typedef {import('../../types.mjs').EventRow} EventRow
 * @typedef {import('../../types.mjs').Workers} Workers
 * @typedef {import('./push.mjs').Row} Row
 * @typedef {{row: number, metres: number}} Near
 */
import { Adviser } from './advice.mjs';
import { el, setAttr, setHidden, setText } from '../../dom.mjs';
import { distance } from '../geo.mjs';
import { NearList, ROWS } from './nearlist.mjs';
import { action, adviceRows, distanceText, noteOf, told } from './push.mjs';
import { ageText, clockText, momentText } from '../../i18n.mjs';
import { frozen } from '../../panel.mjs';
import { stepName } from '../../process.mjs';
import { timeText } from '../../queue/marks.mjs';
import { row as timing } from '../../queue/order.mjs';
import { dutyOf, roleOf } from '../../workers/roster.mjs';
import { SEVERITY, oneLine, severityTag } from '../../queue/row.mjs';
import { eventsIn } from '../../scope.mjs';
import { NO_FIX } from '../../types.mjs';
import { FRESH, lookOf, onDuty } from '../people/workerplane.mjs';

export { distanceText };

/** Where the map is one screen of four. */
const WALL_ROWS = 4;

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
export function nearest(workers, lat, lon, now, limits, most = ROWS) {
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

/** What the card says. @param {Context} ctx @param {number} now UTC ms @param {Adviser|null} [adviser] @returns {Content|null} null
 * when there is nothing
 * @typedef {{sev: number, id: string, mark: string, title: string, lines: string[], pace: string, head: string, note: string,
 *   sent: boolean, near: Row[], event: EventRow|null}} Content  `event` in focus; null for a worker's card. */
export function content(ctx, now, adviser = null) {
  const { selection, picture } = ctx;
  const row = selection?.kind === 'worker' ? picture.workers.rowOf.get(selection.id) : undefined;
  if (row !== undefined) return workerContent(ctx, row, now);
  const event = inFocus(ctx);
  if (event && !picture.events.has(event.id)) return pastContent(ctx, event, now);
  return event ? eventContent(ctx, event, now, adviser) : null;
}

/** The event the map is about: the selected one, on the queue or not; else the most urgent, unless a worker is selected.
 * @param {Context} ctx @returns {EventRow|null} */
export function inFocus({ selection, picture, scope }) {
  const chosen = selection?.kind === 'event' ? picture.events.get(selection.id) ?? selection.event : undefined;
  return chosen ?? (selection?.kind === 'worker' ? null : mostUrgent(eventsIn(picture, scope).values()));
}

/** An event that has left the queue: nobody is to be sent. @param {Context} ctx @param {EventRow} event @param {number} now
 * @returns {Content} */
function pastContent(ctx, event, now) {
  const { t, config } = ctx;
  const channel = ctx.name(config.channels[event.channel], event.channel);
  return {
    sev: event.sev, id: event.id, mark: stepName(ctx, event), title: oneLine(event.title),
    lines: [event.place, t('map.reported', channel, momentText(event.reported, now, t), ageText(now - event.reported, t)), t('console.left')],
    pace: '', head: '', note: '', sent: false, near: [], event: null,
  };
}

/** @param {Context} ctx @param {EventRow} event @param {number} now @param {Adviser|null} adviser @returns {Content} */
function eventContent(ctx, event, now, adviser) {
  const { t, config } = ctx;
  const advice = adviser?.of(event.id, now) ?? null;
  const order = adviser?.orderFor(event, now) ?? null;
  const time = timing(event, now, ctx.picture.risk[event.id]);
  const near = advice ? adviceRows(advice, ctx, event, order, now) : ownRows(ctx, event, order, now);
  const channel = ctx.name(config.channels[event.channel], event.channel);
  return {
    sev: event.sev,
    id: event.id,
    mark: event.step === 'reported' ? t('map.unaccepted') : stepName(ctx, event),
    title: oneLine(event.title),
    lines: [
      event.place,
      t('map.reported', channel, clockText(event.reported), ageText(now - event.reported, t)),
      timeText(time, t),
    ],
    pace: time.late,
    head: advice ? t('push.head') : t('map.nearest'),
    ...noteOf(advice, ctx, event, near.length === 0),
    near,
    event,
  };
}

/** The nearest this browser knows of, for when the server gives no advice. @param {Context} ctx @param {EventRow} event
 * @param {import('./push.mjs').Order|null} order @param {number} now @returns {Row[]} */
function ownRows(ctx, event, order, now) {
  const { picture: { workers, partial }, t } = ctx;
  if (partial) return []; // too few are held to know who is nearest
  return nearest(workers, event.lat, event.lon, now, ctx.config.fix).map(({ row, metres }) => {
    const one = { worker: workers.ids[row], duty: dutyOf(workers.flag[row]) };
    return {
      id: one.worker, ...person(ctx, row), metres: distanceText(metres), eta: '', ...told([], order, event, one.worker, t),
      lat: workers.lat[row] / 1e6, lon: workers.lon[row] / 1e6, ...action(ctx, event, one, order, now),
    };
  });
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
    pace: '', head: '', note: '', sent: false, near: [], event: null,
  };
}

/**
 * The card's painter; `again` paints once more, for news from the server. @param {HTMLElement} root @param {Context} ctx
 * @param {() => void} again @returns {{paint: (now: number) => void, inset: HTMLCanvasElement, content: () => Content|null}}
 */
export function cardPainter(root, ctx, again) {
  setAttr(root, 'aria-live', 'polite');
  setAttr(root, 'tabindex', '0');
  const adviser = new Adviser(again);
  const list = new NearList(root, (row) => shown?.event && void adviser.send(shown.event, row, ctx.now()));
  const tag = el('span', 'tag');
  const id = el('span', 'id el');
  const mark = el('span', 'mark');
  const title = el('h3', '');
  const lines = [el('span', ''), el('span', ''), el('span', 'due')];
  const inset = document.createElement('canvas');
  inset.className = 'inset';
  const head = el('b', '');
  const note = el('span', '');
  const empty = el('p', 'none');
  root.replaceChildren(el('div', 'r1', tag, id, el('span', 'sp'), mark), title, el('p', 'pl', ...lines), inset, el('div', 'nh', head, note), list.list, empty);
  let tagged = -1;
  /** @type {Content|null} */
  let shown = null;
  const paint = (/** @type {number} */ now) => {
    shown = content(ctx, now, adviser);
    shown?.near.splice(document.body.dataset.page === 'wall' ? WALL_ROWS : ROWS);
    setAttr(root, 'data-kind', !shown ? 'none' : shown.sev ? 'event' : 'worker');
    setText(empty, shown ? '' : ctx.t('map.quiet'));
    if (!shown) return;
    if (tagged !== shown.sev) retag(tag, (tagged = shown.sev), ctx);
    setText(id, shown.id);
    setText(mark, shown.mark);
    setText(title, shown.title);
    setText(head, shown.head);
    setText(note, shown.note);
    setAttr(note, 'class', shown.sent ? 'sent' : '');
    mark.classList.toggle('new', shown.sev === 4 && shown.mark === ctx.t('map.unaccepted'));
    shown.lines.forEach((text, k) => setText(lines[k], text));
    setAttr(lines[2], 'class', `due ${shown.pace}`);
    list.paint(shown.near, shown.event?.id ?? '');
    if (shown.event && root.offsetWidth && !frozen(ctx, now)) adviser.want(shown.event, now, { chosen: ctx.selection?.id === shown.event.id, held: list.held });
  };
  return { paint, inset, content: () => shown };
}

/** @param {HTMLElement} tag @param {number} sev @param {Context} ctx */
function retag(tag, sev, ctx) {
  setHidden(tag, sev === 0);
  tag.replaceChildren(...(sev ? [severityTag(sev, ctx.t(`severity.${SEVERITY[sev]}`))] : []));
}
