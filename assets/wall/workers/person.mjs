/**
 * The tile of the picked worker: who it is, where, doing what, and the last hour's way.
 *
 * @typedef {import('../types.mjs').Context} Context
 */
import { ageText, clockText, minuteText } from '../i18n.mjs';
import { el, setHidden, setText, slot } from '../dom.mjs';
import { dutyOf, legs, metres, roleOf, sketch } from './roster.mjs';
import { placeOf } from './place.mjs';

const TRACK_MS = 20_000;
const SVG = 'http://www.w3.org/2000/svg';
const SKETCH = { width: 190, height: 48, pad: 6 };

/** @param {Context} ctx @param {HTMLElement} root @returns {(now: number) => void} */
export function mount(ctx, root) {
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
