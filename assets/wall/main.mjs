/**
 * Puts the browser's parts together: link → replica → screens, and `window.wall` for scripts and tests. Imported before
 * Dash renders; starts once Dash's layout stands. Decides nothing about looks.
 */
import { glass } from "./glass.mjs";
import { FEATURES } from "./map/features.mjs";
import { translator } from "./i18n.mjs";
import * as kpi from "./kpi/kpi.mjs";
import { ServerClock, openLink } from "./link.mjs";
import * as maps from "./map/maps.mjs";
import { Closeups } from "./closeups.mjs";
import { Gap, Replica } from "./picture.mjs";
import * as queue from "./queue/queue.mjs";
import * as top from "./top.mjs";
import { NO_FIX } from "./types.mjs";
import { decode } from "./wire.mjs";
import * as workers from "./workers/workers.mjs";

/** @typedef {import("./types.mjs").Context} Context */
/** @typedef {import("./types.mjs").Config} Config */
/** @typedef {import("./types.mjs").Change} Change */
/** @typedef {import("./types.mjs").Screen} Screen */
/** @typedef {import("./types.mjs").Track} Track */

/** A glass time is as good as the clock it is read from: none is taken while that may be off by more. */
const CLOCK_ENOUGH_MS = 25;
/** Wait before asking again for a snapshot that did not fit either. */
const RESYNC_MS = 1000;

const replica = new Replica();
const closeups = new Closeups(replica.picture);
const clock = new ServerClock();
const painted = glass();
/** @type {ReturnType<typeof openLink>} */
let link;
/** @type {Screen[]} */
let screens = [];
/** What is held does not fit what comes; a snapshot has been asked for. */
let torn = false;
let askedAgain = 0;
/** How the maps are drawn. @type {() => object} */
let drawing = () => ({});
/** @type {import("./types.mjs").Asked} */
const asked = { scope: "", layer: "", density: null, tiles: [] };

/** @returns {Config} */
function readConfig() {
  const element = document.getElementById("wall-config");
  return JSON.parse(element?.textContent ?? "{}");
}

/** @param {Config} config @returns {Context} */
function makeContext(config) {
  /** @type {Record<string, (() => void)[]>} */
  const listeners = { select: [], theme: [], scope: [], layer: [] };
  const tell = (/** @type {string} */ type) => listeners[type].forEach((fn) => fn());
  addEventListener("wall:theme", () => tell("theme"));
  addEventListener("wall:layer", () => tell("layer"));
  /** @type {Context} */
  const ctx = {
    config,
    picture: replica.picture,
    link: link.state,
    now: () => clock.now(),
    t: translator(config.words),
    name: (words, fallback) => words?.[config.locale] ?? fallback,
    selection: null,
    select(what) {
      ctx.selection = what;
      tell("select");
    },
    scope: "",
    regions: null,
    setScope(code) {
      if (code === ctx.scope) return;
      ctx.scope = code;
      ctx.view({ scope: code });
      show(replica.setScope(code));
      tell("scope");
    },
    get layer() {
      return closeups.layer;
    },
    get density() {
      return closeups.density;
    },
    view(wanted) {
      Object.assign(asked, wanted);
      if (wanted.layer !== undefined) closeups.layer = null;
      if (wanted.density === null) closeups.density = null;
      link.view(asked);
      if (wanted.tiles && closeups.keep(wanted.tiles)) show(everybody());
    },
    map: /** @type {any} */ (null), // there as soon as the maps are mounted, which come first
    on: (type, fn) => void listeners[type].push(fn),
    track: (worker) => fetchTrack(worker, clock.now() - config.track_minutes * 60_000),
  };
  return ctx;
}

/** @param {string} worker @param {number} since @returns {Promise<Track|null>} */
async function fetchTrack(worker, since) {
  const blob = await link.track(worker, since);
  if (!blob) return null;
  const { header, columns } = decode(blob);
  return /** @type {Track} */ ({ worker, since: header.since, ...columns });
}

/** @param {ArrayBuffer} blob */
function onFrame(blob) {
  const before = replica.picture.asOf;
  try {
    const change = replica.apply(decode(blob));
    if (change?.snapshot) {
      torn = false;
      startAnew();
    }
    if (!torn) link.state.gap = null;
    if (change) show(change);
  } catch (error) {
    if (!(error instanceof Gap)) throw error;
    resync(before);
  }
}

/** @param {ArrayBuffer} blob */
function onView(blob) {
  const frame = decode(blob);
  try {
    const change = frame.header.kind === "scope" ? replica.foldScope(frame.header) : closeups.apply(frame);
    if (change) show(change);
    if (frame.header.kind === "layer") dispatchEvent(new Event("wall:layer"));
  } catch (error) {
    if (!(error instanceof Gap)) throw error;
    startAnew();
  }
}

/** What was looked at closely is held no longer. */
function startAnew() {
  closeups.reset();
  link.viewAnew();
}

/** @param {Change} change */
const show = (change) => each((screen) => screen.frame(change));

/** All workers may have changed. @returns {Change} */
const everybody = () => ({ snapshot: false, put: [], del: [], rows: null, keys: new Set(), t0: null });

/** What is held no longer fits: say since when, go on showing it, and ask for everything. @param {number} since */
function resync(since) {
  link.state.gap ??= { from: since, to: clock.now() };
  torn = true;
  if (Date.now() - askedAgain < RESYNC_MS) return;
  askedAgain = Date.now();
  link.join();
}

function tick() {
  each((screen) => screen.tick(clock.now()));
}

/** A screen that fails does not take the others with it. @param {(screen: Screen) => void} work */
function each(work) {
  for (const screen of screens) {
    try {
      work(screen);
    } catch (error) {
      reportError(error);
    }
  }
}

function start() {
  const config = readConfig();
  document.body.dataset.page = location.pathname.slice(1) || "wall";
  link = openLink({
    clock,
    where: () => (torn ? { epoch: "", seq: -1 } : { epoch: replica.picture.epoch, seq: replica.picture.seq }),
    onFrame,
    onView,
    onState: tick,
  });
  const ctx = makeContext(config);
  const map = maps.mount(ctx);
  drawing = () => ctx.map.stage.report();
  const features = FEATURES.flatMap((mount) => mount(ctx) ?? []);
  map.onPaint((t0) => clock.uncertainty < CLOCK_ENOUGH_MS && painted.add(t0, clock.now()));
  screens = [top, queue, workers, kpi].map((screen) => screen.mount(ctx));
  screens.push(map, ...features);
  if (document.body.dataset.page === "console") void import("./console/console.mjs").then((console) => screens.push(console.mount(ctx)));
  if (document.body.dataset.page === "handover") void import("./handover/handover.mjs").then((handover) => screens.push(handover.mount(ctx)));
  tick();
  setInterval(tick, 1000);
}

/** Run `then` once Dash has put the wall into the page. @param {() => void} then */
function whenLaidOut(then) {
  const laidOut = () => document.getElementById("screen-kpi") !== null;
  if (laidOut()) return then();
  const observer = new MutationObserver(() => {
    if (!laidOut()) return;
    observer.disconnect();
    then();
  });
  observer.observe(document.documentElement, { childList: true, subtree: true });
}

/** @param {string} id */
function worker(id) {
  const { rowOf, lon, lat, fixTime } = replica.picture.workers;
  const row = rowOf.get(id);
  if (row === undefined) return null;
  const fixed = lon[row] !== NO_FIX;
  return { lat: fixed ? lat[row] / 1e6 : null, lon: fixed ? lon[row] / 1e6 : null, fixTime: fixed ? fixTime[row] : null };
}

function debug() {
  const { epoch, seq, asOf, hash, events } = replica.picture;
  return {
    epoch, seq, asOf, stateHash: hash, workers: replica.picture.workers.n, events: events.size,
    glass: painted.summary(), transport: link?.state.transport ?? "", link: link?.state.state ?? "connecting",
    ...drawing(),
  };
}

const page = /** @type {any} */ (window);
page.wall = Object.assign(page.wall ?? {}, { debug, worker, resetGlass: painted.reset });
whenLaidOut(start);
