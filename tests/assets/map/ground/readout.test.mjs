import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coordinates, sexagesimal } from '../../../../assets/wall/map/ground/readout.mjs';

test('degrees to a tenth of a metre, longitude first', () => assert.equal(coordinates({ lat: 31.78, lon: 119.9512345678 }), '119.951235, 31.780000'));

test('degrees, minutes, seconds', () => {
  assert.equal(sexagesimal({ lat: 31.5, lon: 119.99999 }), '120°00′00.0″E 31°30′00.0″N');
  assert.equal(sexagesimal({ lat: -0.25, lon: -1.0125 }), '1°00′45.0″W 0°15′00.0″S');
});
