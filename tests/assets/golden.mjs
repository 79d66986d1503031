/** The golden frames that tests/dashboard/test_frames.py writes, and what a browser must hold after them. */
import { readFileSync } from "node:fs";

const folder = new URL("../golden/", import.meta.url);

/** @typedef {{file: string, kind: string, seq: number, digest: number, put: string[], del: string[]}} GoldenFrame */
/** @typedef {{row: number, id: string, lon: number, lat: number, flag: number, fix: number|null}} GoldenWorker */

/** One blob, as it comes off the wire. @param {string} file @returns {ArrayBuffer} */
export function read(file) {
  return new Uint8Array(readFileSync(new URL(file, folder))).buffer;
}

/** @type {{frames: GoldenFrame[], final: Record<string, any> & {workers: GoldenWorker[]}}} */
export const expected = JSON.parse(readFileSync(new URL("expected.json", folder), "utf8"));
