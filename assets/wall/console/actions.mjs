/**
 * What an officer can do with an event: the buttons with their letters, which of them may be pressed, and why not the others.
 * Pure: the server's `may` decides, this says it.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('./source.mjs').Detail} Detail
 * @typedef {'accept'|'assign'|'whistle'|'urge'|'extend'|'pause'|'resume'|'return'|'advance'|'close'|'rate'|'merge'|'cancel'|'undo'} Deed
 * @typedef {{deed: Deed, letter: string, words: string, can: boolean, why: string, main: boolean, count: number|null}} Button
 *   `why` it may not be pressed; `main` the next on the way; `count` seconds it may be pressed for yet.
 * @typedef {'seat'|'chief'|'leader'} Role
 */
import { actorWords } from './refusal.mjs';
import { stepWords } from './steps.mjs';

export const ROLES = /** @type {const} */ (['seat', 'chief', 'leader']);
/** Steps by which an event goes on that have no button of their own. */
const ONWARD = ['handling', 'tracked', 'feedback'];
const WAYS_TO_A_WORKER = ['assigned', 'handling', 'accepted'];

/** In their order; `needs`: one of these must be allowed. @type {readonly {deed: Deed, letter: string, needs: string[]}[]} */
export const DEEDS = [
  { deed: 'accept', letter: 'A', needs: ['accepted'] },
  { deed: 'assign', letter: 'D', needs: WAYS_TO_A_WORKER },
  { deed: 'whistle', letter: 'W', needs: [] },
  { deed: 'urge', letter: 'U', needs: ['supervised'] },
  { deed: 'advance', letter: 'V', needs: ONWARD },
  { deed: 'close', letter: 'C', needs: [] },
  { deed: 'extend', letter: 'E', needs: ['extended'] },
  { deed: 'pause', letter: 'P', needs: ['paused'] },
  { deed: 'return', letter: 'R', needs: ['returned'] },
  { deed: 'merge', letter: '', needs: ['merged'] },
  { deed: 'cancel', letter: '', needs: ['cancelled'] },
  { deed: 'rate', letter: '', needs: [] },
  { deed: 'undo', letter: 'Z', needs: [] },
];
/** Deeds on the way to the end: the first of them that can be done is the main one. */
const WAY = ['resume', 'accept', 'close', 'advance', 'assign', 'rate'];

/** Steps to which an event may go on. @param {Detail} detail @param {Role} role @returns {string[]} */
export const onward = (detail, role) => ONWARD.filter((step) => (detail.may[role] ?? []).includes(step));

/** @param {Pick<Context, 't'|'config'|'name'>} ctx @param {Detail|null} detail @param {{role: Role, by: string, now: number, busy: boolean, dead: string}} how
 *   `by` the seat's name; `busy`: an order about it is under way; `dead`: why nothing can be done now, '' if it can @returns {Button[]} */
export function buttons(ctx, detail, { role, by, now, busy, dead }) {
  const made = DEEDS.map((entry) => one(ctx, detail, entry, { role, by, now }))
    .map((button) => (dead || busy ? { ...button, can: false, why: dead || ctx.t('console.why.busy') } : button))
    .filter(({ deed }) => deed !== 'undo' || (detail?.undo && detail.undo.until > now));
  const main = WAY.map((deed) => made.find((button) => button.deed === deed && button.can)).find(Boolean);
  return made.map((button) => ({ ...button, main: button === main }));
}

/** @param {Pick<Context, 't'|'config'|'name'>} ctx @param {Detail|null} detail @param {typeof DEEDS[number]} entry
 * @param {{role: Role, by: string, now: number}} who @returns {Button} */
function one(ctx, detail, entry, { role, by, now }) {
  const deed = entry.deed === 'pause' && detail?.event.paused ? 'resume' : entry.deed;
  const { t } = ctx;
  const left = deed === 'undo' && detail?.undo ? Math.max(0, Math.ceil((detail.undo.until - now) / 1000)) : null;
  const words = deed === 'undo' && detail?.undo ? t('console.do.undo', stepWords(ctx, detail.event.process, detail.undo.step)) : t(`console.do.${deed}`);
  const why = detail ? reason(ctx, detail, deed, needs(ctx, detail, deed, entry.needs), role, by) : t('console.why.none');
  return { deed, letter: entry.letter, words, can: why === '', why, main: false, count: left };
}

/** @param {Pick<Context, 'config'>} ctx @param {Detail} detail @param {Deed} deed @param {string[]} said @returns {string[]} */
function needs({ config }, { event }, deed, said) {
  if (deed === 'resume') return ['resumed'];
  return deed === 'close' ? [config.processes[event.process]?.closed_at ?? 'evaluated'] : said;
}

/** Why a deed is not to be done, '' if it is. @param {Pick<Context, 't'|'config'|'name'>} ctx @param {Detail} detail @param {Deed} deed
 * @param {string[]} wanted @param {Role} role @param {string} by @returns {string} */
function reason(ctx, detail, deed, wanted, role, by) {
  const { t } = ctx;
  if (deed === 'undo') return !detail.undo || detail.undo.by === by ? '' : t('console.why.other', detail.undo.by);
  if (deed === 'rate') return detail.closed === null ? t('console.why.open') : detail.rated === null ? '' : t('console.why.rated');
  if (!detail.open) return t('console.why.closed');
  if (wanted.length === 0 || wanted.some((step) => detail.may[role]?.includes(step))) return '';
  const others = ROLES.filter((other) => wanted.some((step) => detail.may[other]?.includes(step)));
  if (others.length) return t('console.why.role', actorWords(others, t));
  if (detail.event.paused) return t('console.why.paused');
  return t('console.why.step', stepWords(ctx, detail.event.process, detail.event.step), t(`console.do.${deed}`));
}

/** The deed of a letter, null for none. @param {string} key @param {readonly Button[]} shown @returns {Button|null} */
export const byLetter = (key, shown) => shown.find(({ letter }) => letter !== '' && letter === key.toUpperCase()) ?? null;
