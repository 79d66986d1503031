import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Losses, chooseRenderer } from '../../../../assets/wall/map/people/renderer.mjs';

const gpu = (/** @type {string} */ name) => () => ({ name });

test('a real GPU draws, software does not', () => {
  for (const name of ['ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 Direct3D11)', 'Apple GPU', 'Mali-G78', 'ANGLE (Intel, Mesa Intel(R) UHD Graphics 630)'])
    assert.equal(chooseRenderer('', gpu(name)), 'webgl');
  for (const name of ['ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero)), SwiftShader driver)', 'llvmpipe (LLVM 15.0.7, 256 bits)', 'Microsoft Basic Render Driver'])
    assert.equal(chooseRenderer('', gpu(name)), 'canvas');
  assert.equal(chooseRenderer('', () => null), 'canvas');
});

test('the address decides when it says so', () => {
  assert.equal(chooseRenderer('?lang=en&renderer=canvas', gpu('Apple GPU')), 'canvas');
  assert.equal(chooseRenderer('?renderer=webgl', () => null), 'webgl');
  assert.equal(chooseRenderer('?renderer=vulkan', () => null), 'canvas');
});

test('the third loss within a minute is the last', () => {
  const losses = new Losses();
  assert.deepEqual([0, 50_000, 111_000, 130_000].map((t) => losses.add(t)), [true, true, true, true]);
  assert.equal(losses.add(131_000), false);
  assert.equal(losses.add(900_000), false, 'and stays so');
});
