/**
 * The assessment's table: sorted by the column whose head is pressed, turned round when it is pressed again.
 */

import { slot } from './dom.mjs';

const table = /** @type {HTMLTableElement|null} */ (slot('scores'));

/** @param {HTMLTableRowElement} row @param {number} column */
const value = (row, column) => row.cells[column]?.dataset.value ?? row.cells[column]?.textContent ?? '';

/** @param {HTMLTableCellElement} head */
function sort(head) {
  const body = table?.tBodies[0], column = head.cellIndex;
  if (!body) return;
  const down = head.getAttribute('aria-sort') === 'ascending';
  for (const other of table.tHead?.querySelectorAll('th') ?? []) other.removeAttribute('aria-sort');
  head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
  const rows = [...body.rows].sort((a, b) => value(a, column).localeCompare(value(b, column), 'zh', { numeric: true }));
  body.append(...(down ? rows.reverse() : rows));
}

for (const button of table?.querySelectorAll('th button') ?? [])
  button.addEventListener('click', () => sort(/** @type {HTMLTableCellElement} */ (button.closest('th'))));
