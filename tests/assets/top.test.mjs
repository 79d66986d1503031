import assert from 'node:assert/strict';
import { test } from 'node:test';
import { feedChips, linkWords, tapeClock, tapeWords, waiting } from '../../assets/wall/top.mjs';
import { NOW, config, event, eventsOf, link, name, picture, t } from './fixtures.mjs';

test('only events at the first step wait for acceptance', () => {
  const events = [event({ id: 'a', sev: 4, step: 'reported' }), event({ id: 'b', sev: 4 }), event({ id: 'c', sev: 2, step: 'reported' })];
  assert.deepEqual(waiting(eventsOf(events)), [0, 0, 1, 0, 1]);
});

test('every configured feed is shown in its order, others after it by name', () => {
  const feeds = [{ source: 'zz', records: 1, rejected: 0, last: NOW }, { source: 'survey', records: 1200, rejected: 3, last: NOW - 1_900_000 }];
  const { chips, more } = feedChips({ config: config(), picture: picture({ feeds }), t, name }, NOW);
  assert.deepEqual(chips.map((chip) => [chip.name, chip.level, chip.age]), [
    ['网格通定位', 'none', '尚无数据'], ['满意度回访', 'late', '31 分'], ['zz', 'fresh', '0 秒'],
  ]);
  assert.equal(chips[1].title, '满意度回访：1,200 条，拒收 3 条');
  assert.equal(more, 0);
});

test('seats are no feed: nobody is missed when nothing is done', () => {
  const feeds = [{ source: 'operator', records: 1, rejected: 0, last: NOW - 401_000_000 }];
  assert.deepEqual(feedChips({ config: config(), picture: picture({ feeds }), t, name }, NOW).chips.map(({ key }) => key), ['positioning', 'survey']);
});

test('many unknown feeds do not push the known ones out', () => {
  const feeds = Array.from({ length: 9 }, (_, n) => ({ source: `x${n}`, records: 1, rejected: 0, last: NOW }));
  const { chips, more } = feedChips({ config: config(), picture: picture({ feeds }), t, name }, NOW);
  assert.deepEqual([chips.length, more], [5, 6]);
});

test('a stopped feed says so', () => {
  const feeds = [{ source: 'positioning', records: 1, rejected: 0, last: NOW - 401_000 }];
  const [first] = feedChips({ config: config(), picture: picture({ feeds }), t, name }, NOW).chips;
  assert.deepEqual([first.level, first.age], ['stale', '停更 6 分 41 秒']);
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
