/**
 * What a key means on the console: letters are deeds unless somebody is typing. Pure, but for asking where the key was pressed.
 *
 * @typedef {'tab'|'find'|'close'|'alarm'|'list'|'deed'} Meaning  `list`: moves in the list on the left.
 */

const FIELDS = 'input,select,textarea,[contenteditable=true],[role=menu],[role=slider],dialog';
/** There the space bar presses what has the focus. */
const PRESSED = 'button,a,summary,[role=button],[role=tab]';

/** @param {EventTarget|null} target @param {string} what a selector @returns {boolean} */
const within = (target, what) => typeof Element !== 'undefined' && target instanceof Element && target.closest(what) !== null;

/** Nothing has the focus. @param {EventTarget|null} target */
const nowhere = (target) => typeof document === 'undefined' || target === document.body;

/**
 * @param {Pick<KeyboardEvent, 'key'|'ctrlKey'|'altKey'|'metaKey'|'repeat'|'isComposing'|'target'>} event
 * @param {{alarms: boolean, form: boolean}} shown whether the alarms are, and whether a form is @returns {Meaning|null}
 */
export function meaning({ key, ctrlKey, altKey, metaKey, repeat, isComposing, target }, { alarms, form }) {
  if (ctrlKey || altKey || metaKey || isComposing) return null;
  if (key === 'Escape') return form ? 'close' : null;
  if (repeat || within(target, FIELDS)) return null;
  if (alarms && key === ' ') return within(target, PRESSED) ? null : 'alarm';
  if (/^[jk]$/i.test(key) || (key === 'Enter' && nowhere(target))) return nowhere(target) ? 'list' : null;
  if (key.length !== 1) return null;
  if (key === 'f' || key === 'F') return 'find';
  if (key === 'q' || key === 'Q') return 'tab';
  if (alarms && /^[smo]$/i.test(key)) return 'alarm';
  return /^[a-z]$/i.test(key) ? 'deed' : null;
}
