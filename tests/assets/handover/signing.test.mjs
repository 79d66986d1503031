import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Signing } from '../../../assets/wall/handover/signing.mjs';

/** A signing whose commands are answered as told. @param {(import('../../../assets/wall/post.mjs').Fault|null)[]} answers */
function told(answers) {
  /** @type {string[]} */
  const sent = [];
  const signing = new Signing(async ({ id }) => { sent.push(String(id)); return answers.shift() ?? null; });
  return { sent, sign: (what = 'handover 1', by = '王敏') => signing.sign(what, by, (id) => ({ id })) };
}

test('a signature needs a name, and is not sent without', async () => {
  const { sent, sign } = told([]);
  assert.deepEqual(await sign('handover 1', '  '), { id: '', fault: { key: 'unsigned' } });
  assert.deepEqual(sent, []);
});

test('pressed twice at once it is sent once', async () => {
  const { sent, sign } = told([]);
  const [first, second] = await Promise.all([sign(), sign()]);
  assert.deepEqual([first, second, sent.length], [{ id: sent[0], fault: null }, null, 1]);
});

test('what may have been taken is sent again under its id', async () => {
  const { sent, sign } = told([{ key: 'unreachable' }, { key: 'log' }, null, null]);
  for (let n = 0; n < 4; n++) await sign();
  assert.deepEqual([sent[0] === sent[1], sent[1] === sent[2], sent[2] === sent[3]], [true, true, false]);
});

test('another signature, or one that was refused, gets an id of its own', async () => {
  const { sent, sign } = told([{ key: 'unreachable' }, { key: 'same' }, null]);
  await sign('handover 1');
  await sign('takeover h1');
  await sign('takeover h1');
  assert.equal(new Set(sent).size, 3);
});
