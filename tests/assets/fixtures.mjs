/** Small real parts for the tests of the screens: the Chinese words, an event, an empty picture, a config. */
import { readFileSync } from 'node:fs';
import { translator } from '../../assets/wall/i18n.mjs';

/** @param {'zh'|'en'} locale @returns {Record<string, string>} */
export const words = (locale) => JSON.parse(readFileSync(new URL(`../../layouts/locale/${locale}.json`, import.meta.url), 'utf8'));
export const t = translator(words('zh'));
export const english = translator(words('en'));

/** Thursday, 12 March 2026, 14:32:08 in Changzhou. */
export const NOW = Date.UTC(2026, 2, 12, 6, 32, 8);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** @param {Partial<import('../../assets/wall/types.mjs').EventRow>} changes @returns {import('../../assets/wall/types.mjs').EventRow} */
export const event = (changes) => ({
  id: 'E1', title: '路灯不亮', cat: 'city', sev: 1, lat: 31.8, lon: 119.9, region: '320402001001001', place: '天宁区', channel: 'iot', dept: '',
  worker: '', process: 'eight', step: 'handling', n: 4, reported: NOW - HOUR, step_at: NOW - HOUR, due: NOW + 10 * HOUR, step_due: null,
  paused: null, until: null, left: null, urged: 0, extended: 0, returned: 0, whistle: null, media: [], merged: [], v: 1, ...changes,
});

/** @param {import('../../assets/wall/types.mjs').EventRow[]} list */
export const eventsOf = (list) => ({ events: new Map(list.map((one) => [one.id, one])), risk: {} });

/** @param {Partial<import('../../assets/wall/types.mjs').Picture>} changes @returns {import('../../assets/wall/types.mjs').Picture} */
export const picture = (changes) => ({
  epoch: 'e', seq: 1, asOf: NOW, hash: '', partial: false, scope: '', events: new Map(), board: null, kpi: null, staff: null, posts: null, feeds: [], streams: {}, tapes: [], risk: {}, areas: [], alarms: [], desk: null, pins: [],
  workers: { n: 0, ids: [], names: [], regions: [], rowOf: new Map(), lon: new Int32Array(0), lat: new Int32Array(0),
    fixTime: new Float64Array(0), flag: new Uint8Array(0) },
  ...changes,
});

const EIGHT = Object.entries({ reported: '发现', accepted: '受理', assigned: '分流', handling: '处置', tracked: '跟踪', supervised: '督办', feedback: '反馈', evaluated: '评价' });
const CALL = Object.entries({ reported: '问题收集', assigned: '基层吹哨', handling: '部门报到', feedback: '处理反馈', evaluated: '综合评价' });

/** Two processes with steps that simply follow each other. @returns {Record<string, import('../../assets/wall/types.mjs').Process>} */
function processes() {
  const made = (/** @type {[string, string][]} */ steps) => ({
    name: { zh: '', en: '' }, closed_at: 'evaluated', moves: { returned: { zh: '退回', en: 'Returned' } },
    steps: steps.map(([step, zh], at) => ({
      step, name: { zh, en: step }, optional: step === 'supervised', next: steps.slice(at + 1, at + 2).map(([next]) => next),
      by: step === 'handling' ? ['department', 'worker'] : step === 'reported' ? [] : ['seat', 'chief'],
    })),
  });
  return { eight: made(EIGHT), call: made(CALL) };
}

/** @returns {import('../../assets/wall/types.mjs').Config} */
export const config = () => ({
  locale: 'zh', version: '1', insecure: null, page: 'wall',
  city: { name: { zh: '常州', en: 'Changzhou' }, title: { zh: '', en: '' }, centre: [31.8, 119.9], zoom: 10, bounds: [[31, 119], [32, 120]], note: null },
  districts: [{ code: '320402', name: { zh: '天宁区', en: 'Tianning' } }, { code: '320404', name: { zh: '钟楼区', en: 'Zhonglou' } }],
  towns: { 320402001: '雕庄街道' }, channels: {}, categories: {}, departments: {}, readings: {},
  sources: {
    positioning: { name: { zh: '网格通定位', en: 'Positions' }, stream: 'wall:positions', late_s: 15, stale_s: 60 },
    survey: { name: { zh: '满意度回访', en: 'Survey' }, stream: 'wall:events', late_s: 1800, stale_s: 7200 },
  },
  streams: { 'wall:positions': { late_s: 15, stale_s: 60 }, 'wall:events': { late_s: 1800, stale_s: 7200 }, 'wall:workers': { late_s: 300, stale_s: 900 } },
  targets: { closure: 98, ontime: 95, satisfaction: 90 }, fix: { stale_s: 60, lost_s: 600 }, track_minutes: 60, words: words('zh'),
  processes: processes(), process: 'eight',
});

/** @param {import('../../assets/wall/types.mjs').Words|undefined} named @param {string} fallback */
export const name = (named, fallback) => named?.zh ?? fallback;

/** @param {Partial<import('../../assets/wall/types.mjs').LinkState>} changes @returns {import('../../assets/wall/types.mjs').LinkState} */
export const link = (changes) => ({ state: 'live', rtt: 38.4, since: NOW, tries: 0, gap: null, transport: 'websocket', ...changes });
