import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allSteps, dots, mayAdvance, stepName, stepWord, widest } from '../../assets/wall/process.mjs';
import { config, event, name } from './fixtures.mjs';

const ctx = { config: config(), name };
const called = (/** @type {string} */ step, /** @type {number} */ n) => event({ process: 'call', step, n });

test('a step goes by the name its own process gives it', () => {
  assert.equal(stepName(ctx, event({})), '处置');
  assert.equal(stepName(ctx, called('handling', 3)), '部门报到');
  assert.equal(stepWord(ctx, 'call', 'returned'), '退回');
});

test('what a process does not have keeps the log\'s word; an unknown process is the city\'s default', () => {
  assert.equal(stepName(ctx, called('tracked', 0)), 'tracked');
  assert.equal(stepName(ctx, event({ process: 'gone' })), '处置');
  assert.equal(stepName({ name, config: { ...config(), processes: {} } }, event({})), 'handling');
});

test('a dot for each step of the process: done, current, ahead', () => {
  assert.deepEqual(dots(ctx.config, event({})), ['', '', '', 'c', 'f', 'f', 'f', 'f']);
  assert.deepEqual(dots(ctx.config, called('feedback', 4)), ['', '', '', 'c', 'f']);
  assert.deepEqual(dots({ ...config(), processes: {} }, event({})), []);
});

test('who may take the next step', () => {
  assert.equal(mayAdvance(ctx.config, event({ step: 'assigned', n: 3 }), 'seat'), false, 'handling is for department and worker');
  assert.equal(mayAdvance(ctx.config, event({ step: 'accepted', n: 2 }), 'seat'), true);
  assert.equal(mayAdvance(ctx.config, event({ step: 'evaluated', n: 8 }), 'seat'), false, 'nothing follows');
});

test('a step nobody is named for is anybody\'s', () => {
  const own = config();
  own.processes.eight.steps[1].next = ['reported'];
  assert.equal(mayAdvance(own, event({ step: 'accepted', n: 2 }), 'nobody'), true);
});

test('all steps, once each, by the default process\'s names', () => {
  assert.deepEqual(allSteps(ctx).map(([step]) => step), ['reported', 'accepted', 'assigned', 'handling', 'tracked', 'supervised', 'feedback', 'evaluated']);
  assert.deepEqual(allSteps({ name, config: { ...config(), process: 'call' } })[2], ['handling', '部门报到']);
});

test('the widest row among events', () => {
  assert.deepEqual(widest(ctx, [event({})]), { dots: 8, characters: 2 });
  assert.deepEqual(widest(ctx, [event({}), called('reported', 1)]), { dots: 8, characters: 4 });
  assert.deepEqual(widest(ctx, []), { dots: 0, characters: 0 });
});
