import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { askPast, saidOf } from '../../../assets/wall/queue/past.mjs';
import { HOUR, NOW, config, name, t } from '../fixtures.mjs';

/** What the server is to say next. @type {{status: number, body: any}} */
let reply = { status: 200, body: {} };
let asked = '';
const server = createServer((request, response) => {
  asked = request.url ?? '';
  response.writeHead(reply.status, { 'Content-Type': 'application/json' }).end(JSON.stringify(reply.body));
});
await new Promise((done) => server.listen(0, '127.0.0.1', () => done(null)));
const base = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
after(() => server.close());

/** @param {number} status @param {any} body */
async function told(status, body) {
  reply = { status, body };
  return askPast('路灯 & 井盖', base);
}

const ctx = { t, name, config: { ...config(), departments: { fire: { zh: '市消防救援支队', en: 'Fire' } } } };
/** @param {Partial<import('../../../assets/wall/queue/past.mjs').PastEvent>} changes */
const said = (changes) => saidOf(ctx, {
  id: 'E1', title: '路灯不亮', category: 'city', severity: 1, region: '3204', place: '天宁区', address: '', department: 'fire', process: 'eight', step: 'evaluated',
  reported: NOW - 50 * HOUR, closed: NOW - 26 * HOUR, due: NOW - 25 * HOUR, score: null, ...changes,
}, NOW);

test('what is typed is asked for, the newest fifty', async () => {
  const found = { events: [], truncated: false };
  assert.deepEqual(await told(200, found), { state: 'found', found });
  assert.equal(new URL(asked, base).searchParams.get('q'), '路灯 & 井盖');
  assert.equal(new URL(asked, base).searchParams.get('limit'), '50');
});

test('too busy, refused and broken are three things', async () => {
  const fault = { field: 'q', key: 'malformed', reason: 'too short' };
  assert.deepEqual(await told(503, {}), { state: 'busy' });
  assert.deepEqual(await told(400, { error: fault }), { state: 'refused', fault });
  assert.deepEqual(await told(500, {}), { state: 'failed' });
  assert.deepEqual(await askPast('x', 'http://127.0.0.1:1'), { state: 'failed' });
});

test('a closed event says where, when it was reported and closed, and that it was on time', () => {
  assert.deepEqual(said({}), {
    where: ['E1', '天宁区'], what: ['市消防救援支队', '3月10日 12:32 上报', '3月11日 12:32 已办结'], pace: 'ontime', verdict: '按时',
  });
  assert.deepEqual(said({ place: '', address: '延陵路 1 号' }).where, ['E1', '延陵路 1 号']);
  assert.equal(said({ department: '' }).what.length, 2);
});

test('late is by how much; without a limit neither', () => {
  const verdict = (/** @type {Parameters<typeof said>[0]} */ changes) => { const { pace, verdict: words } = said(changes); return [pace, words]; };
  assert.deepEqual(verdict({ due: NOW - 28 * HOUR }), ['over', '超期 2 时']);
  assert.deepEqual(verdict({ due: null }), ['', '无时限']);
  assert.deepEqual(verdict({ step: 'handling', closed: null, due: NOW - 2 * HOUR }), ['over', '超期 2 时']);
  assert.deepEqual(verdict({ step: 'handling', closed: null, due: NOW + 2 * HOUR }), ['', '剩 2 时']);
  assert.deepEqual(verdict({ step: 'merged', closed: null, due: NOW - 2 * HOUR }), ['', '']);
});

test('what is open, or left otherwise, says so; another year is named', () => {
  assert.equal(said({ step: 'handling', closed: null }).what[2], '在办：处置');
  assert.equal(said({ step: 'merged', closed: null }).what[2], 'merged');
  assert.equal(said({ reported: NOW - 365 * 24 * HOUR }).what[1], '2025年3月12日 14:32 上报');
});
