/**
 * The devices out of service (停用) below the list of alarms: which, by whom, since when and why, each with the button that puts
 * it back. Nothing such a device says calls anybody, so that it must not be forgotten.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('../types.mjs').OutDevice} OutDevice
 * @typedef {{device: string, words: string, note: string, busy: boolean}} Line
 */
import { kindWords } from './alarmpane.mjs';
import { el, setAttr, setHidden } from '../dom.mjs';
import { momentText, numberText } from '../i18n.mjs';
import { button } from '../map/controls.mjs';
import { repaint } from './repaint.mjs';

/** @param {readonly OutDevice[]} out @param {ReadonlySet<string>} busy devices with an order under way @param {Context['t']} t @param {number} now @returns {Line[]} */
export function outLines(out, busy, t, now) {
  return out.map(({ device, by, reason, since, kind, place }) => {
    const who = since === null ? t('console.out.unknown', by) : t('console.out.since', by, momentText(since, now, t));
    return { device, words: [kind && kindWords(t, kind), device, place].filter(Boolean).join(' · '), note: [who, reason].filter(Boolean).join(' · '), busy: busy.has(device) };
  });
}

export class OutPane {
  /** @param {Context} ctx @param {HTMLElement} box @param {(device: string) => void} restore */
  constructor({ t }, box, restore) {
    this.t = t;
    this.box = box;
    this.restore = restore;
    this.head = el('summary', '');
    this.list = el('ul', '');
    const fold = document.createElement('details');
    fold.open = true;
    fold.append(this.head, this.list);
    box.append(fold);
  }

  /** @param {readonly OutDevice[]} out @param {ReadonlySet<string>} busy @param {string} dead why nothing can be commanded now, '' if it can @param {number} now */
  paint(out, busy, dead, now) {
    const { t } = this;
    setHidden(this.box, out.length === 0);
    repaint(this.head, { n: out.length }, ({ n }) => [el('b', '', t('console.out')), el('span', '', t('console.out.note', numberText(n)))]);
    repaint(this.list, { lines: outLines(out, busy, t, now), dead }, ({ lines }) => lines.map((line) => this.#item(line, dead)));
  }

  /** @param {Line} line @param {string} dead */
  #item({ device, words, note, busy }, dead) {
    const { t } = this;
    const back = button(t(busy ? 'console.pending' : 'console.do.restore'), 'btn sm', () => { if (!busy) this.restore(device); });
    setAttr(back, 'aria-disabled', String(busy || dead !== ''));
    setAttr(back, 'title', dead || t('console.out.why', device));
    const node = el('li', '', el('b', 'el', words), el('span', 'el', note), back);
    setAttr(node, 'title', `${words} ${note}`);
    return node;
  }
}
