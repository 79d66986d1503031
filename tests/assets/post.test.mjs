import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { commandId, post } from '../../assets/wall/post.mjs';

/** @type {any[]} */
const asked = [];
/** @type {{status: number, body: any}|null} null: hang up */
let reply = null;
const server = createServer((request, response) => {
  let text = '';
  request.on('data', (part) => (text += part));
  request.on('end', () => {
    asked.push(JSON.parse(text));
    if (!reply) response.destroy();
    else response.writeHead(reply.status, { 'Content-Type': 'application/json' }).end(JSON.stringify(reply.body));
  });
});
await new Promise((done) => server.listen(0, '127.0.0.1', () => done(null)));
const base = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
after(() => server.close());

test('what was taken has no fault; a refusal comes with all it says', async () => {
  reply = { status: 202, body: { id: 'c', entries: ['1-0'] } };
  assert.equal(await post({ command: 'accept', event_id: 'E1', id: 'c' }, base), null);
  const error = { field: 'step', key: 'edge', reason: 'edge: …', parts: { process: { zh: '八步', en: '' } } };
  reply = { status: 409, body: { error } };
  assert.deepEqual(await post({ command: 'accept' }, base), error);
  assert.deepEqual(asked[0], { command: 'accept', event_id: 'E1', id: 'c' });
});

test('without an answer the same command is sent once more, then given up', async () => {
  asked.length = 0;
  reply = null;
  assert.deepEqual(await post({ command: 'accept', id: commandId() }, base), { key: 'unreachable' });
  assert.deepEqual([asked.length, asked[0].id === asked[1].id, asked[0].id.length > 8], [2, true, true]);
});
