/**
 * The steps of an event's process in words, with when each was taken: the line below the title. Pure.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('./source.mjs').Detail} Detail
 * @typedef {Pick<Context, 'config'|'name'|'t'>} Speaker
 * @typedef {{step: string, words: string, time: string, state: 'done'|'now'|'ahead'|'skipped'}} StepMark
 */
import { momentText } from '../i18n.mjs';
import { stepWord } from '../process.mjs';

/** Moves and other lines of the record for which no process has a name. */
const OTHERS = ['whistle', 'checkin', 'comment', 'rated', 'undone', 'absorbed', 'routed', 'escalated'];

/** What a line of the record is called: by the process a step or a move, by us the rest. @param {Speaker} ctx @param {string} process key
 * @param {string} what @returns {string} */
export const stepWords = (ctx, process, what) => (OTHERS.includes(what) ? ctx.t(`console.what.${what}`) : stepWord(ctx, process, what));

/** @param {Speaker} ctx @param {Detail} detail @param {number} now @returns {StepMark[]} */
export function stepLine(ctx, { event, steps, open }, now) {
  const at = steps.findIndex(({ step }) => step === event.step);
  return steps.map(({ step, at: taken }, place) => {
    const state = place === at && open ? 'now' : taken !== null ? 'done' : place < at ? 'skipped' : 'ahead';
    const time = taken === null ? '' : momentText(taken, now, ctx.t);
    return { step, words: stepWords(ctx, event.process, step), time: state === 'now' && !time ? ctx.t('console.now') : time, state };
  });
}
