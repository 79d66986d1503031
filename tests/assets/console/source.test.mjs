import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { Source } from '../../../assets/wall/console/source.mjs';
import { NOW, event } from '../fixtures.mjs';
import { detail } from './cases.mjs';

/** A server that answers as told. @type {string[]} */
const asked = [];
/** @type {(url: string) => {status: number, body: any}} */
let reply = () => ({ status: 404, body: {} });
const server = createServer((request, response) => {
  asked.push(request.url ?? '');
  const { status, body } = reply(request.url ?? '');
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
});
await new Promise((done) => server.listen(0, '127.0.0.1', () => done(null)));
const base = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
after(() => server.close());

function source() {
  asked.length = 0;
  let tell = () => {};
  const one = new Source(() => tell(), base);
  return { one, news: () => new Promise((done) => (tell = () => done(null))) };
}

test('a detail is asked for once a version, and anew when the picture has a newer one', async () => {
  reply = () => ({ status: 200, body: detail() });
  const { one, news } = source();
  for (const v of [1, 1, 2]) {
    const told = news();
    one.want('E1', v, NOW);
    if (v === 2 || asked.length === 0) await told;
    else assert.equal(one.state, '');
  }
  assert.deepEqual(asked, ['/api/events/E1', '/api/events/E1']);
  assert.equal(one.of('E1')?.event.id, 'E1');
  assert.equal(one.of('E2'), null);
});

test('an event nobody knows is missing; a failure is asked again, but not at once', async () => {
  const { one, news } = source();
  let told = news();
  reply = () => ({ status: 404, body: {} });
  one.want('a/b', -1, NOW);
  await told;
  assert.deepEqual([one.state, asked], ['missing', ['/api/events/a%2Fb']]);
  reply = () => ({ status: 500, body: {} });
  told = news();
  one.want('E1', 1, NOW);
  await told;
  one.want('E1', 1, NOW + 2999);
  assert.deepEqual([one.state, asked.length], ['failed', 2]);
  told = news();
  one.want('E1', 1, NOW + 3000);
  await told;
  assert.equal(asked.length, 3);
});

test('an answer that was overtaken by another choice is dropped', async () => {
  reply = (url) => ({ status: 200, body: detail({ event: event({ id: url.slice(-2) }) }) });
  const { one, news } = source();
  const told = news();
  one.want('E1', 1, NOW);
  one.want('E2', 1, NOW);
  await told;
  await new Promise((done) => setTimeout(done, 30));
  assert.equal(one.detail?.event.id, 'E2');
});
