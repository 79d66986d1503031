/** What stands around a track query: the playback's clock, who is chosen, how the server is asked, the image kept still. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { address, ask, faultText } from '../../../../assets/wall/map/tracks/asking.mjs';
import { aroundReport, ringBounds, stayText } from '../../../../assets/wall/map/tracks/nearquery.mjs';
import { distance } from '../../../../assets/wall/map/geo.mjs';
import { Playback } from '../../../../assets/wall/map/tracks/playback.mjs';
import { widened } from '../../../../assets/wall/map/room.mjs';
import { carried, sameView } from '../../../../assets/wall/map/tracks/still.mjs';
import { MOST, Slots, search } from '../../../../assets/wall/map/tracks/whopick.mjs';
import { HOUR, MINUTE, NOW, t } from '../../fixtures.mjs';
import { crowd } from '../../fixtures-map.mjs';

const span = { from: NOW, to: NOW + HOUR };

test('a playback stands at its end, starts over from there and stops when through', () => {
  const play = new Playback(span);
  assert.equal(play.at, span.to);
  play.toggle();
  assert.deepEqual([play.at, play.playing], [span.from, true]);
  assert.equal(play.advance(1000), true);
  assert.equal(play.at, span.from + MINUTE);
  play.speed = 300;
  assert.equal(play.advance(HOUR), false);
  assert.deepEqual([play.at, play.playing], [span.to, false]);
});

test('keys step, jump and play; others are not taken', () => {
  const play = new Playback(span);
  play.press('Home', false);
  play.press('ArrowRight', false);
  assert.equal(play.at, span.from + 10_000);
  play.press('ArrowRight', true);
  play.press('ArrowLeft', false);
  assert.equal(play.at, span.from + MINUTE);
  play.press('PageDown', false);
  assert.equal(play.at, span.from, 'it stays within its span');
  assert.equal(play.press(' ', false) && play.playing, true);
  assert.equal(play.press('x', false), false);
});

test('a search finds the beginning first, by name or number, and says how many more', () => {
  const workers = crowd(['周建平', '许文周', '周敏', '陈周'].map((name) => ({ lat: 31, lon: 119, name })));
  assert.deepEqual(search(workers, '周', 3), { rows: [0, 2, 1], more: 1 });
  assert.deepEqual(search(workers, ' w3 '), { rows: [3], more: 0 });
  assert.deepEqual(search(workers, '  '), { rows: [], more: 0 });
});

test('everybody keeps their number; there are six', () => {
  const slots = new Slots();
  for (let n = 0; n < MOST; n += 1) assert.ok(slots.add(`W${n}`));
  assert.equal(slots.add('W6'), false);
  assert.equal(slots.add('W5'), true, 'already there');
  slots.remove('W1');
  assert.deepEqual(slots.chosen.map(({ slot }) => slot), [0, 2, 3, 4, 5]);
  slots.add('W7');
  assert.equal(slots.chosen[1].id, 'W7');
});

test('an address repeats lists and leaves out what is empty', () => {
  assert.equal(address('/a', { worker: ['W1', '王'], from: 1, category: '', format: null }), '/a?worker=W1&worker=%E7%8E%8B&from=1');
});

test('refusals are said in words', () => {
  assert.equal(faultText(503, {}, '3', t), '查询繁忙，请 3 秒后再试');
  assert.equal(faultText(503, {}, null, t), '查询过久，请缩短时段或减少人数');
  assert.equal(faultText(404, { value: 'W9' }, null, t), '查无此人 W9');
  assert.equal(faultText(400, { message: 'to=1' }, null, t), '条件有误：to=1');
  assert.equal(faultText(500, {}, null, t), '查询失败（500），请重试');
});

test('an answer, a refusal, a giving up, and nobody there', async () => {
  const server = createServer((request, answer) => {
    if (request.url === '/slow') return;
    const good = request.url === '/good';
    answer.writeHead(good ? 200 : 404, { 'Content-Type': 'application/json' });
    answer.end(JSON.stringify(good ? { workers: [] } : { error: { value: 'W9', message: 'worker=W9: unknown' } }));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(null)));
  const base = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
  const { signal } = new AbortController();
  assert.deepEqual(await ask(`${base}/good`, signal, t), { data: { workers: [] } });
  assert.deepEqual(await ask(`${base}/bad`, signal, t), { fault: '查无此人 W9' });
  const control = new AbortController();
  const slow = ask(`${base}/slow`, control.signal, t);
  control.abort();
  assert.equal(await slow, null);
  server.closeAllConnections();
  await new Promise((done) => server.close(() => done(null)));
  assert.deepEqual(await ask(`${base}/good`, signal, t), { fault: '连不上服务器，请重试' });
});

test('a kept image goes along with the view', () => {
  const a = { scale: 256, left: 100, top: 50, width: 400, height: 200, dpr: 2 };
  assert.ok(sameView(a, { ...a }));
  assert.ok(!sameView(a, { ...a, left: 101 }) && !sameView(null, a));
  assert.deepEqual(carried(a, { ...a, left: 130, top: 45 }), [-60, 10, 800, 400]);
  assert.deepEqual(carried(a, { ...a, scale: 512, left: 200, top: 100 }), [0, 0, 1600, 800]);
});

test('what covers the map widens what must be seen', () => {
  assert.deepEqual(widened([[0, 0], [10, 10]], 0, 0), [[0, 0], [10, 10]]);
  const [[south, west]] = widened([[0, 0], [10, 10]], 0.35, 0.5);
  assert.deepEqual([south, Math.round(west)], [-10, -10]);
});

test('who was near: a quarter of an hour around the report, the ring with air, the stay in words', () => {
  assert.deepEqual(aroundReport(NOW - HOUR, NOW), { from: NOW - HOUR - 15 * MINUTE, to: NOW - 45 * MINUTE });
  assert.equal(aroundReport(NOW - MINUTE, NOW).to, NOW);
  const [[south, west], [north, east]] = ringBounds({ lat: 31.8, lon: 119.9 }, 250);
  assert.ok(Math.abs(distance(south, 119.9, north, 119.9) - 1000) < 1);
  assert.ok(Math.abs(distance(31.8, west, 31.8, east) - 1000) < 1);
  const row = { worker: 'W', name: '', role: '', first: NOW, last: NOW + 9 * MINUTE, closest_m: 1, closest_at: NOW, fixes: 2 };
  assert.equal(stayText(row), '14:32 — 14:41');
  assert.equal(stayText({ ...row, last: NOW + 1000 }), '14:32');
});
