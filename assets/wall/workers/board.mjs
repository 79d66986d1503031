/**
 * The duty table: who does what, by region or by role, with the posts that are not filled. On the screen's own page a person
 * chooses what the rows are and whom they count.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('./roster.mjs').DutyRow} DutyRow
 * @typedef {{by: 'region'|'role', role: number|null, region: string|null}} Choice
 */
import { numberText } from '../i18n.mjs';
import { arrange, el, setAttr, setHidden, setText, slot } from '../dom.mjs';
import { byRegion, byRole } from './staff.mjs';
import { MIX, ROLES, dutyRows, withMix } from './roster.mjs';
import { areaName } from './place.mjs';

const COLUMNS = /** @type {const} */ (['total', 'on', 'available', 'dispatched', 'en_route', 'on_scene', 'lost']);

/** @param {Context} ctx @param {HTMLElement} root @returns {() => void} paints */
export function mount(ctx, root) {
  const body = slot(root, 'board');
  const counts = { on: slot(root, 'on'), lost: slot(root, 'lost'), late: slot(root, 'late') };
  /** @type {Choice} */
  const choice = { by: 'region', role: null, region: null };
  const controls = chooser(ctx, slot(root, 'board-choice'), choice, () => paint());
  /** @type {Map<string, ReturnType<typeof dutyLine>>} */
  const lines = new Map();
  const total = dutyLine(true);
  const paint = () => {
    const { board, staff } = ctx.picture;
    if (!board) return;
    controls();
    body.parentElement?.classList.toggle('by-role', choice.by === 'role');
    setText(slot(root, 'board-by'), ctx.t(choice.by === 'role' ? 'workers.role' : 'workers.district'));
    const made = rowsOf(ctx, choice).map((row) => {
      const line = lines.get(choice.by + row.code) ?? dutyLine(false);
      lines.set(choice.by + row.code, line);
      return line.paint(row, posts(ctx, choice, row.code));
    });
    const sum = choice.by === 'role' && staff ? byRole(staff, choice.region).total : choice.role === null || !staff ? board.total : byRegion(staff, choice.role).total;
    const name = choice.by === 'role' && choice.region ? areaName(ctx, choice.region, staff) : ctx.t(ctx.scope ? 'workers.sum' : 'workers.city');
    arrange(body, [...made, total.paint(withMix(sum, name), posts(ctx, choice, ''))]);
    setText(counts.on, numberText(board.total.on));
    setText(counts.lost, numberText(board.total.lost));
    setText(counts.late, numberText(board.total.stale));
    counts.lost.parentElement?.classList.toggle('bad', board.total.lost > 0);
  };
  return paint;
}

/** @param {Context} ctx @param {Choice} choice @returns {DutyRow[]} */
function rowsOf(ctx, { by, role, region }) {
  const { board, staff } = ctx.picture;
  if (!board) return [];
  if (by === 'role' && staff) return byRole(staff, region).districts.map((row) => withMix(row, ctx.t(`role.${ROLES[Number(row.code)]}`)));
  const shown = role === null || !staff ? board : byRegion(staff, role);
  const named = shown.districts.map(({ code }) => ({ code, name: { zh: areaName(ctx, code, staff), en: areaName(ctx, code, staff) } }));
  return dutyRows(shown, named, ctx.name, ctx.t('workers.elsewhere'));
}

/** Grids whose roster lacks somebody; '' where the rows are not regions or it is not known. @param {Context} ctx @param {Choice} choice @param {string} code '' the sum */
function posts({ picture: { staff }, t }, choice, code) {
  if (!staff || choice.by === 'role') return '';
  const row = code === '' ? staff.total : staff.rows.find((one) => one.code === code);
  return row === undefined ? '' : row.gap > 0 ? t('workers.lacking', numberText(row.gap)) : '—';
}

/** @param {boolean} total */
function dutyLine(total) {
  const [name, mix] = [el('th', ''), el('span', '', ...MIX.map((key) => el('i', `m-${key}`)))];
  const cells = COLUMNS.map((key) => el('td', `c-${key}`));
  const lacking = el('td', 'c-posts');
  const node = el('tr', total ? 'tot' : '', name, ...cells, el('td', 'bar', mix), lacking);
  if (total) setAttr(cells[0], 'data-testid', 'worker-count');
  return {
    /** @param {DutyRow} row @param {string} gap */
    paint(row, gap) {
      setText(name, row.name);
      COLUMNS.forEach((key, at) => setText(cells[at], numberText(row[key])));
      cells[6].classList.toggle('some', row.lost > 0);
      MIX.forEach((_, at) => setAttr(mix.children[at], 'style', `width:${row.mix[at].toFixed(2)}%`));
      setText(lacking, gap);
      lacking.classList.toggle('some', gap.length > 1);
      return node;
    },
  };
}

/**
 * Buttons for what the rows are, and a list for whom they count.
 * @param {Context} ctx @param {HTMLElement} box @param {Choice} choice @param {() => void} changed @returns {() => void} brings the lists up to date
 */
function chooser(ctx, box, choice, changed) {
  const buttons = /** @type {const} */ (['region', 'role']).map((by) => {
    const button = el('button', 'chip', ctx.t(`workers.by.${by}`));
    setAttr(button, 'type', 'button');
    button.addEventListener('click', () => { choice.by = by; changed(); });
    return { by, button };
  });
  const roles = select(ctx.t('workers.role'), (value) => { choice.role = value === '' ? null : Number(value); changed(); });
  const regions = select(ctx.t('workers.district'), (value) => { choice.region = value || null; changed(); });
  options(roles, [['', ctx.t('workers.every.role')], ...ROLES.slice(1).map((role, at) => /** @type {[string, string]} */ ([String(at + 1), ctx.t(`role.${role}`)]))]);
  box.append(...buttons.map(({ button }) => button), roles, regions);
  let told = '';
  return () => {
    for (const { by, button } of buttons) {
      button.classList.toggle('on', choice.by === by);
      setAttr(button, 'aria-pressed', String(choice.by === by));
    }
    setHidden(roles, choice.by === 'role');
    setHidden(regions, choice.by === 'region');
    const rows = ctx.picture.staff?.rows ?? [];
    const codes = rows.map(({ code }) => code).join();
    if (codes === told) return;
    told = codes;
    if (!rows.some(({ code }) => code === choice.region)) choice.region = null;
    options(regions, [['', ctx.t('workers.every.region')], ...rows.map(({ code }) => /** @type {[string, string]} */ ([code, areaName(ctx, code, ctx.picture.staff)]))]);
  };
}

/** A drop-down list. @param {string} label @param {(value: string) => void} chosen @returns {HTMLSelectElement} */
export function select(label, chosen) {
  const node = /** @type {HTMLSelectElement} */ (el('select', 'pick'));
  setAttr(node, 'aria-label', label);
  node.addEventListener('change', () => chosen(node.value));
  return node;
}

/** Give a list its entries, keeping what is chosen if it is still there. @param {HTMLSelectElement} node @param {[string, string][]} entries value and words */
export function options(node, entries) {
  const before = node.value;
  node.replaceChildren(...entries.map(([value, words]) => {
    const option = el('option', '', words);
    setAttr(option, 'value', value);
    return option;
  }));
  node.value = entries.some(([value]) => value === before) ? before : '';
}
