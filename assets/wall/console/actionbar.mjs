/**
 * The row of buttons below the event: one a deed, with its letter, disabled with the reason where it may not be done. Keeps the
 * nodes, so that a press never meets a button that has just been made.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('./actions.mjs').Button} Button
 */
import { arrange, el, setAttr, setHidden, setText } from '../dom.mjs';
import { button } from '../map/controls.mjs';

export class ActionBar {
  /** @param {HTMLElement} box @param {(shown: Button) => void} press */
  constructor(box, press) {
    this.box = box;
    this.press = press;
    /** @type {Map<string, {node: HTMLButtonElement, words: HTMLElement, key: HTMLElement, shown: Button}>} */
    this.items = new Map();
  }

  /** @param {Button[]} shown */
  paint(shown) {
    arrange(this.box, shown.map((one) => this.#item(one)));
  }

  /** @param {Button} shown */
  #item(shown) {
    const item = this.items.get(shown.deed) ?? this.#make(shown);
    item.shown = shown;
    setText(item.words, shown.count === null ? shown.words : `${shown.words} ${shown.count}`);
    setAttr(item.node, 'class', `btn${shown.main ? ' pri' : ''}`);
    setAttr(item.node, 'title', shown.why);
    setAttr(item.node, 'aria-disabled', String(!shown.can)); // it keeps the focus and can say why
    return item.node;
  }

  /** @param {Button} shown */
  #make(shown) {
    const words = el('span', '');
    const key = el('kbd', '', shown.letter);
    setHidden(key, shown.letter === '');
    const item = { node: button('', 'btn', () => this.press(item.shown)), words, key, shown };
    item.node.append(words, key);
    setAttr(item.node, 'data-deed', shown.deed);
    this.items.set(shown.deed, item);
    return item;
  }
}
