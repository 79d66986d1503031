/**
 * What the server counts for the workers screen (dashboard/staffing.py), and the rows that boards and bars make of it.
 * Pure.
 *
 * @typedef {import('../types.mjs').BoardRow} BoardRow
 * @typedef {{code: string, name: string, grids: number, visited: number, gap: number, no_head: number, no_hand: number,
 *   head_off: number, hand_off: number, bare: number, roles: number[][]}} StaffRow
 *   One region. Grids: all; visited today; that lack head or worker on the roster (`gap`, of them `no_head`, `no_hand`);
 *   without head, without worker on duty; with neither (`bare`). `roles`: by role (dashboard/model.py Role) how many are off
 *   duty, available, dispatched, en route, on scene, lost.
 * @typedef {{rows: StaffRow[], total: StaffRow, since: number}} Staff  By child of the region shown; visits count from `since`, UTC ms.
 * @typedef {{code: string, place: string, n: number, head: number, hand: number, spare: number, near: number, who: string}} Vacancy
 *   A community: `n` grids concerned, those without head and without worker on the roster; how many could stand in, the
 *   nearest one's metres and id.
 * @typedef {{gaps: Vacancy[], bare: Vacancy[], low: number, low_list: [string, number][], use: number[][][], since: number|null,
 *   rule: {dwell_s: number, low: number, stand_in_m: number}}} Posts
 *   `gaps` on the roster, `bare`: nobody on duty; `low` phones on duty, the lowest as [id, percent]; `use`: by child, at the
 *   end in total, by role: minutes at work and on duty since `since` (UTC ms).
 * @typedef {{code: string, name: string, num: number, den: number}} Bar
 */

const KEYS = /** @type {const} */ (['off', 'available', 'dispatched', 'en_route', 'on_scene', 'lost']);

/** A board row from counts by state. @param {string} code @param {number[]} states @returns {BoardRow} */
function rowOf(code, states) {
  const counts = Object.fromEntries(KEYS.map((key, at) => [key, states[at]]));
  const total = states.reduce((a, b) => a + b, 0);
  return /** @type {BoardRow} */ ({ code, ...counts, stale: 0, on: total - counts.off, total });
}

/** @param {number[][]} tables @returns {number[]} */
const added = (tables) => KEYS.map((_, at) => tables.reduce((sum, states) => sum + states[at], 0));

/** Workers of one role (null: all) by child, and in total. @param {Staff} staff @param {number|null} role */
export function byRegion(staff, role) {
  const states = (/** @type {StaffRow} */ row) => (role === null ? added(row.roles) : row.roles[role]);
  return { districts: staff.rows.map((row) => rowOf(row.code, states(row))), total: rowOf('', states(staff.total)) };
}

/**
 * Workers of one child (null: all) by role, roles that nobody has left out, and in total; the code is the role's number.
 * @param {Staff} staff @param {string|null} code
 */
export function byRole(staff, code) {
  const from = staff.rows.find((row) => row.code === code) ?? staff.total;
  const rows = from.roles.map((states, role) => rowOf(String(role), states)).filter((row) => row.total > 0);
  return { districts: rows, total: rowOf('', added(from.roles)) };
}

/** Patrol coverage by child, the least first. @param {Staff} staff @returns {Bar[]} */
export function coverage(staff) {
  const share = (/** @type {Bar} */ { num, den }) => (den > 0 ? num / den : 2);
  return staff.rows.map(({ code, name, visited, grids }) => ({ code, name, num: visited, den: grids })).sort((a, b) => share(a) - share(b) || a.code.localeCompare(b.code));
}

/** Minutes at work of minutes on duty by child, the busiest first. @param {Staff} staff @param {Posts} posts @returns {Bar[]} */
export function utilisation(staff, posts) {
  const busy = (/** @type {Bar} */ { num, den }) => (den > 0 ? num / den : -1);
  return staff.rows.map(({ code, name }, at) => ({ code, name, ...spent(posts.use[at]) })).sort((a, b) => busy(b) - busy(a) || a.code.localeCompare(b.code));
}

/** Minutes at work of minutes on duty by role, for roles that were on duty. @param {Posts} posts @returns {Bar[]} */
export function utilisationByRole(posts) {
  const total = posts.use[posts.use.length - 1] ?? [];
  return total.map(([num, den], role) => ({ code: String(role), name: '', num, den })).filter(({ den }) => den > 0);
}

/** @param {number[][]|undefined} roles @returns {{num: number, den: number}} */
export function spent(roles) {
  return { num: sum(roles, 0), den: sum(roles, 1) };
}

/** @param {number[][]|undefined} roles @param {number} at */
const sum = (roles, at) => (roles ?? []).reduce((all, pair) => all + pair[at], 0);
