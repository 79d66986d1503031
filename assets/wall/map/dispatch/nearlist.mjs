/**
 * The card's list of workers as DOM: a row each with its button, and the reasons of the row in question below. What a person
 * does to it: point, press, or keys 1–5 and Enter. Decides nothing about who is proposed.
 *
 * @typedef {import('./push.mjs').Row} Row
 */
import { arrange, el, setAttr, setHidden, setText } from '../../dom.mjs';

export const ROWS = 5;
/** A row that has just changed hands takes no press: the finger was already on its way to another. */
const ARM_MS = 450;

/** Which row's reasons are shown: one with news, the one pointed at or picked, else the first. @param {Row[]} rows
 * @param {number} pointed @param {number} picked @returns {number} */
export function toldRow(rows, pointed, picked) {
  const news = rows.findIndex(({ tone }) => tone !== '');
  if (news >= 0) return news;
  return [pointed, picked].find((k) => k >= 0 && k < rows.length) ?? 0;
}

export class NearList {
  /** @param {HTMLElement} card @param {(row: Row) => void} send */
  constructor(card, send) {
    this.card = card;
    this.send = send;
    this.list = el('ol', '');
    this.items = Array.from({ length: ROWS }, (_, k) => new Item(this.list, k, () => this.press(k)));
    /** @type {Row[]} */
    this.rows = [];
    this.subject = '';
    this.who = '';
    this.armed = 0;
    this.pointed = this.picked = -1;
    this.listen();
  }

  listen() {
    const { card, list } = this;
    const at = (/** @type {Event} */ { target }) => this.items.findIndex(({ node }) => target instanceof Node && node.contains(target));
    list.addEventListener('pointerover', (event) => this.point(at(event)));
    list.addEventListener('pointerleave', () => this.point(-1));
    list.addEventListener('focusin', (event) => this.pick(at(event)));
    card.addEventListener('keydown', (event) => {
      if (/^[1-5]$/.test(event.key)) this.pick(Number(event.key) - 1);
      else if (event.key === 'Enter' && event.target === card && this.picked >= 0) this.press(this.picked);
    });
    card.addEventListener('focusout', (event) => {
      if (!(event.relatedTarget instanceof Node && card.contains(event.relatedTarget))) this.pick(-1);
    });
  }

  /** Somebody points at a row or has picked one: nothing may move there. */
  get held() {
    return this.pointed >= 0 || this.picked >= 0;
  }

  /** @param {number} k */
  point(k) {
    this.pointed = k;
    this.mark();
  }

  /** @param {number} k */
  pick(k) {
    this.picked = k < this.rows.length ? k : -1;
    this.mark();
  }

  /** @param {number} k */
  press(k) {
    const row = this.rows[k];
    if (row?.can && performance.now() >= this.armed) this.send(row);
  }

  /** @param {Row[]} rows @param {string} subject the event they are for */
  paint(rows, subject) {
    const who = [subject, ...rows.map(({ id }) => id)].join('\n');
    if (who !== this.who) this.armed = performance.now() + ARM_MS;
    if (subject !== this.subject) this.picked = -1;
    Object.assign(this, { rows, subject, who });
    this.items.forEach((item, k) => item.paint(rows[k]));
    this.mark();
  }

  mark() {
    const shown = toldRow(this.rows, this.pointed, this.picked);
    this.items.forEach(({ node }, k) => {
      node.classList.toggle('tell', k === shown);
      node.classList.toggle('pick', k === this.picked);
    });
  }
}

class Item {
  /** @param {HTMLElement} list @param {number} k @param {() => void} press */
  constructor(list, k, press) {
    const [name, role, state, far, eta, why] = ['nm el', 'ro', 'st', 'ds', 'eta', 'why'].map((className) => el('span', className));
    this.parts = { name, role, state, far, eta, why };
    this.button = /** @type {HTMLButtonElement} */ (el('button', 'send'));
    this.button.type = 'button';
    this.button.addEventListener('click', press);
    this.node = el('li', '', el('b', 'no', String(k + 1)), el('span', 'who', name, role), state, far, eta, this.button, why);
    list.append(this.node);
  }

  /** @param {Row|undefined} row */
  paint(row) {
    setHidden(this.node, !row);
    if (!row) return;
    const { name, role, state, far, eta, why } = this.parts;
    for (const [part, text] of /** @type {[HTMLElement, string][]} */ ([
      [name, row.name], [role, row.role], [state, row.duty], [far, row.metres], [eta, row.eta], [this.button, row.mark],
    ])) setText(part, text);
    arrange(why, row.why.map((_, k) => why.children[k] ?? el('span', '')));
    row.why.forEach((text, k) => setText(why.children[k], text));
    setAttr(name, 'title', row.name);
    setAttr(why, 'class', `why ${row.tone}`);
    setAttr(this.button, 'aria-label', `${row.mark} ${row.name}`);
    setAttr(this.node, 'data-worker-id', row.id);
    if (this.button.disabled === row.can) this.button.disabled = !row.can;
  }
}
