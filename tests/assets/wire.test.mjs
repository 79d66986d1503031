/** The binary container and the digests, as dashboard/frames.py writes them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, textDigest, workerDigest } from "../../assets/wall/wire.mjs";
import { expected, read } from "./golden.mjs";

test("the golden frames decode to whole columns", () => {
  for (const { file, kind, seq } of expected.frames) {
    const { header, columns } = decode(read(file));
    assert.deepEqual([header.kind, header.seq, header.epoch], [kind, seq, "golden"]);
    assert.deepEqual(Object.keys(columns), ["near.gap", "near.lon", "near.lat", "near.age", "row", "lon", "lat", "age", "flag"]);
    for (const set of [Object.keys(columns).slice(0, 4), Object.keys(columns).slice(4)])
      assert.equal(new Set(set.map((name) => columns[name].length)).size, 1);
  }
});

test("columns are views into the blob, not copies", () => {
  const blob = read("frame-0.bin");
  for (const column of Object.values(decode(blob).columns)) assert.equal(column.buffer, blob);
});

test("what is no frame is refused", () => {
  assert.throws(() => decode(new ArrayBuffer(0)), /not a frame/);
  assert.throws(() => decode(new ArrayBuffer(64)), /not a frame/);
  assert.throws(() => decode(read("frame-0.bin").slice(0, 7)), /not a frame/);
});

test("a frame cut short is refused", () => {
  const blob = read("frame-0.bin");
  assert.throws(() => decode(blob.slice(0, 20)));
  assert.throws(() => decode(blob.slice(0, blob.byteLength - 8)), RangeError);
});

test("a column of an unknown type is named", () => {
  const text = new TextEncoder().encode('{"cols":[["x","c8",1]]}'.padEnd(24));
  const blob = new Uint8Array(8 + text.length + 8);
  blob.set(new TextEncoder().encode("4SF1"));
  blob[4] = text.length;
  blob.set(text, 8);
  assert.throws(() => decode(blob.buffer), /column x: unknown type c8/);
});

test("text digests are FNV-1a of UTF-8", () => {
  assert.equal(textDigest(""), 0x811c9dc5);
  assert.equal(textDigest("foobar"), 0xbf9cf968);
  assert.equal(textDigest("事件😀2:1"), textDigest(String.fromCodePoint(0x4e8b, 0x4ef6, 0x1f600, 0x32, 0x3a, 0x31)));
  assert.notEqual(textDigest("e1:1"), textDigest("e1:2"));
});

/** Corners of what a frame can carry. */
const KNOWN = [
  { row: 0, lon: 0, lat: 0, flag: 0 },
  { row: 399_999, lon: -2147483648, lat: -2147483648, flag: 63 },
  { row: 13_079, lon: 119_950_000, lat: 31_780_000, flag: 9 },
  { row: 1, lon: -70_250_000, lat: -33_500_000, flag: 41 },
];

test("worker digests follow the definition, in whole numbers of any size", () => {
  const mask = (1n << 32n) - 1n;
  for (const { row, lon, lat, flag } of KNOWN) {
    let h = ((BigInt(row) + 1n) * 0x9e3779b1n) & mask;
    h ^= (BigInt.asUintN(32, BigInt(lon)) * 0x85ebca6bn) & mask;
    h ^= (BigInt.asUintN(32, BigInt(lat)) * 0xc2b2ae35n) & mask;
    h ^= ((BigInt(flag) + 1n) * 0x27d4eb2fn) & mask;
    h = ((h ^ (h >> 15n)) * 0x2c1b3c6dn) & mask;
    assert.equal(workerDigest(row, lon, lat, flag), Number(h ^ (h >> 12n)));
  }
});
