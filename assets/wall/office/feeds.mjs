/**
 * The page of feeds: asks every few seconds how they are and paints the table; below it, the devices of the one pressed.
 */

import { ageText, numberText } from '../i18n.mjs';
import { fetchJson } from '../json.mjs';
import { skewText } from '../feedstrip.mjs';
import { say, slot } from './dom.mjs';

/** @typedef {{name: string, kind: string, state: string, why?: string, since_ms?: number, rate?: number, lag_ms?: number|null,
 *   skew_ms?: number|null, records: number, rejected: number, unknown?: number}} Feed
 * @typedef {{device: string, count: number, last_ms: number, why: string}} Device */

const EVERY_MS = 5000;
const t = (/** @type {string} */ key, /** @type {(string|number)[]} */ ...parts) => say(key, ...parts.map(String));
const zone = { timeZone: 'Asia/Shanghai' };
const clock = new Intl.DateTimeFormat('sv-SE', { ...zone, dateStyle: 'short', timeStyle: 'medium' });
const lead = new URLSearchParams(location.search);
let heard = ''; // as of when what is shown is

/** @param {string} tag @param {string} text @param {string} [look] */
function cell(tag, text, look = '') {
  const node = document.createElement(tag);
  node.textContent = text;
  if (look) node.className = look;
  return node;
}

/** @param {number|null|undefined} ms @param {(ms: number) => string} text */
const shown = (ms, text) => (ms === null || ms === undefined ? '—' : text(ms));

/** @param {Feed} feed @param {number} now */
function row(feed, now) {
  const { name, kind, state, why = '', since_ms, rate, lag_ms, skew_ms, records, rejected, unknown } = feed;
  const how = say(`feeds.state.${state || 'unsaid'}`) + (since_ms ? ` ${ageText(now - since_ms, t)}` : '');
  const line = document.createElement('tr');
  line.dataset.feed = name;
  line.dataset.state = state;
  line.append(
    cell('td', name), cell('td', kind), cell('td', how), cell('td', shown(rate, (n) => n.toFixed(1)), 'n'),
    cell('td', shown(lag_ms, (ms) => ageText(Math.max(0, ms), t)), 'n'), cell('td', shown(skew_ms, (ms) => (Math.abs(ms) < 1000 ? '0' : skewText(ms, t))), 'n'),
    cell('td', numberText(records), 'n'), cell('td', numberText(rejected), 'n'), cell('td', unknown === undefined ? '—' : numberText(unknown), 'n'), cell('td', why),
  );
  const button = /** @type {HTMLButtonElement} */ (cell('button', name));
  button.type = 'button';
  line.firstElementChild?.replaceChildren(button);
  line.addEventListener('click', () => void choose(name));
  line.toggleAttribute('aria-selected', name === lead.get('feed'));
  return line;
}

async function paint() {
  const found = await fetchJson('/api/feeds');
  const asof = /** @type {HTMLElement} */ (slot('asof'));
  if (!found) return void (asof.textContent = `${say('feeds.failed')} ${heard}`);
  asof.textContent = heard = say('feeds.asof', clock.format(found.as_of));
  const focused = document.activeElement?.closest('tr')?.dataset.feed; // the new row's button takes over, for who is at the keyboard
  slot('feeds')?.replaceChildren(...found.feeds.map((/** @type {Feed} */ feed) => row(feed, found.as_of)));
  if (focused !== undefined) /** @type {HTMLElement|null} */ (document.querySelector(`[data-feed="${CSS.escape(focused)}"] button`))?.focus();
  slot('none')?.toggleAttribute('hidden', found.feeds.some((/** @type {Feed} */ feed) => feed.state));
}

async function devices() {
  const name = lead.get('feed');
  const found = name && (await fetchJson(`/api/feeds/${encodeURIComponent(name)}/devices`));
  if (!name || !found || name !== lead.get('feed')) return;
  slot('devices')?.removeAttribute('hidden');
  const of = /** @type {HTMLElement} */ (slot('of')), more = /** @type {HTMLElement} */ (slot('more'));
  of.textContent = say(found.devices.length > 0 ? 'feeds.devices.of' : 'feeds.devices.none', name);
  more.textContent = found.truncated ? say('feeds.more', String(found.devices.length)) : '';
  slot('rows')?.replaceChildren(...found.devices.map((/** @type {Device} */ { device, count, last_ms, why }) => {
    const line = document.createElement('tr');
    line.append(cell('td', device), cell('td', numberText(count)), cell('td', clock.format(last_ms)), cell('td', say(`feeds.wrong.${why}`)));
    return line;
  }));
}

/** @param {string} name */
async function choose(name) {
  lead.set('feed', name);
  history.replaceState(null, '', `?${lead}`);
  await Promise.all([paint(), devices()]);
}

const again = () => void Promise.all([paint(), devices()]);
again();
setInterval(again, EVERY_MS);
