/**
 * The workers screen without its map: duty table by district, who went silent last, the picked worker. Counts come from
 * the server's board; silence and the track are read off the columns here.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('../types.mjs').Screen} Screen
 * @typedef {import('./roster.mjs').DutyRow} DutyRow
 */
import { ageText, clockText, minuteText, numberText } from '../i18n.mjs';
import { arrange, byId, el, setAttr, setHidden, setText, slot } from '../dom.mjs';
import { MIX, dutyOf, dutyRows, legs, metres, roleOf, silent, sketch, withMix } from './roster.mjs';
import { frozen } from '../panel.mjs';

const COLUMNS = /** @type {const} */ (['total', 'on', 'available', 'dispatched', 'en_route', 'on_scene', 'lost', 'stale']);
const SCAN_MS = 5000;
const TRACK_MS = 20_000;
const SVG = 'http://www.w3.org/2000/svg';
const SKETCH = { width: 190, height: 48, pad: 6 };

/** "武进区 湖塘镇 021-003": district, town, community and grid number, as far as this browser knows the place. @param {Pick<Context, 'config'|'name'>} ctx @param {string} region */
export function placeOf({ config, name }, region) {
  const district = config.districts.find(({ code }) => region.startsWith(code));
  if (!district) return region;
  const town = config.towns[region.slice(0, 9)] ?? region.slice(6, 9);
  const rest = [region.slice(9, 12), region.slice(12)].filter(Boolean).join('-');
  return [name(district.name, district.code), town, rest].filter(Boolean).join(' ');
}

/** @param {Context} ctx @returns {Screen} */
export function mount(ctx) {
  const root = byId('screen-workers');
  const [table, list, picked] = [board(ctx, root), silence(ctx, root), who(ctx, root)];
  return {
    frame(change) {
      if (change.snapshot || change.keys.has('board')) table();
      if (change.snapshot || change.keys.has('roster')) list(ctx.now(), true);
    },
    tick(now) {
      if (frozen(ctx, now)) return;
      list(now, false);
      picked(now);
    },
  };
}

/** @param {Context} ctx @param {HTMLElement} root @returns {() => void} */
function board(ctx, root) {
  const body = slot(root, 'board');
  const counts = { on: slot(root, 'on'), lost: slot(root, 'lost'), late: slot(root, 'late') };
  /** @type {Map<string, ReturnType<typeof dutyLine>>} */
  const lines = new Map();
  const total = dutyLine(true);
  return () => {
    const { board: now } = ctx.picture;
    if (!now) return;
    const made = dutyRows(now, ctx.config.districts, ctx.name, ctx.t('workers.elsewhere')).map((row) => {
      const line = lines.get(row.code) ?? dutyLine(false);
      lines.set(row.code, line);
      return line.paint(row);
    });
    arrange(body, [...made, total.paint(withMix(now.total, ctx.t('workers.city')))]);
    setText(counts.on, numberText(now.total.on));
    setText(counts.lost, numberText(now.total.lost));
    setText(counts.late, numberText(now.total.stale));
    counts.lost.parentElement?.classList.toggle('bad', now.total.lost > 0);
  };
}

/** @param {boolean} total */
function dutyLine(total) {
  const [name, mix] = [el('th', ''), el('span', '', ...MIX.map((key) => el('i', `m-${key}`)))];
  const cells = COLUMNS.map((key) => el('td', `c-${key}`));
  const node = el('tr', total ? 'tot' : '', name, ...cells, el('td', 'bar', mix));
  if (total) setAttr(cells[0], 'data-testid', 'worker-count');
  return {
    /** @param {DutyRow} row */
    paint(row) {
      setText(name, row.name);
      COLUMNS.forEach((key, at) => setText(cells[at], numberText(row[key])));
      cells[6].classList.toggle('some', row.lost > 0);
      MIX.forEach((_, at) => setAttr(mix.children[at], 'style', `width:${row.mix[at].toFixed(2)}%`));
      return node;
    },
  };
}

/** @param {Context} ctx @param {HTMLElement} root @returns {(now: number, force: boolean) => void} */
function silence(ctx, root) {
  const [box, note] = [slot(root, 'silent'), slot(root, 'silent-note')];
  const none = el('p', 'none', ctx.t('workers.silent.none'));
  const lostMs = ctx.config.fix.lost_s * 1000;
  setText(note, ctx.t('workers.silent.rule', ageText(lostMs, ctx.t)));
  /** @type {Map<string, HTMLElement>} */
  const nodes = new Map();
  let scanned = -Infinity;
  box.addEventListener('click', (event) => {
    const id = event.target instanceof Element ? event.target.closest('[data-worker-id]')?.getAttribute('data-worker-id') : null;
    if (id) ctx.select({ kind: 'worker', id });
  });
  new ResizeObserver(() => { scanned = -Infinity; }).observe(box);
  return (now, force) => {
    if ((!force && now - scanned < SCAN_MS) || !ctx.picture.asOf) return;
    scanned = now;
    const room = Math.max(1, Math.floor(box.clientHeight / (parseFloat(getComputedStyle(box).fontSize) * 1.95)));
    const found = silent(ctx.picture.workers, now, lostMs, room);
    const keep = new Set(found.map(({ id }) => id));
    for (const id of [...nodes.keys()]) if (!keep.has(id)) nodes.delete(id);
    arrange(box, found.length === 0 ? [none] : found.map((one) => silentLine(ctx, nodes, one)));
  };
}

/** @param {Context} ctx @param {Map<string, HTMLElement>} nodes @param {import('./roster.mjs').Silent} one */
function silentLine(ctx, nodes, { id, row, name, region, age }) {
  const node = nodes.get(id) ?? el('div', 'line', el('b', ''), el('span', 'role'), el('span', 'el'), el('em', ''));
  nodes.set(id, node);
  setAttr(node, 'data-worker-id', id);
  const words = [name || id, ctx.t(`role.${roleOf(ctx.picture.workers.flag[row])}`), placeOf(ctx, region),
    age === null ? ctx.t('workers.never') : ageText(age, ctx.t)];
  words.forEach((text, at) => setText(node.children[at], text));
  return node;
}

/** @param {Context} ctx @param {HTMLElement} root @returns {(now: number) => void} */
function who(ctx, root) {
  const view = new Person(ctx, root);
  let asked = -Infinity;
  let id = '';
  /** @param {number} now */
  const paint = (now) => {
    const picked = ctx.selection?.kind === 'worker' ? ctx.selection.id : '';
    if (picked !== id) asked = -Infinity;
    id = picked;
    view.facts(id, now);
    if (!id || now - asked < TRACK_MS) return;
    asked = now;
    void ctx.track(id).then((track) => { if (track && track.worker === id) view.track(track, ctx.now()); }, () => undefined);
  };
  ctx.on('select', () => paint(ctx.now()));
  return paint;
}

/** The tile of one person. */
class Person {
  /** @param {Context} ctx @param {HTMLElement} root */
  constructor(ctx, root) {
    this.ctx = ctx;
    this.title = slot(root, 'who-title');
    this.note = slot(root, 'who-note');
    this.values = { place: el('dd', 'el'), duty: el('dd', 'el'), fix: el('dd', 'el'), track: el('dd', 'el') };
    this.list = el('dl', '', ...Object.entries(this.values).flatMap(([key, value]) => [el('dt', '', ctx.t(`workers.who.${key}`)), value]));
    this.none = el('p', 'none', ctx.t('workers.who.none'));
    this.svg = document.createElementNS(SVG, 'svg');
    const { width, height, pad } = SKETCH;
    this.svg.setAttribute('viewBox', `${-pad} ${-pad} ${width + 2 * pad} ${height + 2 * pad}`);
    this.svg.setAttribute('class', 'trk');
    slot(root, 'who').append(this.none, this.list, this.svg);
    this.drawn = '';
  }

  /** @param {string} id @param {number} now */
  facts(id, now) {
    const { t, picture: { workers } } = this.ctx;
    setHidden(this.none, id !== '');
    setHidden(this.list, id === '');
    if (this.drawn !== id) this.clear(id);
    const row = workers.rowOf.get(id);
    const title = id === '' ? t('workers.who') : id;
    setText(this.title, row === undefined ? title : workers.names[row] || id);
    if (row === undefined) return setText(this.note, id === '' ? '' : t('workers.who.gone'));
    const time = workers.fixTime[row];
    setText(this.note, t(`role.${roleOf(workers.flag[row])}`));
    setText(this.values.place, placeOf(this.ctx, workers.regions[row]));
    setText(this.values.duty, t(`duty.${dutyOf(workers.flag[row])}`));
    setText(this.values.fix, Number.isNaN(time) ? t('workers.never') : t('workers.who.ago', clockText(time), ageText(now - time, t)));
  }

  /** @param {string} id */
  clear(id) {
    this.drawn = id;
    this.svg.replaceChildren();
    for (const value of Object.values(this.values)) setText(value, '');
  }

  /** @param {import('../types.mjs').Track} track @param {number} now */
  track(track, now) {
    const { t, config: { track_minutes: minutes } } = this.ctx;
    const parts = legs(track, now - minutes * 60_000);
    const km = (metres(track, parts) / 1000).toFixed(2);
    const since = parts.length > 0 ? minuteText(track.time[parts[0][0]]) : '';
    setText(this.values.track, since ? t('workers.who.since', since, km) : t('workers.who.notrack', minutes));
    this.svg.replaceChildren(...drawing(sketch(track, parts, SKETCH.width, SKETCH.height)));
  }
}

/** @param {string[]} lines */
function drawing(lines) {
  const made = lines.map((points) => {
    const line = document.createElementNS(SVG, 'polyline');
    line.setAttribute('points', points);
    return line;
  });
  const last = lines.at(-1)?.split(' ').at(-1)?.split(',');
  if (!last) return made;
  const end = document.createElementNS(SVG, 'circle');
  for (const [name, value] of [['cx', last[0]], ['cy', last[1]], ['r', '3']]) end.setAttribute(name, value);
  return [...made, end];
}
