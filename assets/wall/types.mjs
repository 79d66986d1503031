/**
 * The shapes that cross module borders in the browser, for `tsc`; no code. The wire side of these shapes is written by
 * `dashboard/frames.py`; a golden frame in tests/golden keeps both honest.
 *
 * @typedef {{id: string, title: string, cat: string, sev: 1|2|3|4, lat: number, lon: number, region: string,
 *   place: string, channel: string, dept: string, worker: string, process: string, step: string, n: number, reported: number,
 *   step_at: number, due: number|null, step_due: number|null, paused: number|null, until: number|null, left: number|null,
 *   urged: number, extended: number, returned: number, whistle: Whistle|null, media: string[], merged: string[], v: number,
 *   uncertain?: number[]}} EventRow
 *   One open event. `region` a division code, `place` its name in words; `process` a key of Config.processes, `step` where it
 *   stands, `n` that step's place 1–N in the process; `reported`, `step_at`, `due`, `step_due` (to leave the step): UTC ms;
 *   `paused` since when it is paused, `until` until when (UTC ms). While a pause stops the clock `due` is null and `left` what was
 *   left of the limit, ms. `urged`, `extended`, `returned`: how often; `merged`: ids of the events merged into it; `v` counts
 *   the records folded into it. `uncertain`: years of its working-time limit whose holidays are not known yet.
 * @typedef {{level: 1|2|3|4, at: number, due: number, departments: string[], in: Record<string, number>}} Whistle
 *   Departments called in at `at`, to report in by `due`; `in`: who has, and when (UTC ms).
 *
 * @typedef {{n: number, ids: string[], names: string[], regions: string[], rowOf: Map<string, number>,
 *   lon: Int32Array, lat: Int32Array, fixTime: Float64Array, flag: Uint8Array}} Workers
 *   Columns by row. `lon`, `lat` in 1e-6 degrees WGS-84, NO_FIX where none; `fixTime` UTC ms, NaN where none;
 *   `flag` bits 0–2 duty (dashboard/model.py Duty), bits 3–5 role (Role).
 *
 * @typedef {{code: string, on: number, available: number, dispatched: number, en_route: number, on_scene: number,
 *   lost: number, stale: number, off: number, total: number, located: number}} BoardRow
 *   on = available + dispatched + en_route + on_scene + lost; `stale` counts late reporters among those not lost.
 * @typedef {{districts: BoardRow[], total: BoardRow}} Board
 *
 * @typedef {{num: number, den: number}} Rate  A rate by its parts; den 0 means there is no rate.
 * @typedef {Rate & {t: number}} SparkPoint  The rate over the window that ended at `t` (UTC ms).
 * @typedef {{closure: Rate, ontime: Rate, satisfaction: Rate, open: number, overdue: number, reported: number,
 *   closed: number}} KpiRow  `reported`, `closed`: since midnight in the city; the rates: over the window.
 * @typedef {{from: number, to: number, city: KpiRow, districts: (KpiRow & {code: string})[],
 *   spark: {closure: SparkPoint[], ontime: SparkPoint[], satisfaction: SparkPoint[]},
 *   steps: {step: string, arrived: number, held: number}[],
 *   hourly: {t: number, reported: number, closed: number}[], last_closed: number|null}} Kpi
 *   `steps`: events that entered the step since midnight, and events standing in it now. `hourly`: since midnight.
 *
 * @typedef {{source: string, records: number, rejected: number, last: number}} FeedRow  `last`: UTC ms of the newest entry.
 * @typedef {{tape: string, state: 'playing'|'ended', tape_start: number, wall_start: number, speed: number,
 *   shifted: boolean}} Tape
 *
 * @typedef {{type: 'Polygon', coordinates: number[][][]}|{type: 'MultiPolygon', coordinates: number[][][][]}
 *   |{type: 'Circle', lat: number, lon: number, radius_m: number}} Shape  WGS-84 degrees, longitude first.
 * @typedef {{on: ('enter'|'leave'|'absence')[], who: {roles: string[], region: string, workers: string[]}, absence_min: number,
 *   dwell_s: number, hours: string[]}} FenceRules  See dashboard/arearecords.py.
 * @typedef {{id: string, kind: 'fence'|'cap'|'theme', name: string, geometry: Shape, sev: 1|2|3|4, text: string, from: number|null,
 *   until: number|null, rules: FenceRules|null, exercise: boolean, by: string, at: number}} Area  Instants: UTC ms.
 * @typedef {'unacknowledged'|'acknowledged'|'returned_unacknowledged'|'shelved'|'suppressed'|'out_of_service'} AlarmState
 * @typedef {{id: string, device: string, kind: string, sev: 1|2|3|4, lat: number, lon: number, since: number, area: string,
 *   region: string, place: string, ack: string, state: AlarmState, priority: 1|2|3, calls: number, called: number, repeats: number,
 *   chattering: boolean, shelf: {until: number, by: string, reason: string}|null, event: string}} Alarm
 *   One that is not normal (dashboard/alarmdesk.py). `area` the area it is about; `region` a division code, `place` its name
 *   in words; `ack` who took note, '' nobody; `priority` 1 high; it called `calls` times, last at `called`; UTC ms.
 * @typedef {{area: string, place: string, kind: string, n: number, unacked: number, sev: 1|2|3|4, first: string, since: number}} AlarmGroup
 *   Alarms of one kind in one town, while a flood goes on: `area` is what their `region` begins with (nine digits; ''
 *   outside the city), `first` the id of the first-out.
 * @typedef {{rate: number[], average: number|null, peak: number, flood_share: number|null, standing: number,
 *   top: {device: string, kind: string, n: number, share: number}[],
 *   shares: {high: number|null, medium: number|null, low: number|null}, n: number}} SeatLoad
 *   The load of one seat, or of all: `n` annunciations; `rate` those of every ten minutes of three hours, the oldest first;
 *   `average` and `peak` per ten minutes; `standing` how many stand for over a day; null: too little to tell.
 * @typedef {SeatLoad & {since: number, seats: Record<string, SeatLoad>}} AlarmLoad
 *   That of all seats over the last 24 hours, or from `since` on (UTC ms); `seats`: of each that the city has rules for.
 * @typedef {{device: string, by: string, reason: string, since: number|null, kind: string, place: string}} OutDevice
 *   A device out of service, `since` UTC ms (null: not known); `kind` and `place` of an alarm of it, '' where there is none.
 * @typedef {{counts: Record<AlarmState, number>, sounds: number[], flood: {going: boolean, began: number|null, first: string, count: number},
 *   groups: AlarmGroup[], load: AlarmLoad, out: OutDevice[]}} Desk  `sounds`: the priorities that should sound; whoever silences compares `called`.
 *
 * @typedef {{wall: string, slot: number, query: string, title: string, by: string, at: number}} Pin
 *   A chart of the analysts' workbench that hangs on a wall; `query` as the workbench's address says it, `at` UTC ms.
 *
 * @typedef {{epoch: string, seq: number, asOf: number, hash: string, partial: boolean, scope: string, events: Map<string, EventRow>, workers: Workers,
 *   board: Board|null, kpi: Kpi|null, staff: import('./workers/staff.mjs').Staff|null, posts: import('./workers/staff.mjs').Posts|null,
 *   feeds: FeedRow[], streams: Record<string, number>, tapes: Tape[], risk: Record<string, number>,
 *   areas: Area[], alarms: Alarm[], desk: Desk|null, pins: Pin[]}} Picture
 *   What this browser holds: the server's picture as of (epoch, seq). `partial`: workers are too many to be sent whole, and
 *   `workers` holds those of the map tiles asked for; `board` and `kpi` are those of the region `scope` ('' the city), null
 *   until they come. `streams`: stream name → UTC ms of its newest entry. `risk`: open events that will more likely than not
 *   miss their limit → that chance, 0.5–1.
 *
 * @typedef {{snapshot: boolean, put: string[], del: string[], rows: Uint32Array|null, keys: Set<string>, t0: number|null}} Change
 *   What the last frame changed. `rows` = worker rows touched, null = all; `keys` ⊂ board, kpi, feeds, tapes, roster;
 *   `t0` when the log took the oldest record in it (UTC ms).
 *
 * @typedef {{zh: string, en: string}} Words
 * @typedef {{locale: 'zh'|'en', version: string, insecure: string|null, page: string,
 *   city: {name: Words, title: Words, centre: [number, number], zoom: number, bounds: [[number, number], [number, number]],
 *   note: Words|null},
 *   districts: {code: string, name: Words}[], towns: Record<string, string>, channels: Record<string, Words>, categories: Record<string, Words>, readings: Record<string, Words>,
 *   departments: Record<string, Words>, sources: Record<string, {name: Words, stream: string, late_s: number, stale_s: number}>,
 *   streams: Record<string, {late_s: number, stale_s: number}>, targets: Record<string, number>,
 *   fix: {stale_s: number, lost_s: number}, track_minutes: number, words: Record<string, string>,
 *   processes: Record<string, Process>, process: string}} Config
 *   Built by layouts/config.py, embedded in the page. `words`: the locale's catalogue (layouts/locale/*.json); `process`: key of the
 *   process an event follows unless a rule says otherwise.
 * @typedef {{name: Words, steps: {step: string, name: Words, optional: boolean, next: string[], by: string[]}[],
 *   moves: Record<string, Words>, closed_at: string}} Process
 *   See dashboard/process.py. `next` what may follow, `by` who may take the step (none: anybody).
 *
 * @typedef {{state: 'connecting'|'live'|'down', rtt: number|null, since: number, tries: number,
 *   gap: {from: number, to: number}|null, transport: string}} LinkState
 *   `since` UTC ms (server clock) when this state began; `gap` what was missed and is being fetched.
 *
 * @typedef {{kind: 'event'|'worker', id: string, event?: EventRow}|null} Selection  `event`: one that has left the queue, as the
 *   server told it when asked.
 *
 * @typedef {{config: Config, picture: Picture, link: LinkState, now: () => number, t: (key: string, ...args: (string|number)[]) => string,
 *   name: (words: Words|undefined, fallback: string) => string, selection: Selection, select: (what: Selection) => void,
 *   scope: string, setScope: (code: string) => void, on: (type: 'select'|'theme'|'scope'|'layer', fn: () => void) => void,
 *   track: (worker: string) => Promise<Track|null>, map: MapHandle,
 *   view: (wanted: Partial<Asked>) => void, layer: import('./closeups.mjs').KpiLayer|null,
 *   density: import('./closeups.mjs').DensityCells|null, regions: import('./scope.mjs').RegionTree|null}} Context
 *   What a screen may use. `now()` is the server's clock, UTC ms; `select` and `setScope` tell every screen; nobody else
 *   writes `selection` and `scope`. `scope`: code of the region the wall shows, '' for the whole city. `view` asks the server
 *   for more than the common frames; `layer` and `density` are what came of it last. `regions`: null until the city's tree is there.
 *
 * @typedef {{scope: string, layer: string, density: number|null, tiles: string[]}} Asked  See dashboard/views.py.
 *
 * @typedef {{stage: import('./map/stage.mjs').Stage, layers: import('./map/layers.mjs').Layers,
 *   tools: import('./map/tools.mjs').Tools, fit: (bounds: [[number, number], [number, number]]) => void,
 *   settle: (bounds: [[number, number], [number, number]]|null) => void, furnished: Promise<string[]>,
 *   land: import('./map/scope/regions.mjs').Land|null}} MapHandle
 *   The maps, for their features. `fit` brings ((south, west), (north, east)) degrees into the situation map's view; `settle`
 *   makes them the first view of both maps (null: the whole city) and goes there. Both only for a person's asking.
 *   `furnished`: grid cells and names are there; the cells' codes in their order. `land`: the tree's ground, null until both came.
 *
 * @typedef {{worker: string, since: number, lon: Int32Array, lat: Int32Array, time: Float64Array}} Track
 *   Fixes of one worker in time order; `since` = from when on this replica holds fixes (UTC ms).
 *
 * @typedef {{frame: (change: Change) => void, tick: (now: number) => void}} Screen
 *   A screen after mounting: `frame` after every applied frame (up to 25 a second), `tick` once a second with the
 *   server's time even when nothing arrives (timers, ages, late/stale states).
 */

/** Longitude and latitude of a worker who has never reported. */
export const NO_FIX = -2147483648;
