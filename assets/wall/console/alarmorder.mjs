/**
 * The alarms of a seat as rows: unacknowledged first, then by priority and first-out; in a flood counted groups by area and
 * cause that open to their members. Also what Space would acknowledge. Pure.
 *
 * @typedef {import('../types.mjs').Alarm} Alarm
 * @typedef {import('../types.mjs').Desk} Desk
 * @typedef {import('../types.mjs').AlarmGroup} AlarmGroup
 * @typedef {{kind: 'alarm', key: string, alarm: Alarm, first: boolean, inGroup: boolean}} AlarmLine  `first`: the flood's first-out.
 * @typedef {{kind: 'group', key: string, group: AlarmGroup, open: boolean, first: boolean}} GroupLine
 *   `first`: the flood's first-out is one of its members.
 * @typedef {AlarmLine|GroupLine} Line
 */

const RANK = { unacknowledged: 0, returned_unacknowledged: 1, acknowledged: 2, shelved: 3, suppressed: 4, out_of_service: 5 };
const CALLING = ['unacknowledged', 'returned_unacknowledged'];
/** The server refuses longer commands. */
const MOST_IDS = 200;

/** @param {Pick<Alarm, 'state'>} alarm @returns {boolean} whether somebody still has to acknowledge it */
export const calling = ({ state }) => CALLING.includes(state);

/** Digits of a town's code: groups are by town. */
const TOWN = 9;

/** @param {{area: string, kind: string}} group */
export const groupKey = ({ area, kind }) => `${area} ${kind}`;
/** The group an alarm belongs to. @param {Pick<Alarm, 'region'|'kind'>} alarm */
export const keyOf = ({ region, kind }) => groupKey({ area: region.slice(0, TOWN), kind });

/** Those that call first; within a state the server's order: by priority, then first-out. @param {readonly Alarm[]} alarms @returns {Alarm[]} */
export function inOrder(alarms) {
  return alarms.map((alarm, at) => ({ alarm, at }))
    .sort((a, b) => RANK[a.alarm.state] - RANK[b.alarm.state] || a.alarm.priority - b.alarm.priority || a.at - b.at)
    .map(({ alarm }) => alarm);
}

/**
 * The rows of the list. @param {readonly Alarm[]} alarms @param {Desk|null} desk @param {ReadonlySet<string>} opened keys of groups
 * @returns {Line[]}
 */
export function alarmLines(alarms, desk, opened) {
  const ordered = inOrder(alarms);
  const first = desk?.flood.going ? desk.flood.first : '';
  const line = (/** @type {Alarm} */ alarm, inGroup = false) => ({ kind: /** @type {const} */ ('alarm'), key: alarm.id, alarm, first: alarm.id === first, inGroup });
  if (!desk?.flood.going || desk.groups.length === 0) return ordered.map((alarm) => line(alarm));
  /** @type {Map<string, Alarm[]>} */
  const members = new Map(desk.groups.map((group) => [groupKey(group), []]));
  const alone = ordered.filter((alarm) => !members.get(keyOf(alarm))?.push(alarm));
  const began = ordered.filter(({ id }) => id === first);
  const grouped = desk.groups.flatMap((group) => {
    const key = groupKey(group);
    const open = opened.has(key);
    const own = members.get(key) ?? [];
    return [{ kind: /** @type {const} */ ('group'), key, group, open, first: own.some(({ id }) => id === first) }, ...(open ? own.map((alarm) => line(alarm, true)) : [])];
  });
  return [...began.map((alarm) => ({ ...line(alarm), key: `first ${alarm.id}` })), ...grouped, ...alone.map((alarm) => line(alarm))];
}

/** Ids that Space would acknowledge: the marked ones, else those of the chosen line. @param {readonly Alarm[]} alarms
 * @param {ReadonlySet<string>} marked @param {Line|null} chosen @returns {string[]} */
export function toAcknowledge(alarms, marked, chosen) {
  const open = alarms.filter(calling);
  if (marked.size > 0) return open.filter(({ id }) => marked.has(id)).map(({ id }) => id);
  if (!chosen) return [];
  if (chosen.kind === 'alarm') return open.filter(({ id }) => id === chosen.alarm.id).map(({ id }) => id);
  return open.filter((alarm) => keyOf(alarm) === chosen.key).map(({ id }) => id);
}

/** Lists short enough for one command each. @param {readonly string[]} ids @returns {string[][]} */
export function batches(ids) {
  return Array.from({ length: Math.ceil(ids.length / MOST_IDS) }, (_, k) => ids.slice(k * MOST_IDS, (k + 1) * MOST_IDS));
}
