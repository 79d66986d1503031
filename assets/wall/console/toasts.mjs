/**
 * Short news of a seat's commands: said politely, gone by themselves, with a button where something can be done about it. They
 * never take the focus.
 */
import { el, setAttr } from '../dom.mjs';
import { button } from '../map/controls.mjs';

const STAY_MS = { done: 4000, fault: 12_000, stuck: 60_000 };
const MOST = 5;

export class Toasts {
  /** @param {HTMLElement} box */
  constructor(box) {
    this.box = box;
    setAttr(box, 'aria-live', 'polite');
    setAttr(box, 'role', 'status');
  }

  /** @param {string} words @param {keyof typeof STAY_MS} kind @param {{words: string, press: () => void}} [act] */
  say(words, kind, act) {
    const node = el('div', `toast ${kind}`, el('span', '', words));
    const away = () => node.remove();
    if (act) node.append(button(act.words, 'btn sm', () => { away(); act.press(); }));
    this.box.append(node);
    while (this.box.childElementCount > MOST) this.box.firstElementChild?.remove();
    setTimeout(away, STAY_MS[kind]);
  }
}
