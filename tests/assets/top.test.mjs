import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkWords, tapeClock, tapeWords, waiting } from '../../assets/wall/top.mjs';
import { NOW, event, eventsOf, link, t } from './fixtures.mjs';

test('only events at the first step wait for acceptance', () => {
  const events = [event({ id: 'a', sev: 4, step: 'reported' }), event({ id: 'b', sev: 4 }), event({ id: 'c', sev: 2, step: 'reported' })];
  assert.deepEqual(waiting(eventsOf(events)), [0, 0, 1, 0, 1]);
});

test('the link in words', () => {
  assert.deepEqual(linkWords({ link: link({}), t }, NOW), { words: '链路正常', detail: '38 ms' });
  assert.deepEqual(linkWords({ link: link({ rtt: null }), t }, NOW), { words: '链路正常', detail: '' });
  assert.equal(linkWords({ link: link({ state: 'down', tries: 3 }), t }, NOW + 12_000).words, '链路中断 12 秒 正在重连 第 3 次');
  assert.equal(linkWords({ link: link({ state: 'connecting', rtt: null }), t }, NOW).words, '正在连接');
});

const tape = { tape: 'boston', state: /** @type {const} */ ('playing'), tape_start: Date.UTC(2026, 2, 11, 1, 0, 0), wall_start: NOW, speed: 60, shifted: true };

test('a recording shows its own clock and that it is not live', () => {
  assert.equal(tapeClock(tape, NOW + 1000), tape.tape_start + 60_000);
  assert.deepEqual(tapeWords([tape], NOW + 1000, t), ['回放', 'boston 3月11日 09:01:00 ×60', '数据已平移', '非实时']);
});

test('an ended recording stays named; none leaves no band', () => {
  assert.deepEqual(tapeWords([{ ...tape, state: 'ended', shifted: false }], NOW, t), ['回放已结束', 'boston', '非实时']);
  assert.deepEqual(tapeWords([], NOW, t), []);
});
