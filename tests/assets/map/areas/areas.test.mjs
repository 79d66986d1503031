/** Areas in the browser: geometry, drawing, counting, the form's body and the words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fenceAlarms, inForce, placeOf, sumsOf } from '../../../../assets/wall/map/areas/areabook.mjs';
import { Sketch, mercatorAt } from '../../../../assets/wall/map/areas/areadraw.mjs';
import { bodyOf, draftOf } from '../../../../assets/wall/map/areas/areaform.mjs';
import { drawArea, drawName, grain, inView } from '../../../../assets/wall/map/areas/areapaint.mjs';
import { areaWords, property, ruleWords } from '../../../../assets/wall/map/areas/areapopup.mjs';
import { refusalWords } from '../../../../assets/wall/map/areas/areasend.mjs';
import { MOST_POINTS, boundsOf, circleOf, contains, crossesItself, outlineOf, polygonOf, readGeoJson, shapeOfLoops } from '../../../../assets/wall/map/areas/areashape.mjs';
import { mercatorX, mercatorY } from '../../../../assets/wall/map/geo.mjs';
import { context, view } from '../../fixtures-map.mjs';
import { NOW, t } from '../../fixtures.mjs';

/** @typedef {import('../../../../assets/wall/types.mjs').Area} Area */
/** @typedef {import('../../../../assets/wall/types.mjs').Shape} Shape */

const SQUARE = [[119.9, 31.7], [120, 31.7], [120, 31.8], [119.9, 31.8], [119.9, 31.7]];
/** @type {Shape} */
const BOX = { type: 'Polygon', coordinates: [SQUARE] };
/** @param {number} lon @param {number} lat @returns {[number, number]} */
const at = (lon, lat) => [mercatorX(lon), mercatorY(lat)];
/** @param {Partial<Area>} changes @returns {Area} */
const area = (changes) => ({
  id: 'a', kind: 'fence', name: '站前广场', geometry: BOX, sev: 2, text: '', from: null, until: null, rules: null, exercise: false, by: 'seat', at: NOW, ...changes,
});
const theme = /** @type {import('../../../../assets/wall/map/areas/areabook.mjs').Theme} */ ({ key: 'k', count: 1, name: { zh: '市场', en: 'Markets' }, glyph: '农', source: { zh: '', en: '' }, demo: false, pattern: 'none', fields: [] });
const point = (/** @type {number} */ lon, /** @type {number} */ lat, region = '320402001') => placeOf(theme, { geometry: { type: 'Point', coordinates: [lon, lat] }, properties: { name: 'x', region } });

test('a place lies inside an outline and not in its hole', () => {
  const hole = [[119.94, 31.74], [119.96, 31.74], [119.96, 31.76], [119.94, 31.76], [119.94, 31.74]];
  const outline = outlineOf({ type: 'Polygon', coordinates: [SQUARE, hole] });
  assert.equal(contains(outline, ...at(119.91, 31.71)), true);
  assert.equal(contains(outline, ...at(119.95, 31.75)), false);
  assert.equal(contains(outline, ...at(120.1, 31.75)), false);
  const [[south, west], [north, east]] = boundsOf(outline);
  for (const [found, wanted] of [[south, 31.7], [west, 119.9], [north, 31.8], [east, 120]]) assert.ok(Math.abs(found - wanted) < 1e-9);
});

test('a circle has the radius it says, on the ground', () => {
  const shape = circleOf(at(119.9, 31.8), at(119.9, 31.8 + 500 / 111_195));
  assert.equal(shape.type === 'Circle' && shape.radius_m, 500);
  const outline = outlineOf(shape);
  assert.equal(contains(outline, ...at(119.9, 31.8 + 495 / 111_195)), true);
  assert.equal(contains(outline, ...at(119.9, 31.8 + 505 / 111_195)), false);
});

test('a ring that crosses itself is seen, open or closed', () => {
  assert.equal(crossesItself(SQUARE), false);
  assert.equal(crossesItself(SQUARE.slice(0, 4)), false);
  assert.equal(crossesItself([[0, 0], [1, 1], [1, 0], [0, 1]]), true);
});

test('loops inside a loop become its holes', () => {
  const loop = (/** @type {number[][]} */ ring) => Float64Array.from(ring.flatMap(([lon, lat]) => at(lon, lat)));
  const shape = shapeOfLoops([loop(SQUARE.slice(0, 4)), loop([[119.94, 31.74], [119.96, 31.74], [119.95, 31.76]]), loop([[120.2, 31.7], [120.3, 31.7], [120.3, 31.8]])]);
  assert.deepEqual(/** @type {number[][][][]} */ (/** @type {any} */ (shape).coordinates).map((rings) => rings.length), [2, 1]);
});

test('files: polygons with their names, or the key of a sentence why not', () => {
  const file = { type: 'FeatureCollection', features: [{ type: 'Feature', properties: { name: '甲' }, geometry: BOX }, { type: 'Feature', properties: null, geometry: { type: 'Point', coordinates: [0, 0] } }] };
  assert.deepEqual(readGeoJson(JSON.stringify(file)), [{ name: '甲', geometry: BOX }]);
  assert.deepEqual(readGeoJson(JSON.stringify(BOX)), [{ name: '', geometry: BOX }]);
  const wrong = (/** @type {unknown} */ geometry) => () => readGeoJson(typeof geometry === 'string' ? geometry : JSON.stringify(geometry));
  assert.throws(wrong('no'), { message: 'area.file.json' });
  assert.throws(wrong({ type: 'Point', coordinates: [0, 0] }), { message: 'area.file.none' });
  assert.throws(wrong('null'), { message: 'area.file.none' });
  assert.throws(wrong({ type: 'Polygon', coordinates: [[[500, 0], [1, 1], [2, 0]]] }), { message: 'area.file.degrees' });
  assert.throws(wrong({ type: 'Polygon', coordinates: [[[0, 0], [1, 1]]] }), { message: 'area.file.degrees' });
  assert.throws(wrong({ type: 'Polygon', coordinates: [[[0, 0], [1, 1], [1, 0], [0, 1]]] }), { message: 'area.crossed' });
  assert.throws(wrong({ type: 'Polygon', coordinates: [Array.from({ length: MOST_POINTS + 1 }, (_, k) => [k / 1e4, 0])] }), { message: 'area.file.points' });
});

test('a polygon is closed by a click at its first point, and not while it crosses itself', () => {
  const sketch = new Sketch('polygon');
  for (const [lon, lat] of [SQUARE[0], SQUARE[1]]) assert.equal(sketch.click(at(lon, lat), 1e-6), null);
  assert.equal(sketch.whole(), null);
  sketch.click(at(120, 31.8), 1e-6);
  sketch.click(at(120, 31.8), 1e-6); // a double click is one point
  assert.equal(sketch.points.length, 3);
  sketch.click(at(119.95, 31.6), 1e-6);
  assert.equal(sketch.crossed, true);
  assert.equal(sketch.whole(), null);
  sketch.back();
  assert.deepEqual(sketch.click(at(119.9, 31.7), 1e-6), polygonOf(sketch.points));
});

test('a circle is whole with its second click', () => {
  const sketch = new Sketch('circle');
  assert.equal(sketch.click(at(119.9, 31.8), 1e-7), null);
  assert.equal(sketch.click(at(119.91, 31.8), 1e-7)?.type, 'Circle');
});

test('what is under a pixel is what is drawn there', () => {
  const vp = view(10);
  const [x, y] = mercatorAt(vp, vp.x(mercatorX(119.91)), vp.y(mercatorY(31.79)));
  assert.ok(Math.abs(x - mercatorX(119.91)) < 1e-12 && Math.abs(y - mercatorY(31.79)) < 1e-12);
});

test('places are counted by region, in their middle', () => {
  const sums = sumsOf([point(119.9, 31.7), point(119.92, 31.7, '320402002'), point(120, 31.8, '320404001')], 6);
  assert.deepEqual([...sums].map(([code, { count }]) => [code, count]), [['320402', 2], ['320404', 1]]);
  assert.ok(Math.abs((sums.get('320402')?.x ?? 0) - mercatorX(119.91)) < 1e-12);
});

test('from afar counts, near by places', () => {
  assert.deepEqual([100, 40, 10].map((metres) => grain(view(metres))), ['district', 'town', 'place']);
});

test('an area counts between its instants', () => {
  assert.deepEqual([-1, 0, 4, 5].map((later) => inForce(area({ from: NOW, until: NOW + 5 }), NOW + later)), [false, true, true, false]);
  assert.equal(inForce(area({}), 0), true);
});

test('only alarms of fences are this list\'s business', () => {
  const alarm = /** @type {import('../../../../assets/wall/types.mjs').Alarm} */ ({ id: 'x', device: 'w', kind: 'fence.enter', sev: 2, lat: 0, lon: 0, since: 0, area: 'a', ack: '', state: 'unacknowledged' });
  const noted = /** @type {typeof alarm} */ ({ ...alarm, id: 'y', since: 5, state: 'acknowledged' });
  const gone = /** @type {(typeof alarm)[]} */ (['returned_unacknowledged', 'shelved', 'suppressed', 'out_of_service'].map((state) => ({ ...alarm, state })));
  assert.deepEqual(fenceAlarms([alarm, { ...alarm, kind: 'smoke' }, noted, ...gone]), [noted, alarm]);
});

test('the form holds an area and says it again', () => {
  const rules = /** @type {import('../../../../assets/wall/types.mjs').FenceRules} */ ({ on: ['enter', 'absence'], who: { roles: ['volunteer'], region: '320402', workers: ['W1', 'W2'] }, absence_min: 20, dwell_s: 30, hours: ['08:00-12:00', '13:00-18:00'] });
  const body = bodyOf(draftOf(area({ rules }), ''), BOX);
  assert.deepEqual(body, { area_id: 'a', kind: 'fence', name: '站前广场', geometry: BOX, severity: 'serious', text: '', rules });
  const draft = { ...draftOf(null, '新'), workers: 'W1，W2、 W3', hours: '08:00—12:00', dwell: 'x' };
  const made = /** @type {any} */ (bodyOf(draft, BOX));
  assert.deepEqual([made.area_id, made.rules.who.workers, made.rules.hours, made.rules.dwell_s], [undefined, ['W1', 'W2', 'W3'], ['08:00-12:00'], 0]);
  const cap = bodyOf(draftOf(area({ kind: 'cap', until: NOW - (NOW % 60_000), exercise: true }), ''), BOX);
  assert.deepEqual([cap.until, cap.exercise, cap.rules], [NOW - (NOW % 60_000), true, undefined]);
});

test('words: rules, exercises, properties, refusals', () => {
  const ctx = context();
  const rules = /** @type {import('../../../../assets/wall/types.mjs').FenceRules} */ ({ on: ['enter', 'absence'], who: { roles: ['volunteer'], region: '320402', workers: [] }, absence_min: 20, dwell_s: 0, hours: ['08:00-18:00'] });
  assert.equal(ruleWords(ctx, area({ rules })), '进入、20 分无人 · 志愿者 · 天宁区 · 08:00-18:00');
  assert.equal(ruleWords(ctx, area({})), '');
  assert.equal(areaWords(ctx, area({ exercise: true })), '演练 站前广场');
  assert.equal(property(ctx, { staff: 1200, staff_en: 'x' }, 'staff'), '1,200');
  assert.equal(property(ctx, {}, 'staff'), '—');
  assert.equal(refusalWords(t, { field: 'geometry.coordinates', reason: 'cannot be an outline: Self-intersection[1 1]' }, 400), '边界自相交，请改画');
  assert.equal(refusalWords(t, { field: 'name', reason: 'x' }, 400), '名称：x');
  assert.equal(refusalWords(t, null, 500), '未被接受（500）');
  assert.equal(refusalWords(t, { field: '', key: 'log', reason: 'x' }, 503), '日志暂不可写，请稍后再试');
});

/** A context that keeps what is asked of it. */
function canvas() {
  /** @type {string[]} */
  const said = [];
  const keep = (/** @type {string} */ name) => (/** @type {any[]} */ ...args) => void said.push([name, ...args].join(' '));
  const c = { measureText: (/** @type {string} */ text) => ({ width: 10 * text.length }), canvas: { width: 800, height: 400 } };
  for (const name of ['beginPath', 'moveTo', 'lineTo', 'closePath', 'stroke', 'fill', 'setLineDash', 'save', 'restore', 'clip', 'fillRect', 'strokeText', 'fillText']) Object.assign(c, { [name]: keep(name) });
  const proxy = new Proxy(c, { set: (target, key, value) => (said.push(`${String(key)} = ${value}`), Reflect.set(target, key, value)) });
  return { c: /** @type {CanvasRenderingContext2D} */ (/** @type {unknown} */ (proxy)), said };
}
const palette = /** @type {any} */ (new Proxy({}, { get: (_, key) => String(key) }));

test('colour is a request for action: a fence at rest is grey and dashed, one with an alarm has its colour', () => {
  const outline = outlineOf(BOX);
  const drawn = (/** @type {Partial<Area>} */ changes, /** @type {any} */ alarm = null) => {
    const { c, said } = canvas();
    drawArea(c, view(20, 31.75, 119.95), { area: area(changes), outline, alarm }, palette);
    return said.filter((line) => line.startsWith('strokeStyle'));
  };
  assert.deepEqual(drawn({ sev: 4 }), ['strokeStyle = ground', 'strokeStyle = ink3']);
  assert.deepEqual(drawn({}, { sev: 3 }), ['strokeStyle = ground', 'strokeStyle = sev3']);
  assert.ok(drawn({ kind: 'cap', sev: 4 }).includes('strokeStyle = sev4'));
});

test('nothing is drawn of what cannot be seen', () => {
  assert.equal(inView(view(10, 31.75, 119.95), outlineOf(BOX)), true);
  assert.equal(inView(view(10, 35, 110), outlineOf(BOX)), false);
});

test('a name goes where it hides least', () => {
  const outline = outlineOf(BOX);
  const vp = view(40, 31.75, 119.95);
  const rows = [[], [[0, vp.y(outline.box[1]) - 30, 800, vp.y(outline.box[1])]]].map((taken) => {
    const { c, said } = canvas();
    drawName(c, vp, { area: area({ kind: 'cap' }), outline, alarm: null }, palette, '预警', /** @type {any} */ (taken));
    return Number(said.find((line) => line.startsWith('fillText'))?.split(' ')[3]);
  });
  assert.ok(rows[0] < vp.y(outline.box[1]));
  assert.ok(rows[1] > vp.y(outline.box[3]));
});
