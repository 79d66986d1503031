/**
 * The page of examples: copies one, and says that it has.
 */

import { say } from './dom.mjs';

/** @param {HTMLElement} button */
async function copy(button) {
  const text = button.closest('figure')?.querySelector('pre')?.textContent ?? '';
  try {
    await navigator.clipboard.writeText(text);
  } catch { // a page that did not come over TLS has no clipboard: mark it, for the keyboard to copy
    return void getSelection()?.selectAllChildren(/** @type {Node} */ (button.closest('figure')?.querySelector('pre')));
  }
  button.textContent = say('docs.copied');
  setTimeout(() => (button.textContent = say('docs.copy')), 2000);
}

for (const button of document.querySelectorAll('[data-copy]'))
  button.addEventListener('click', () => void copy(/** @type {HTMLElement} */ (button)));
