/** Glass times and their percentiles. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { glass } from "../../assets/wall/glass.mjs";

test("nothing measured is no number", () => {
  const times = glass();
  times.add(null, 5000);
  assert.deepEqual(times.summary(), { p50: null, p99: null, n: 0 });
});

test("one sample is every percentile", () => {
  const times = glass();
  times.add(1000, 1042);
  assert.deepEqual(times.summary(), { p50: 42, p99: 42, n: 1 });
});

test("percentiles of a hundred, in any order", () => {
  const times = glass();
  for (let k = 0; k < 100; k++) times.add(0, ((k * 37) % 100) + 1);
  assert.deepEqual(times.summary(), { p50: 51, p99: 100, n: 100 });
});

test("only the newest 8192 are kept", () => {
  const times = glass();
  for (let k = 0; k < 8192; k++) times.add(0, 1_000_000);
  for (let k = 0; k < 8192; k++) times.add(0, 5);
  assert.deepEqual(times.summary(), { p50: 5, p99: 5, n: 16_384 });
});

test("asking changes nothing", () => {
  const times = glass();
  for (const drawn of [30, 10, 20]) times.add(0, drawn);
  times.summary();
  times.add(0, 40);
  assert.deepEqual(times.summary(), { p50: 30, p99: 40, n: 4 });
});
