/**
 * The few controls the map's drawers are made of: native ones, with their words. They hold no state but what they show.
 */
import { el, setAttr, setHidden, setText } from '../dom.mjs';

let groups = 0;

/** @param {string} words @param {string} className @param {() => void} press @returns {HTMLButtonElement} */
export function button(words, className, press) {
  const made = /** @type {HTMLButtonElement} */ (el('button', className, words));
  made.type = 'button';
  made.addEventListener('click', press);
  return made;
}

/** Scroll a drawer so that what was found is in sight. @param {HTMLElement} node */
export function bringUp(node) {
  const box = node.closest('.drawer-body');
  if (box) box.scrollTop += node.getBoundingClientRect().top - box.getBoundingClientRect().top;
}

/** A control with its label above it. @param {string} words @param {...(Node|string)} controls @returns {HTMLElement} */
export const field = (words, ...controls) => el('label', 'fld', el('span', '', words), ...controls);

/**
 * One of a few, as a row of segments; arrows move within it.
 * @template {string} K
 * @param {string} words what is chosen @param {readonly [K, string][]} options @param {K} value @param {(key: K) => void} chosen
 * @returns {{node: HTMLElement, set: (key: K) => void}}
 */
export function choice(words, options, value, chosen) {
  const name = `choice-${++groups}`;
  const node = el('div', 'seg');
  setAttr(node, 'role', 'radiogroup');
  setAttr(node, 'aria-label', words);
  const inputs = options.map(([key, said]) => {
    const input = document.createElement('input');
    Object.assign(input, { type: 'radio', name, value: key, checked: key === value });
    input.addEventListener('change', () => chosen(key));
    node.append(el('label', '', input, el('span', '', said)));
    return input;
  });
  return {
    node,
    set(key) {
      for (const input of inputs) input.checked = input.value === key;
    },
  };
}

/** One of many. @param {string} words @param {readonly [string, string][]} options @param {string} value
 * @param {(key: string) => void} chosen @returns {HTMLElement} */
export function list(words, options, value, chosen) {
  const select = document.createElement('select');
  for (const [key, said] of options) {
    const option = document.createElement('option');
    Object.assign(option, { value: key, selected: key === value });
    option.append(said);
    select.append(option);
  }
  select.addEventListener('change', () => chosen(select.value));
  return field(words, select);
}

/** A line that says how things are: quiet, or as a fault. @returns {{node: HTMLElement, say: (words: string, fault?: boolean) => void}} */
export function statusLine() {
  const node = el('p', 'say');
  setAttr(node, 'role', 'status');
  setHidden(node, true);
  return {
    node,
    say(words, fault = false) {
      setText(node, words);
      setHidden(node, !words);
      node.classList.toggle('fault', fault);
    },
  };
}
