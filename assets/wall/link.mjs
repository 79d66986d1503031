/**
 * The link to the server: connects for ever (back-off with jitter), joins where the replica left off, keeps the server's
 * time, and knows what has been missed. It hands frames on; what they mean is the replica's business.
 */
import { io } from "../vendor/socket.io.esm.min.js";

/** @typedef {import("./types.mjs").LinkState} LinkState */
/** @typedef {import("./types.mjs").Track} Track */

/** Without a frame for this long the link counts as down, whatever the socket says: frames come once a second. */
const SILENCE_MS = 3000;
const CLOCK_EVERY_MS = 5_000;
/** After a connection, because a page that is still being built answers late and tells the time badly. */
const CLOCK_FIRST_MS = [300, 700, 1500, 3000];

/** The server's clock, from the quickest of the recent answers to "what time is it". */
export class ServerClock {
  constructor() {
    this.offset = 0;
    /** @type {number|null} The quickest of the recent round trips: a busy page answers late, the wire does not. */
    this.rtt = null;
    /** @type {{rtt: number, offset: number}[]} */
    this.samples = [];
  }

  /** By how much `now()` may be wrong, ms: half the quickest round trip. */
  get uncertainty() {
    return this.rtt === null ? Infinity : this.rtt / 2;
  }

  /** UTC ms. */
  now() {
    return Date.now() + this.offset;
  }

  /** @param {number} sent @param {number} server @param {number} received  all UTC ms, by the clock of each */
  sample(sent, server, received) {
    const rtt = received - sent;
    this.samples = [...this.samples.slice(-7), { rtt, offset: server - (sent + received) / 2 }];
    this.rtt = Math.min(...this.samples.map((s) => s.rtt));
    this.offset = this.samples.reduce((best, s) => (s.rtt < best.rtt ? s : best)).offset;
  }
}

/**
 * @param {{clock: ServerClock, where: () => {epoch: string, seq: number}, onFrame: (blob: ArrayBuffer) => void,
 *   onView: (blob: ArrayBuffer) => void, onState: () => void}} rim `onView` takes what `view` asked for
 */
export function openLink({ clock, where, onFrame, onView, onState }) {
  /** @type {LinkState} */
  const state = { state: "connecting", rtt: null, since: Date.now(), tries: 0, gap: null, transport: "" };
  const socket = io({ transports: ["websocket"], reconnectionDelay: 300, reconnectionDelayMax: 3000, randomizationFactor: 0.5, timeout: 4000 });
  let heard = Date.now();

  /** @param {LinkState["state"]} to */
  const become = (to) => {
    if (state.state === to) return;
    state.state = to;
    state.since = clock.now();
    onState();
  };
  const join = () => socket.emit("join", where());
  /** @type {Partial<import("./types.mjs").Asked>|null} What the server shall send beside the common frames. */
  let wanted = null;
  const ask = (/** @type {boolean} */ anew) => wanted && socket.connected && socket.emit("view", { ...wanted, anew });
  const askTime = async () => {
    if (!socket.connected) return;
    const sent = Date.now();
    const server = await socket.timeout(4000).emitWithAck("clock").catch(() => null);
    if (server === null) return;
    clock.sample(sent, server, Date.now());
    state.rtt = clock.rtt;
  };

  socket.on("connect", () => {
    state.tries = 0;
    state.transport = socket.io.engine.transport.name;
    heard = Date.now();
    askTime();
    for (const wait of CLOCK_FIRST_MS) setTimeout(askTime, wait);
    join();
    ask(false);
  });
  socket.on("view", onView);
  socket.on("frame", (/** @type {ArrayBuffer} */ blob) => {
    heard = Date.now();
    onFrame(blob);
    become("live");
  });
  socket.on("disconnect", () => become("down"));
  socket.io.on("reconnect_attempt", (n) => {
    state.tries = n;
  });
  setInterval(() => {
    if (Date.now() - heard <= SILENCE_MS) return;
    if (state.state === "live") become("down");
    if (socket.connected && Date.now() - heard > 3 * SILENCE_MS) socket.io.engine.close(); // open but dead
  }, 500);
  setInterval(askTime, CLOCK_EVERY_MS);

  return {
    state,
    /** Ask again for everything since what is held. */
    join,
    /** Look at this and nothing else, also after the next connection. @param {import("./types.mjs").Asked} asked */
    view(asked) {
      wanted = asked;
      ask(false);
    },
    /** Nothing of what is looked at is held any more: ask for all of it. */
    viewAnew: () => ask(true),
    /**
     * @param {string} worker @param {number} since
     * @returns {Promise<ArrayBuffer|null>}
     */
    track: (worker, since) => socket.timeout(8000).emitWithAck("track", { worker, since }).catch(() => null),
  };
}
