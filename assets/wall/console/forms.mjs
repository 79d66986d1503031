/**
 * What each deed must be told before it is a command: the fields of its form, and the command made of what was filled in. Pure;
 * painting the form is `formpane.mjs`'s.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('./source.mjs').Detail} Detail
 * @typedef {import('./actions.mjs').Deed} Deed
 * @typedef {import('./actions.mjs').Role} Role
 * @typedef {Deed|'shelve'|'link'|'service'|'ack'} Asked
 * @typedef {{key: string, kind: 'text'|'line'|'pick'|'departments'|'department'|'when'|'number', words: string, required: boolean,
 *   options: [string, string][], value: string}} Field
 *   `departments`: several keys, separated by blanks; `when`: a local date and time.
 * @typedef {Record<string, string>} Values  By field; what was not filled in is ''.
 * @typedef {{body: Record<string, unknown> & {command: string}, note: string}|{missing: string}} Made  `missing`: a sentence.
 */
import { inputTime } from '../i18n.mjs';
import { onward } from './actions.mjs';
import { stepWords } from './steps.mjs';

const LEVELS = ['normal', 'serious', 'major', 'urgent'];
/** Hours for reporting in, by severity. */
const REPORT_IN_H = [24, 24, 4, 1, 0.5];
const SPANS = ['1wd', '3wd', '5wd', '7wd'];
const SHELF_H = [1, 4, 8, 24];
const HOUR = 3_600_000;
/** Deeds that are done at once. */
export const BARE = ['accept', 'resume', 'undo', 'ack'];

/** @param {string} key @param {Field['kind']} kind @param {string} words @param {Partial<Field>} [more] @returns {Field} */
const field = (key, kind, words, more) => ({ key, kind, words, required: false, options: [], value: '', ...more });

/** The fields of a deed's form. @param {Pick<Context, 't'|'config'|'name'>} ctx @param {Asked} deed @param {Detail|null} detail @param {Role} role
 * @param {{people?: [string, string][], into?: string, event?: string}} [found] workers near the event; the event to merge into; to link to @returns {Field[]} */
export function fieldsOf(ctx, deed, detail, role, { people = [], into = '', event = '' } = {}) {
  const { t } = ctx;
  const reason = field('reason', 'text', t('console.field.reason'), { required: true });
  const note = field('note', 'text', t('console.field.note'));
  /** @type {Partial<Record<Asked, () => Field[]>>} */
  const forms = {
    assign: () => assignFields(ctx, detail, role, people),
    whistle: () => whistleFields(ctx, detail, note),
    urge: () => [note],
    extend: () => [field('span', 'pick', t('console.field.extend'), { options: SPANS.map((span) => [span, t('console.span.workdays', parseInt(span, 10))]), value: SPANS[0] }),
      field('due', 'when', t('console.field.due')), reason],
    pause: () => [reason, field('until', 'when', t('console.field.until'))],
    return: () => [reason],
    cancel: () => [reason],
    advance: () => [stepField(ctx, detail, role), note],
    close: () => [note],
    rate: () => [field('score', 'pick', t('console.field.score'), { required: true, options: [5, 4, 3, 2, 1].map((n) => [String(n), t('console.score', n)]) }),
      field('comment', 'text', t('console.field.comment'))],
    merge: () => [field('into', 'line', t('console.field.into'), { required: true, value: into }), reason],
    shelve: () => [field('hours', 'pick', t('console.field.shelve'), { options: SHELF_H.map((n) => [String(n), t('console.span.hours', n)]), value: '1' }),
      field('until', 'when', t('console.field.till')), reason],
    service: () => [reason],
    link: () => [field('event', 'line', t('console.field.event'), { required: true, value: event })],
  };
  return forms[deed]?.() ?? [];
}

/** To a department only where a step leads there, by way of acceptance. @param {Pick<Context, 't'>} ctx @param {Detail|null} detail @param {Role} role
 * @param {[string, string][]} people */
function assignFields({ t }, detail, role, people) {
  const steps = detail?.may[role] ?? [];
  const toDepartment = steps.includes('assigned') || steps.includes('accepted');
  const worker = field('worker', 'pick', t('console.field.worker'), { options: people, required: !toDepartment, value: toDepartment ? '' : people[0]?.[0] ?? '' });
  return toDepartment ? [field('department', 'department', t('console.field.department')), worker] : [worker];
}

/** @param {Pick<Context, 't'>} ctx @param {Detail|null} detail @param {Field} note */
function whistleFields({ t }, detail, note) {
  const sev = detail?.event.sev ?? 1;
  return [
    field('departments', 'departments', t('console.field.departments'), { required: true }),
    field('level', 'pick', t('console.field.level'), { options: LEVELS.map((level) => [level, t(`severity.${level}`)]), value: LEVELS[sev - 1] }),
    field('hours', 'number', t('console.field.hours'), { required: true, value: String(REPORT_IN_H[sev]) }),
    note,
  ];
}

/** @param {Pick<Context, 't'|'config'|'name'>} ctx @param {Detail|null} detail @param {Role} role */
function stepField(ctx, detail, role) {
  const steps = detail ? onward(detail, role) : [];
  const at = detail ? detail.steps.findIndex(({ step }) => step === detail.event.step) : -1;
  const next = steps.find((step) => (detail?.steps.findIndex((one) => one.step === step) ?? -1) > at) ?? steps[0] ?? '';
  const options = steps.map((step) => /** @type {[string, string]} */ ([step, stepWords(ctx, detail?.event.process ?? '', step)]));
  return field('step', 'pick', ctx.t('console.field.step'), { required: true, options, value: next });
}

/** The command of a filled-in form. @param {Pick<Context, 't'>} ctx @param {Asked} deed @param {Field[]} fields @param {Values} values
 * @param {{id: string, undo?: string, alarms?: string[], device?: string, now: number}} about the event's id, or the alarms and their device @returns {Made} */
export function commandOf({ t }, deed, fields, values, { id, undo = '', alarms = [], device = '', now }) {
  const said = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value.trim()]));
  const lacking = fields.find(({ key, required }) => required && !said[key]);
  if (lacking) return { missing: t('console.missing', lacking.words) };
  const wrong = fields.find(({ key, kind }) => (kind === 'when' && said[key] && !(inputTime(said[key]) > now)) || (kind === 'number' && !(Number(said[key]) > 0)));
  if (wrong) return { missing: t('console.wrong', wrong.words) };
  const more = bodyOf(deed, said, { undo, alarms, device, now });
  if (!more) return { missing: t('console.missing', fields.map(({ words }) => words).join(t('console.or'))) };
  return { body: alarms.length ? more : { event_id: id, ...more }, note: said.reason || said.note || said.comment || '' };
}

/** @param {Asked} deed @param {Values} said @param {{undo: string, alarms: string[], device: string, now: number}} about
 * @returns {(Record<string, unknown> & {command: string})|null} null where nothing was chosen */
function bodyOf(deed, said, { undo, alarms, device, now }) {
  const { reason, note } = said;
  const due = said.due ? { due: inputTime(said.due) } : { span: said.span };
  const until = said.until ? { until: inputTime(said.until) } : {};
  const shelf = { alarm_id: alarms[0], until: said.until ? inputTime(said.until) : Math.round(now + Number(said.hours) * HOUR), reason }; // the server's clock is not read in whole ms
  /** @type {Record<Asked, (Record<string, unknown> & {command: string})|null>} */
  const bodies = {
    accept: { command: 'accept' },
    resume: { command: 'resume' },
    undo: { command: 'undo', step: undo },
    assign: assignBody(said),
    whistle: { command: 'whistle', level: said.level, departments: (said.departments ?? '').split(' '), report_within_h: Number(said.hours), note },
    urge: { command: 'urge', note },
    extend: { command: 'extend', ...due, reason },
    pause: { command: 'pause', reason, ...until },
    return: { command: 'return', reason },
    cancel: { command: 'cancel', reason },
    advance: { command: 'advance', step: said.step, note },
    close: { command: 'close', note },
    rate: { command: 'rate', score: Number(said.score), comment: said.comment },
    merge: { command: 'merge', into: said.into, reason },
    ack: { command: 'alarm.ack', alarm_ids: alarms },
    shelve: { command: 'alarm.shelve', ...shelf },
    service: { command: 'alarm.service', device_id: device, state: 'out', reason },
    link: { command: 'alarm.link', alarm_id: alarms[0], event_id: said.event },
  };
  return bodies[deed];
}

/** A worker alone is sent (dispatch takes the steps in between); a department gets the event assigned. @param {Values} said */
function assignBody({ department, worker }) {
  if (department) return { command: 'assign', department, ...(worker ? { worker_id: worker } : {}) };
  return worker ? { command: 'dispatch', worker_id: worker } : null;
}
