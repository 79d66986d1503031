/**
 * The chosen event in the console's middle: what it is and how long there is, its steps, its record, who was whistled for, what
 * is like it, pictures. Paints what the pure modules say; presses are handed on.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('./source.mjs').Detail} Detail
 * @typedef {import('./orders.mjs').Order} Order
 * @typedef {{comment: (text: string) => void, alarm: (id: string) => void, checkin: (department: string) => void, merge: (into: string) => void}} Presses
 */
import { linkedAlarms, linkedSection } from './eventalarms.mjs';
import { alikes, called, kin, limit, marks, pictures, whereabouts } from './facts.mjs';
import { el, setAttr, setHidden, setText } from '../dom.mjs';
import { dateText, minuteText } from '../i18n.mjs';
import { button } from '../map/controls.mjs';
import { linkedPhoto } from '../queue/photo.mjs';
import { SEVERITY, oneLine, severityTag } from '../queue/row.mjs';
import { RecordPane } from './record.mjs';
import { repaint } from './repaint.mjs';
import { stepLine } from './steps.mjs';

const STEP_CLASS = { done: 'd', now: 'c', ahead: 'f', skipped: 'f skip' };

export class EventPane {
  /** @param {Context} ctx @param {HTMLElement} box @param {Presses} presses */
  constructor(ctx, box, presses) {
    this.ctx = ctx;
    this.box = box;
    this.presses = presses;
    this.chips = el('div', 'l');
    this.title = el('h3', '');
    this.label = el('span', '');
    this.left = el('b', '');
    this.bar = el('i', '');
    this.sla = el('span', 'sla', this.bar);
    this.where = el('p', 'where');
    this.steps = el('ol', 'st');
    this.side = { called: el('div', 'called'), alarms: el('div', 'alarms'), kin: el('div', 'kin'), alike: el('div', 'alike'), media: el('div', 'media') };
    const record = el('div', 'rec');
    this.record = new RecordPane(ctx, record, presses.comment);
    const print = button(ctx.t('console.print'), 'btn sm noprint', () => window.print());
    this.printed = el('p', 'printed');
    this.detail = el('div', 'detail', el('div', 'eh', el('div', 'lr', this.chips, print), el('div', 'et', this.title, el('div', 'cd', this.label, this.left, this.sla)), this.where),
      this.steps, el('div', 'mid', record, el('aside', '', this.side.called, this.side.alarms, this.side.kin, this.side.alike, this.side.media)), this.printed);
    this.empty = el('div', 'empty');
    box.append(this.detail, this.empty);
  }

  /** @param {Detail|null} detail @param {string} why there is none @param {readonly Order[]} orders under way @param {number} now */
  paint(detail, why, orders, now) {
    setHidden(this.detail, !detail);
    setHidden(this.empty, Boolean(detail));
    setText(this.empty, detail ? '' : why);
    if (!detail) return;
    const { ctx } = this;
    setText(this.title, oneLine(detail.event.title));
    repaint(this.chips, { sev: detail.event.sev, id: detail.event.id, marks: marks(ctx, detail, now), busy: orders.length > 0 }, (model) => this.#chips(model));
    repaint(this.where, whereabouts(ctx, detail), (parts) => parts.map((part) => el('span', '', part)));
    repaint(this.steps, stepLine(ctx, detail, now), (steps) => steps.map(({ words, time, state }) => el('li', STEP_CLASS[state], el('i', ''), el('b', '', words), el('span', '', time))));
    setAttr(this.steps, 'style', `grid-template-columns:repeat(${detail.steps.length},minmax(0,1fr))`);
    this.#limit(limit(ctx, detail, now));
    this.record.paint(detail, orders, now);
    this.#side(detail, now);
    setText(this.printed, ctx.t('console.printed', ctx.name(ctx.config.city.name, ''), detail.event.id, dateText(now, ctx.t), minuteText(now)));
  }

  /** @param {{sev: number, id: string, marks: string[], busy: boolean}} model @returns {Node[]} */
  #chips({ sev, id, marks: said, busy }) {
    const { t } = this.ctx;
    const chips = said.map((words) => el('span', 'chip', words));
    return [severityTag(sev, t(`severity.${SEVERITY[sev]}`)), el('span', 'id', id), ...chips, ...(busy ? [el('span', 'chip going', t('console.pending'))] : [])];
  }

  /** @param {import('./facts.mjs').Limit} found */
  #limit({ label, words, used, pace }) {
    setText(this.label, label);
    setText(this.left, words);
    setAttr(this.left, 'class', pace);
    setAttr(this.sla, 'class', `sla ${pace}`);
    setAttr(this.bar, 'style', `width:${Math.round(used * 100)}%`);
  }

  /** @param {Detail} detail @param {number} now */
  #side(detail, now) {
    const { ctx, presses } = this;
    const { t } = ctx;
    repaint(this.side.called, { rows: called(ctx, detail.event, now), open: detail.open }, ({ rows, open }) => (rows.length === 0 ? [] : [
      heading(t('console.called'), t('console.called.note', rows.length, rows.filter(({ state }) => state === 'in').length)),
      el('ul', 'wh', ...rows.map(({ department, name, time, words, state }) => el('li', state, el('b', 'el', name), el('span', '', time),
        state === 'in' || !open ? el('em', '', words) : press(t('console.checkin'), t('console.checkin.why', name), () => presses.checkin(department))))),
    ]));
    repaint(this.side.alarms, linkedAlarms(ctx, detail, now), (found) => linkedSection(t, found, presses.alarm));
    repaint(this.side.kin, kin(t, detail), (rows) => (rows.length === 0 ? [] : [
      heading(t('console.kin'), ''), el('ul', 'al', ...rows.map(({ id, words }) => el('li', '', button(id, 'go', () => ctx.select({ kind: 'event', id })), el('span', '', words)))),
    ]));
    repaint(this.side.alike, { rows: alikes(ctx, detail.related), open: detail.open }, ({ rows, open }) => (rows.length === 0 ? [] : [
      heading(t('console.alike'), t('console.alike.note', rows.length)),
      el('ul', 'al', ...rows.map((one) => this.#alike(one, open))),
    ]));
    repaint(this.side.media, pictures(detail.event.media, location.href), (all) => (all.length === 0 ? [] : [heading(t('console.media'), ''), el('div', 'pics', ...all.map(linkedPhoto))]));
  }

  /** @param {import('./facts.mjs').Alike} one @param {boolean} open whether the chosen event is */
  #alike({ id, title, why, verdict, mergeable }, open) {
    const { ctx, presses } = this;
    const go = button(oneLine(title), 'go', () => ctx.select({ kind: 'event', id }));
    const merge = open && mergeable ? [press(ctx.t('console.do.merge'), ctx.t('console.merge.why', id), () => presses.merge(id))] : [];
    return el('li', '', go, el('span', '', `${verdict} · ${why}`), ...merge);
  }
}

/** @param {string} words @param {string} note */
const heading = (words, note) => el('h4', '', words, el('span', '', note));

/** @param {string} words @param {string} why @param {() => void} act */
function press(words, why, act) {
  const node = button(words, 'btn sm', act);
  setAttr(node, 'title', why);
  return node;
}
