/** The browser's replica on the frames the server's tests wrote. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { foldWorkers } from "../../assets/wall/crowd.mjs";
import { Gap, Replica } from "../../assets/wall/picture.mjs";
import { decode } from "../../assets/wall/wire.mjs";
import { expected, read } from "./golden.mjs";

const files = expected.frames.map((frame) => frame.file);

/** A replica that has folded these golden frames. @param {string[]} names */
function folded(names) {
  const replica = new Replica();
  for (const name of names) replica.apply(decode(read(name)));
  return replica;
}

/** A golden frame with another header. @param {string} file @param {(header: Record<string, any>) => void} change */
function altered(file, change) {
  const frame = decode(read(file));
  change(frame.header);
  return frame;
}

test("folding gives the picture the server describes, digest by digest", () => {
  const replica = new Replica();
  for (const { file, kind, digest, put, del } of expected.frames) {
    const change = replica.apply(decode(read(file)));
    assert.ok(change);
    assert.deepEqual([change.snapshot, change.put, change.del], [kind === "snapshot", put, del]);
    assert.equal(replica.digest, digest);
  }
  const { epoch, seq, workers, events, board, kpi, feeds, streams, tapes } = expected.final;
  const { picture } = replica;
  assert.deepEqual([picture.epoch, picture.seq], [epoch, seq]);
  assert.deepEqual([...picture.events.values()].sort(byId), [...events].sort(byId));
  assert.deepEqual({ board, kpi, feeds, streams, tapes }, {
    board: picture.board, kpi: picture.kpi, feeds: picture.feeds, streams: picture.streams, tapes: picture.tapes,
  });
  assert.equal(picture.workers.n, workers.length);
  for (const { row, id, lon, lat, flag, fix } of workers) {
    const held = picture.workers;
    assert.deepEqual([held.ids[row], held.rowOf.get(id), held.lon[row], held.lat[row], held.flag[row]], [id, row, lon, lat, flag]);
    assert.equal(held.fixTime[row], fix ?? NaN);
  }
});

/** @param {{id: string}} a @param {{id: string}} b */
function byId(a, b) {
  return a.id < b.id ? -1 : 1;
}

test("an event that left is gone", () => {
  const replica = new Replica();
  for (const { file, del } of expected.frames) {
    const held = [...replica.picture.events.keys()];
    replica.apply(decode(read(file)));
    for (const id of del) {
      assert.ok(held.includes(id));
      assert.ok(!replica.picture.events.has(id));
    }
  }
  assert.ok(expected.frames.some((frame) => frame.del.length > 0));
});

test("the picture keeps its identity", () => {
  const replica = new Replica();
  const { picture } = replica;
  for (const file of [...files, files[0]]) replica.apply(decode(read(file)));
  assert.equal(replica.picture, picture);
});

test("a snapshot replaces everything", () => {
  const replica = folded(files);
  const change = replica.apply(decode(read(files[0])));
  assert.equal(change?.rows, null);
  assert.equal(replica.digest, expected.frames[0].digest);
  assert.equal(replica.picture.seq, expected.frames[0].seq);
  for (const file of files.slice(1)) replica.apply(decode(read(file)));
  assert.equal(replica.digest, expected.frames.at(-1)?.digest);
});

test("a frame already held is passed over", () => {
  const replica = folded(files);
  assert.equal(replica.apply(decode(read(files[2]))), null);
  assert.equal(replica.digest, expected.frames.at(-1)?.digest);
});

test("a missing frame is a gap", () => {
  const replica = folded(files.slice(0, 2));
  assert.throws(() => replica.apply(decode(read(files[3]))), Gap);
});

test("a frame of another run is a gap", () => {
  const other = altered(files[1], (header) => (header.epoch = "another"));
  assert.throws(() => folded(files.slice(0, 1)).apply(other), Gap);
});

test("a delta before any snapshot is a gap", () => {
  assert.throws(() => new Replica().apply(decode(read(files[1]))), Gap);
});

for (const name of ["row", "lon", "lat", "flag"]) {
  test(`a corrupted ${name} column is a gap`, () => {
    const frame = decode(read(files[0]));
    frame.columns[name][0] ^= 1;
    assert.throws(() => new Replica().apply(frame), Gap);
  });
}

test("a lost or altered event is a gap", () => {
  const lost = altered(files[0], (header) => header.events.put.pop());
  assert.throws(() => new Replica().apply(lost), Gap);
  const older = altered(files[0], (header) => (header.events.put[0].v += 1));
  assert.throws(() => new Replica().apply(older), Gap);
});

test("every single bit of the positions matters", () => {
  const clean = decode(read(files[0])).columns.lon.length;
  for (let bit = 0; bit < 32 * clean; bit++) {
    const frame = decode(read(files[0]));
    frame.columns.lon[bit >> 5] ^= 1 << (bit & 31);
    assert.throws(() => new Replica().apply(frame), Gap);
  }
});

test("changes name the rows and sections they touched", () => {
  const replica = new Replica();
  const changes = files.map((file) => replica.apply(decode(read(file))));
  const [first, second] = changes;
  for (const key of ["board", "feeds", "kpi", "roster", "streams", "tapes"]) assert.ok(first?.keys.has(key), key);
  assert.ok(second?.rows && second.rows.length > 0);
  assert.ok(changes.slice(1).some((change) => change?.keys.has("tapes")));
});

test("rows beyond what is held make room", () => {
  const replica = folded(files.slice(0, 1));
  const rows = Uint32Array.from({ length: 5000 }, (_, k) => k);
  const zeros = new Int32Array(5000);
  const { workers } = replica.picture;
  const columns = { row: rows, lon: zeros, lat: zeros, age: zeros, flag: new Uint8Array(5000) };
  const { sum } = foldWorkers(workers, columns, 7, (row) => row < 3, replica.workerSum);
  assert.equal(workers.n, 5000);
  assert.equal(workers.fixTime[4999], 7);
  assert.ok(Number.isSafeInteger(sum) && sum >= 0);
});

test("alarms and the desk are replaced whole", () => {
  const replica = folded(files.slice(0, 1));
  const alarms = [{ id: "a" }], desk = { sounds: [1] };
  const change = replica.apply(altered(files[1] ?? "", (header) => Object.assign(header, { alarms, desk })));
  assert.deepEqual([change?.keys.has("alarms"), change?.keys.has("desk")], [true, true]);
  assert.deepEqual([replica.picture.alarms, replica.picture.desk], [alarms, desk]);
});
