import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { communityNames, namesOf } from '../../../assets/wall/map/names.mjs';
import { mercatorX, mercatorY } from '../../../assets/wall/map/geo.mjs';

const file = new URL('../../../dashboard/cities/changzhou/basemap.geojson', import.meta.url);
const geojson = JSON.parse(readFileSync(file, 'utf8'));

test('the pack names six districts by their codes, and its lakes', () => {
  const names = namesOf(geojson, 'zh');
  const districts = names.filter(({ kind }) => kind === 'district');
  assert.equal(districts.length, 6);
  assert.ok(districts.every(({ code }) => /^3204\d\d$/.test(code)));
  assert.ok(names.some(({ kind, name }) => kind === 'water' && name === '滆湖'));
});

test('English names where the pack has them', () => {
  assert.ok(namesOf(geojson, 'en').some(({ name }) => name === 'Tianning'));
});

test('a name stands at its label point, else in the middle of its outline', () => {
  const ring = [[119, 31], [121, 31], [121, 33], [119, 33], [119, 31]];
  const at = (/** @type {object} */ more) => namesOf({ features: [{ properties: { kind: 'water', name: '湖', ...more }, geometry: { type: 'Polygon', coordinates: [ring] } }] }, 'zh')[0];
  assert.equal(at({}).x, mercatorX(120));
  assert.equal(at({ lon: 119.5, lat: 31.5 }).y, mercatorY(31.5));
});

test('communities come as rows of name, latitude, longitude', () => {
  assert.deepEqual(communityNames({ community: [['工人新村', 31.8, 119.9]] }).map(({ name, x }) => [name, x]), [['工人新村', mercatorX(119.9)]]);
  assert.deepEqual(communityNames({}), []);
});
