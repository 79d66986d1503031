import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { communityNames, inView, namesOf, namesOfTree } from '../../../../assets/wall/map/ground/names.mjs';
import { mercatorX, mercatorY } from '../../../../assets/wall/map/geo.mjs';
import { land } from '../../fixtures-land.mjs';
import { view } from '../../fixtures-map.mjs';

const file = new URL('../../../../dashboard/cities/changzhou/basemap.geojson', import.meta.url);
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

test('the children of the scope are named at every zoom, and before all others', () => {
  const at = { x: mercatorX(119.9), y: mercatorY(31.8) };
  const names = [
    { kind: /** @type {const} */ ('district'), name: '武进区', code: '320412', ...at }, { kind: /** @type {const} */ ('community'), name: '南街社区', code: '320412100002', ...at, first: true },
    { kind: /** @type {const} */ ('community'), name: '北街社区', code: '320412100003', ...at },
  ];
  assert.deepEqual(inView(names, view(100)).map(({ name }) => name), ['南街社区', '武进区']);
});

test('the tree names what the base map does not, grids without their community', () => {
  const l = land();
  const known = [{ kind: /** @type {const} */ ('district'), name: 'East', code: '320401', x: 0, y: 0 }, { kind: /** @type {const} */ ('community'), name: '东园', code: '', x: 0, y: 0 }];
  const names = namesOfTree(known, l.tree, l, ['district', 'district', 'town', 'community', 'grid']);
  assert.deepEqual(names.map(({ name }) => name), ['East', '西区', '东镇', '西街道', '东园社区', '西湖村', '第1网格', '第2网格', '第3网格', '第1网格']);
});
