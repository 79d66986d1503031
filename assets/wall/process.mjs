/**
 * The steps of an event as its process says them (Config.processes): their names, the row of dots, who may take the next
 * one. Pure. Whether a step may be taken is judged by the server; this only foretells it for sorting.
 *
 * @typedef {import('./types.mjs').Config} Config
 * @typedef {import('./types.mjs').Process} Process
 * @typedef {import('./types.mjs').EventRow} EventRow
 * @typedef {Pick<import('./types.mjs').Context, 'config'|'name'>} Knowing
 * @typedef {''|'c'|'f'} Dot  Done, current, ahead.
 */

/** The process of this key, else the city's default one. @param {Config} config @param {string} key @returns {Process|undefined} */
export const processOf = ({ processes, process }, key) => processes[key] ?? processes[process];

/** @param {Config} config @param {string} key of a process */
export const stepsOf = (config, key) => processOf(config, key)?.steps ?? [];

/** What a process calls a step or a move; the log's word where it has none. @param {Knowing} ctx @param {string} process @param {string} step */
export function stepWord({ config, name }, process, step) {
  const found = stepsOf(config, process).find((one) => one.step === step);
  return name(found?.name ?? processOf(config, process)?.moves[step], step);
}

/** Where an event stands, in its process's words. @param {Knowing} ctx @param {Pick<EventRow, 'process'|'step'>} event */
export const stepName = (ctx, { process, step }) => stepWord(ctx, process, step);

/** Its row of dots. @param {Config} config @param {Pick<EventRow, 'process'|'n'>} event @returns {Dot[]} */
export const dots = (config, { process, n }) => stepsOf(config, process).map((_, at) => (at + 1 === n ? 'c' : at + 1 > n ? 'f' : ''));

/** Whether somebody in this role may take a next step. @param {Config} config @param {Pick<EventRow, 'process'|'n'>} event @param {string} role */
export function mayAdvance(config, { process, n }, role) {
  const steps = stepsOf(config, process);
  const next = steps[n - 1]?.next ?? [];
  return steps.some(({ step, by }) => next.includes(step) && (by.length === 0 || by.includes(role)));
}

/**
 * Every step that some process has, the default one's first, by the first name found.
 * @param {Knowing} ctx @returns {[string, string][]} step and name
 */
export function allSteps({ config, name }) {
  /** @type {Map<string, string>} */
  const found = new Map();
  const listed = [processOf(config, ''), ...Object.values(config.processes)];
  for (const process of listed) for (const { step, name: words } of process?.steps ?? []) if (!found.has(step)) found.set(step, name(words, step));
  return [...found];
}

/**
 * The room the rows of these events need: dots of the longest process, characters of the longest name of a step.
 * @param {Knowing} ctx @param {Iterable<EventRow>} events @returns {{dots: number, characters: number}}
 */
export function widest({ config, name }, events) {
  const processes = new Set(Array.from(events, ({ process }) => processOf(config, process)));
  const steps = [...processes].flatMap((process) => (process ? [process.steps] : []));
  return {
    dots: Math.max(0, ...steps.map((list) => list.length)),
    characters: Math.max(0, ...steps.flat().map((one) => name(one.name, one.step).length)),
  };
}
