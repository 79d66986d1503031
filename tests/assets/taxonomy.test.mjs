import assert from 'node:assert/strict';
import { test } from 'node:test';
import { branch, within, wordsOf } from '../../assets/wall/taxonomy.mjs';

test('an item is of its category, and a category of itself', () => {
  assert.equal(branch('environment.noise'), 'environment');
  assert.equal(branch('environment'), 'environment');
});

test('whoever chooses a category has its items, not the other way round', () => {
  assert.ok(within('environment.noise', 'environment') && within('environment.noise', 'environment.noise') && within('dispute', ''));
  assert.ok(!within('environment', 'environment.noise') && !within('environmental', 'environment') && !within('environment.air', 'environment.noise'));
});

test('an item that nobody has named is called like its category', () => {
  const noise = { zh: '噪声扰民', en: 'Noise' };
  const names = { environment: { zh: '生态环境', en: 'Environment' }, 'environment.noise': noise };
  assert.equal(wordsOf(names, 'environment.noise'), noise);
  assert.equal(wordsOf(names, 'environment.light'), names.environment);
  assert.equal(wordsOf(names, 'weather'), undefined);
});
