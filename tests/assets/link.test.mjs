/** The link, on a socket in the test's hands and on the test's clock. */
import assert from "node:assert/strict";
import { register } from "node:module";
import { beforeEach, mock, test } from "node:test";

/** In place of the browser's client (fetched at set-up, and of no use without a browser): a socket the tests speak for. */
const CLIENT = "export const io = (options) => globalThis.testSocket(options)";
const HOOK = `export const resolve = (what, context, next) => what.endsWith("/socket.io.esm.min.js")
  ? { url: "data:text/javascript,${encodeURIComponent(CLIENT)}", shortCircuit: true } : next(what, context)`;
register(`data:text/javascript,${encodeURIComponent(HOOK)}`);
const { ServerClock, openLink } = await import("../../assets/wall/link.mjs");

/** A Socket.IO client whose server is the test. */
class Socket {
  constructor() {
    /** @type {Record<string, (...args: any[]) => void>} */
    this.handlers = {};
    /** @type {[string, ...unknown[]][]} */
    this.sent = [];
    /** @type {Record<string, unknown>} */
    this.answers = { clock: 0 };
    this.connected = false;
    this.closed = 0;
    /** @type {any} */
    this.options = null;
    this.io = {
      engine: { transport: { name: "websocket" }, close: () => this.closed++ },
      on: (/** @type {string} */ name, /** @type {any} */ fn) => (this.handlers[name] = fn),
    };
  }
  /** @param {string} name @param {any} fn */
  on(name, fn) {
    this.handlers[name] = fn;
  }
  /** @param {[string, ...unknown[]]} what */
  emit(...what) {
    this.sent.push(what);
  }
  timeout() {
    return this;
  }
  /** @param {[string, ...unknown[]]} what */
  async emitWithAck(...what) {
    this.sent.push(what);
    if (!(what[0] in this.answers)) throw new Error("timeout");
    return this.answers[what[0]];
  }
  connect() {
    this.connected = true;
    this.handlers.connect();
  }
  drop() {
    this.connected = false;
    this.handlers.disconnect();
  }
}

/** @type {Socket} */
let socket;
/** @type {string[]} */
let states;
/** @type {unknown[]} */
let frames;
/** @type {ReturnType<typeof openLink>} */
let link;
/** @type {InstanceType<typeof ServerClock>} */
let clock;
const held = { epoch: "e", seq: 7 };

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setInterval", "setTimeout", "Date"], now: 1_000_000 });
  socket = new Socket();
  Object.assign(globalThis, {
    testSocket: (/** @type {any} */ options) => {
      socket.options = options;
      return socket;
    },
  });
  states = [];
  frames = [];
  clock = new ServerClock();
  link = openLink({
    clock, where: () => held, onFrame: (blob) => frames.push(blob), onView: (blob) => frames.push(blob),
    onState: () => states.push(link.state.state),
  });
});

const frame = () => socket.handlers.frame(new ArrayBuffer(8));

/** Let answers arrive. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test("it speaks WebSocket only, and never gives up", () => {
  assert.deepEqual(socket.options.transports, ["websocket"]);
  assert.notEqual(socket.options.reconnection, false);
  assert.equal(socket.options.reconnectionAttempts, undefined);
  assert.equal(link.state.state, "connecting");
});

test("once connected it joins where the replica stands", () => {
  socket.connect();
  assert.deepEqual(socket.sent.filter(([name]) => name === "join"), [["join", held]]);
  assert.equal(link.state.transport, "websocket");
  socket.drop();
  socket.connect();
  assert.equal(socket.sent.filter(([name]) => name === "join").length, 2);
});

test("it is live from the first frame, not from the connection", () => {
  socket.connect();
  assert.equal(link.state.state, "connecting");
  frame();
  frame();
  assert.equal(link.state.state, "live");
  assert.deepEqual([states, frames.length], [["live"], 2]);
});

test("a dropped connection is down at once", () => {
  socket.connect();
  frame();
  mock.timers.tick(100);
  socket.drop();
  assert.deepEqual([link.state.state, link.state.since], ["down", clock.now()]);
  socket.handlers.reconnect_attempt(3);
  assert.equal(link.state.tries, 3);
  socket.connect();
  frame();
  assert.deepEqual([link.state.state, link.state.tries, states], ["live", 0, ["live", "down", "live"]]);
});

test("silence for over three seconds is down, though the socket is open", () => {
  socket.connect();
  frame();
  mock.timers.tick(3000);
  assert.equal(link.state.state, "live");
  mock.timers.tick(1000);
  assert.equal(link.state.state, "down");
  assert.equal(socket.closed, 0);
});

test("frames keep it live", () => {
  socket.connect();
  for (let k = 0; k < 20; k++) {
    frame();
    mock.timers.tick(1000);
  }
  assert.deepEqual([states, socket.closed], [["live"], 0]);
});

test("a socket that is open but dead is closed", () => {
  socket.connect();
  frame();
  mock.timers.tick(10_000);
  assert.ok(socket.closed > 0);
});

test("the server's time is asked for at once and again and again while connected", async () => {
  const asked = () => socket.sent.filter(([name]) => name === "clock").length;
  mock.timers.tick(10_000);
  assert.equal(asked(), 0);
  socket.answers.clock = Date.now() + 5000;
  socket.connect();
  await settle();
  assert.deepEqual([asked(), clock.offset, link.state.rtt], [1, 5000, 0]);
  mock.timers.tick(3000);
  assert.equal(asked(), 5, "a page still being built answers late, so it asks a few times at first");
  mock.timers.tick(10_000);
  assert.ok(asked() > 5);
  socket.drop();
  const before = asked();
  mock.timers.tick(10_000);
  assert.equal(asked(), before);
});

test("a time that does not come changes nothing", async () => {
  socket.answers = {};
  socket.connect();
  await settle();
  assert.deepEqual([clock.offset, link.state.rtt], [0, null]);
});

test("a track is asked for, and null when the answer does not come", async () => {
  socket.answers.track = new ArrayBuffer(4);
  assert.equal(await link.track("w1", 5), socket.answers.track);
  assert.deepEqual(socket.sent.at(-1), ["track", { worker: "w1", since: 5 }]);
  delete socket.answers.track;
  assert.equal(await link.track("w1", 5), null);
});

test("the clock believes the quickest of the recent answers", () => {
  clock.sample(1000, 6100, 1200);
  assert.deepEqual([clock.offset, clock.rtt, clock.uncertainty], [5000, 200, 100]);
  clock.sample(2000, 7005, 2010);
  assert.deepEqual([clock.offset, clock.rtt], [5000, 10]);
  clock.sample(3000, 9999, 3900);
  assert.deepEqual([clock.offset, clock.rtt], [5000, 10]);
  assert.equal(clock.now(), Date.now() + 5000);
});

test("the clock forgets answers that are eight old", () => {
  clock.sample(0, 100, 10);
  for (let k = 0; k < 8; k++) clock.sample(0, 1010, 20);
  assert.equal(clock.offset, 1000);
});
