import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asKpi, boards } from '../../../assets/wall/kpi/boards.mjs';
import { cards, mixed } from '../../../assets/wall/kpi/indicators.mjs';
import { NOW, t } from '../fixtures.mjs';

const rate = { num: 9, den: 10 };
const compared = (/** @type {number|null} */ before, /** @type {number|null} */ year) => ({ row: rate, value: 90, small: true, met: false, before, year_ago: year });
const board = (/** @type {object} */ more = {}) => /** @type {import('../../../assets/wall/kpi/boards.mjs').Board} */ ({
  from: 0, to: NOW, as_of: NOW, since: 0, window: '7d', districts: [], mix: { category: [], channel: [] },
  city: { closure: rate, ontime: rate, satisfaction: rate, open: 1, overdue: 0, reported: 2, closed: 3 },
  compared: { closure_rate: compared(89.5, null), ontime_rate: compared(91, 90), satisfaction: compared(null, null) },
  series: [{ t: 5, start: 0, closure: rate, ontime: rate, satisfaction: rate, reported: 2, closed: 1 }], ...more,
});

/** A page that asks a server of answers in turn. @param {(Response|Error)[]} answers */
function asking(answers) {
  /** @type {string[]} */
  const urls = [];
  /** @type {[() => void, number][]} */
  const waiting = [];
  /** @type {(() => void)[]} */
  const scoped = [];
  let told = 0;
  const ctx = /** @type {any} */ ({ scope: '', t, on: (/** @type {string} */ _, /** @type {() => void} */ fn) => scoped.push(fn) });
  const found = boards(ctx, () => { told += 1; }, {
    ask: async (url) => { urls.push(String(url)); const next = answers.shift(); if (!next || next instanceof Error) throw next ?? new Error('none left'); return next; },
    later: (fn, ms) => waiting.push([fn, ms]), never: () => {},
  });
  return { found, urls, waiting, ctx, rescope: (/** @type {string} */ code) => { ctx.scope = code; scoped.forEach((fn) => fn()); }, told: () => told };
}
const settled = () => new Promise((done) => setTimeout(done, 5));

test('it asks at once, again every half minute, and at once for another window or region', async () => {
  const page = asking([Response.json(board()), Response.json(board({ window: '30d' })), Response.json(board())]);
  await settled();
  assert.deepEqual([page.urls[0], page.found.board?.window, page.waiting[0][1]], ['/api/kpi?window=24h&scope=', '7d', 30_000]);
  page.found.choose('30d');
  assert.equal(page.found.board, null);
  await settled();
  page.rescope('320402');
  await settled();
  assert.deepEqual(page.urls.slice(1), ['/api/kpi?window=30d&scope=', '/api/kpi?window=30d&scope=320402']);
});

test('what it waits for is said, and a moment of silence takes nothing away', async () => {
  const filling = Response.json({ error: { message: 'the history is being read: 45%' } }, { status: 503 });
  const page = asking([filling, Response.json(board()), new Error('offline')]);
  await settled();
  assert.deepEqual([page.found.board, page.found.waits, page.waiting[0][1]], [null, t('kpi.filling', 45), 4_000]);
  page.waiting[0][0]();
  await settled();
  assert.equal(page.found.waits, '');
  page.waiting[1][0]();
  await settled();
  assert.deepEqual([page.found.board?.window, page.found.waits], ['7d', t('kpi.busy')]);
});

test('an answer that comes after another window was chosen is not shown', async () => {
  const page = asking([Response.json(board({ window: 'old' })), Response.json(board({ window: 'new' }))]);
  page.found.choose('7d');
  await settled();
  assert.equal(page.found.board?.window, 'new');
});

test('a board is shown as the live picture is, with its own line', () => {
  const kpi = asKpi(board(), null);
  assert.deepEqual([kpi.city.reported, kpi.spark.ontime], [2, [{ t: 5, num: 0, den: 0 }]]); // 9 of 10 make no point
  const many = { num: 29, den: 30 };
  assert.deepEqual(asKpi(board({ series: [{ t: 5, start: 0, closure: many, ontime: many, satisfaction: many, reported: 2, closed: 1 }] }), null).spark.closure, [{ t: 5, ...many }]);
});

test('beside each rate stand the period before and last year, or a dash that says why', () => {
  const [closure, ontime, satisfaction] = cards(asKpi(board(), null), {}, t, board());
  assert.deepEqual(closure.changes.map(({ change }) => change), ['▲ 0.50', '—']);
  assert.equal(closure.changes[1].why, t('kpi.compared.why'));
  assert.deepEqual(ontime.changes.map(({ change }) => change), ['▼ 1.00', '0.00']);
  assert.deepEqual(satisfaction.changes.map(({ change }) => change), ['—', '—']);
});

test('of a long mix the most frequent are shown, and how many are not', () => {
  const mix = [50, 30, 15, 5].map((reported, at) => ({ key: `k${at}`, reported }));
  assert.deepEqual(mixed(mix, 4).rows.map(({ share }) => share), ['50.0%', '30.0%', '15.0%', '5.0%']);
  const { rows, left } = mixed(mix, 3);
  assert.deepEqual([rows.map(({ key, fill }) => [key, fill]), left], [[['k0', 100], ['k1', 60]], 2]);
  assert.deepEqual(mixed([{ key: 'a', reported: 9996 }, { key: 'b', reported: 4 }], 3).rows.map(({ share }) => share), ['99.9%', '0.0%'], 'nearly all is not all');
  assert.deepEqual(mixed([], 3), { rows: [], left: 0 });
});
