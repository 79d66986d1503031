/**
 * The situation map's tools: a bar of buttons and one drawer beside it, in which the chosen tool puts its controls. Knows
 * no tool; each registers itself.
 *
 * @typedef {{key: string, sign: string, title: string, open: (box: HTMLElement) => void, close?: () => void}} Tool
 *   `sign` the button's face, one character; `open` fills the empty drawer, `close` tidies up when it is left.
 */
import { el, setAttr, setHidden, setText } from '../dom.mjs';

export class Tools {
  /** @param {HTMLElement} body of the map's panel @param {string} closeWord */
  constructor(body, closeWord) {
    this.bar = el('div', 'mtools');
    setAttr(this.bar, 'role', 'toolbar');
    this.title = el('h3', '');
    this.box = el('div', 'drawer-body');
    const shut = button('×', closeWord, () => this.show(null));
    this.drawer = el('aside', 'drawer', el('header', '', this.title, shut), this.box);
    setHidden(this.drawer, true);
    body.append(this.bar, this.drawer);
    /** @type {Map<string, {tool: Tool, button: HTMLElement}>} */
    this.tools = new Map();
    /** @type {string|null} */
    this.shown = null;
    this.drawer.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.show(null);
    });
  }

  /** @param {Tool} tool */
  add(tool) {
    const made = button(tool.sign, tool.title, () => this.show(this.shown === tool.key ? null : tool.key));
    setAttr(made, 'data-tool', tool.key);
    this.bar.append(made);
    this.tools.set(tool.key, { tool, button: made });
  }

  /** Open one tool's drawer, or none. @param {string|null} key */
  show(key) {
    const before = this.shown === null ? undefined : this.tools.get(this.shown);
    before?.tool.close?.();
    before?.button.setAttribute('aria-pressed', 'false');
    this.box.replaceChildren();
    const next = key === null ? undefined : this.tools.get(key);
    this.shown = next ? key : null;
    setHidden(this.drawer, !next);
    if (!next) return before?.button.focus();
    setText(this.title, next.tool.title);
    next.button.setAttribute('aria-pressed', 'true');
    next.tool.open(this.box);
  }
}

/** @param {string} sign @param {string} title @param {() => void} press @returns {HTMLElement} */
function button(sign, title, press) {
  const made = el('button', '', sign);
  for (const [name, value] of Object.entries({ type: 'button', title, 'aria-label': title, 'aria-pressed': 'false' })) made.setAttribute(name, value);
  made.addEventListener('click', press);
  return made;
}
