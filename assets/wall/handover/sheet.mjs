/**
 * The sheet of a shift handover in words: the draft's facts as sentences, the lines in groups, the numbers, and the commands
 * made of it. Pure. The shapes are those of dashboard/shiftsheet.py and callbacks/handover.py.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {Pick<Context, 't'|'name'|'config'>} Speaker
 * @typedef {'urgent'|'overdue'|'late'|'whistle'|'paused'|'urged'|'promised'|'shelved'} Kind
 * @typedef {{kind: Kind, id: string, title: string, place: string, say: string}} Item  One line as it is signed.
 * @typedef {{sev: number, process: string, step: string, department: string, worker: string, due: number|null, paused: number|null,
 *   until: number|null, urged: number, extended: number, told: string, missing: string[]}} EventFacts
 *   `worker` by name; `missing` departments that were whistled for and have not reported in.
 * @typedef {{sev: number, out: boolean, until: number|null, by: string, reason: string}} AlarmFacts  `out`: a device out of service.
 * @typedef {{kind: Kind, id: string, title: string, place: string, facts: any}} Line  `facts`: AlarmFacts if shelved, else EventFacts.
 * @typedef {{shift: {name: 'day'|'night', day: string, start_ms: number, end_ms: number}, at: number, counts: Record<string, number>,
 *   items: Line[]}} Draft  `at` when it was drawn up, UTC ms.
 * @typedef {{id: string, shift: string, start: number, end: number, handed: string, handed_at: number, taken: string,
 *   taken_at: number|null, lines: number}} Signed  One handover in the list; `taken` empty until somebody has signed; UTC ms.
 * @typedef {Signed & {notes: string, taken_notes: string, items: Item[], counts: Record<string, number>}} Whole
 * @typedef {{kind: Kind, items: Item[], rest: number}} Group  `rest`: how many there was no room for.
 */
import { kindWords } from '../console/alarmpane.mjs';
import { refusalWords } from '../console/refusal.mjs';
import { dayText, leftText, minuteText } from '../i18n.mjs';
import { stepWord } from '../process.mjs';
import { departmentName } from '../queue/marks.mjs';

/** In the order of a sheet. @type {readonly Kind[]} */
export const KINDS = ['urgent', 'overdue', 'late', 'whistle', 'paused', 'urged', 'promised', 'shelved'];
const SEVERITIES = ['', 'normal', 'serious', 'major', 'urgent'];
const COUNTS = ['reported', 'accepted', 'closed', 'open', 'overdue'];
const OWN = ['same', 'taken', 'unknown_handover', 'handed', 'unsigned', 'early'];
/** Nobody knows whether such a command was carried out: it may be sent again under its id. */
const AGAIN = ['log', 'unreachable'];
const [MOST_NOTE, MOST_TITLE] = [4000, 500];

/** "2026-11-22 白班". @param {Draft['shift']} shift @param {Context['t']} t */
export const shiftName = ({ day, name }, t) => `${day} ${t(`shift.${name}`)}`;

/** "11月22日 14:08": a record is read on other days, too. @param {number} ms @param {Context['t']} t */
export const dayTime = (ms, t) => `${dayText(ms, t)} ${minuteText(ms)}`;

/** What a line is known by in what somebody has typed. @param {{kind: string, id: string}} line */
export const keyOf = ({ kind, id }) => `${kind} ${id}`;

/** What the picture has to say of a line, before anybody edits it. @param {Line} line @param {number} at UTC ms @param {Speaker} speaker @returns {string} */
export function sayOf({ kind, facts }, at, speaker) {
  const said = kind === 'shelved' ? asideWords(facts, speaker) : eventWords(facts, at, speaker);
  return said.filter(Boolean).join(speaker.t('handover.and'));
}

/** @param {AlarmFacts} facts @param {Speaker} speaker @returns {string[]} */
function asideWords({ out, until, by, reason }, { t }) {
  const why = by && reason ? t('handover.say.why', by, reason) : by || reason;
  return [out || until === null ? t('handover.say.out') : t('handover.say.shelved', dayTime(until, t)), why];
}

/** @param {EventFacts} facts @param {number} at @param {Speaker} speaker @returns {string[]} */
function eventWords(facts, at, speaker) {
  const { t } = speaker;
  const { sev, process, step, department, worker, due, paused, until, urged, extended, told, missing } = facts;
  return [
    sev > 1 ? t(`severity.${SEVERITIES[sev]}`) : '',
    stepWord(speaker, process, step),
    department && departmentName(speaker, department),
    worker,
    due === null ? '' : due < at ? t('handover.say.over', dayTime(due, t), leftText(due - at, t)) : t('handover.say.due', dayTime(due, t)),
    paused === null ? '' : until === null ? t('handover.say.paused') : t('handover.say.until', dayTime(until, t)),
    missing.length > 0 ? t('handover.say.missing', missing.map((key) => departmentName(speaker, key)).join(t('queue.and'))) : '',
    urged > 0 ? t('queue.urged.why', urged) : '',
    extended > 0 ? t('queue.extended.why', extended) : '',
    ['chief', 'leader'].includes(told) ? t('handover.say.told', t(`console.role.${told}`)) : '',
  ];
}

/** The lines as they would be signed now. @param {Draft} draft @param {ReadonlyMap<string, string>} typed by `keyOf`
 * @param {Speaker} speaker @returns {Item[]} */
export function itemsOf({ items, at }, typed, speaker) {
  return items.map((line) => ({
    kind: line.kind, id: line.id, place: line.place,
    title: (line.kind === 'shelved' ? kindWords(speaker.t, line.title) : line.title).slice(0, MOST_TITLE),
    say: typed.get(keyOf(line)) ?? sayOf(line, at, speaker).slice(0, MOST_NOTE),
  }));
}

/** Lines by what they are handed over for. @param {readonly Item[]} items @param {Record<string, number>} counts @returns {Group[]} */
export function groups(items, counts) {
  const all = KINDS.map((kind) => ({ kind, items: items.filter((item) => item.kind === kind), rest: counts[`rest.${kind}`] ?? 0 }));
  return all.filter(({ items: own }) => own.length > 0);
}

/** The sheet's row of numbers: what happened in the shift, what is open, of which severity. @param {Record<string, number>} counts
 * @param {Context['t']} t @returns {{key: string, label: string, n: number}[]} */
export function counted(counts, t) {
  const named = COUNTS.map((key) => ({ key, label: t(`handover.count.${key}`) }));
  const levels = SEVERITIES.slice(1).reverse().map((key) => ({ key, label: t(`severity.${key}`) }));
  return [...named, ...levels].filter(({ key }) => key in counts).map((one) => ({ ...one, n: counts[one.key] }));
}

/** The command that hands a shift over. @param {Draft} draft @param {{id: string, by: string, notes: string, items: Item[]}} signed
 * @param {Context['t']} t @returns {Record<string, unknown>} */
export function handover({ shift, counts }, { id, by, notes, items }, t) {
  return { command: 'handover', id, by: by.trim(), shift: shiftName(shift, t), start: shift.start_ms, end: shift.end_ms, notes: notes.trim(), items, counts };
}

/** The command that takes it over. @param {Pick<Signed, 'id'>} handed @param {{id: string, by: string, notes: string}} signed */
export const takeover = ({ id: handover_id }, { id, by, notes }) => ({ command: 'takeover', id, handover_id, by: by.trim(), notes: notes.trim() });

/** Whether a command that met this may be sent once more under its id. @param {{key: string}} fault */
export const again = ({ key }) => AGAIN.includes(key);

/** Why a signature was refused. @param {import('../post.mjs').Fault} fault @param {Speaker} speaker @returns {string} */
export function refused(fault, speaker) {
  if (OWN.includes(fault.key)) return speaker.t(`handover.no.${fault.key}`);
  const words = refusalWords(fault, speaker);
  return again(fault) ? speaker.t('handover.again', words) : words;
}
