import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { Adviser } from '../../../../assets/wall/map/dispatch/advice.mjs';
import { NOW, event } from '../../fixtures.mjs';

/** A server that answers as told and keeps what it was asked. */
const asked = /** @type {{method: string, url: string, body: any}[]} */ ([]);
/** @type {(url: string) => {status: number, body: any}|null} null: hang up */
let reply = () => ({ status: 200, body: {} });
const server = createServer((request, response) => {
  let text = '';
  request.on('data', (part) => (text += part));
  request.on('end', () => {
    const url = request.url ?? '';
    asked.push({ method: request.method ?? '', url, body: text ? JSON.parse(text) : null });
    const answer = reply(url);
    if (!answer) response.destroy();
    else response.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer.body));
  });
});
await new Promise((done) => server.listen(0, '127.0.0.1', () => done(null)));
const base = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
after(() => server.close());

const ADVICE = { event: 'E1', as_of: NOW, candidates: [], considered: 0, on_duty: 0, nearest_m: null };
/** An adviser and a promise of its next news. */
function adviser() {
  asked.length = 0;
  const one = new Adviser(() => tell(), base);
  let tell = () => {};
  return { one, news: () => new Promise((done) => (tell = () => done(null))) };
}
const CHOSEN = { chosen: true, held: false };

test('it asks once for a chosen event, keeps the answer, and asks again after five seconds', async () => {
  reply = () => ({ status: 200, body: ADVICE });
  const { one, news } = adviser();
  const first = news();
  one.want(event({}), NOW, CHOSEN);
  one.want(event({}), NOW, CHOSEN);
  await first;
  assert.deepEqual(one.of('E1', NOW), ADVICE);
  assert.equal(one.of('E2', NOW), null);
  one.want(event({}), NOW + 4999, CHOSEN);
  const second = news();
  one.want(event({}), NOW + 5000, CHOSEN);
  await second;
  assert.deepEqual(asked.map(({ url }) => url), ['/api/nearest?n=5&event=E1', '/api/nearest?n=5&event=E1']);
  assert.equal(one.of('E1', NOW + 25_000), null);
});

test('a change of the event is asked about at once, but not under a pointer', async () => {
  reply = () => ({ status: 200, body: ADVICE });
  const { one, news } = adviser();
  const first = news();
  one.want(event({}), NOW, CHOSEN);
  await first;
  one.want(event({ v: 2 }), NOW + 10, { chosen: true, held: true });
  assert.equal(one.flying, false);
  const second = news();
  one.want(event({ v: 2 }), NOW + 20, CHOSEN);
  await second;
  assert.equal(asked.length, 2);
});

test('an event nobody chose is asked about within a second, not by all walls in the same instant', async () => {
  reply = () => ({ status: 200, body: ADVICE });
  const { one, news } = adviser();
  const first = news();
  one.want(event({}), NOW, { chosen: false, held: false });
  one.want(event({}), NOW + 1000, { chosen: false, held: false });
  await first;
  assert.equal(asked.length, 1);
});

test('without an answer there is no advice', async () => {
  const { one, news } = adviser();
  for (const answer of [{ status: 404, body: {} }, null]) {
    reply = () => answer;
    const told = news();
    one.asked.due = 0;
    one.want(event({ id: 'E9' }), NOW, CHOSEN);
    await told;
    assert.equal(one.of('E9', NOW), null);
  }
});

test('an order stands until the picture shows it', async () => {
  reply = () => ({ status: 202, body: { id: 'c', entries: [] } });
  const { one } = adviser();
  await one.send(event({}), { id: 'W1', name: '周建平' }, NOW);
  const [{ method, url, body }] = asked;
  assert.deepEqual([method, url, body.command, body.event_id, body.worker_id], ['POST', '/api/commands', 'dispatch', 'E1', 'W1']);
  assert.ok(body.id.length > 8);
  assert.equal(one.orderFor(event({}), NOW)?.state, 'pending');
  assert.equal(one.orderFor(event({ v: 4, worker: 'W2' }), NOW)?.state, 'pending');
  assert.equal(one.orderFor(event({ v: 4, worker: 'W1' }), NOW), null);
});

test('an order that was taken and is never seen is not waited for for ever', async () => {
  reply = () => ({ status: 202, body: {} });
  const { one } = adviser();
  await one.send(event({}), { id: 'W1', name: '周建平' }, NOW);
  assert.equal(one.orderFor(event({}), NOW + 15_000)?.state, 'pending');
  assert.equal(one.orderFor(event({}), NOW + 15_001)?.key, 'unseen');
});

test('a refusal is kept with its reason, and the next order replaces it', async () => {
  const { one } = adviser();
  reply = () => ({ status: 409, body: { error: { key: 'off_duty' } } });
  await one.send(event({}), { id: 'W1', name: '周建平' }, NOW);
  assert.deepEqual([one.order?.state, one.order?.key], ['refused', 'off_duty']);
  reply = () => ({ status: 202, body: {} });
  await one.send(event({}), { id: 'W2', name: '许文娟' }, NOW);
  assert.deepEqual([one.order?.state, one.order?.worker], ['pending', 'W2']);
});

test('when nobody answers the same command is sent once more, then given up in words', async () => {
  const { one } = adviser();
  reply = () => null;
  await one.send(event({}), { id: 'W1', name: '周建平' }, NOW);
  assert.deepEqual([one.order?.state, one.order?.key], ['refused', 'unreachable']);
  assert.equal(new Set(asked.map(({ body }) => body.id)).size, 1);
});
