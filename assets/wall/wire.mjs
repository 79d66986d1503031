/**
 * Frames off the wire: the binary container and the digests, exactly as dashboard/frames.py writes them. Decodes and
 * checks; keeps nothing.
 */

/** @typedef {Int8Array|Int16Array|Int32Array|Uint8Array|Uint16Array|Uint32Array|Float64Array} Column */
/** @typedef {{header: Record<string, any>, columns: Record<string, Column>}} Frame */

const MAGIC = 0x31465334; // "4SF1"
const KINDS = {
  i1: Int8Array, i2: Int16Array, i4: Int32Array, u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, f8: Float64Array,
};

/**
 * The header and columns of a blob; columns are views into it.
 * @param {ArrayBuffer} blob
 * @returns {Frame}
 */
export function decode(blob) {
  const view = new DataView(blob);
  if (blob.byteLength < 8 || view.getUint32(0, true) !== MAGIC) throw new Error("not a frame");
  const size = view.getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(blob, 8, size)));
  /** @type {Record<string, Column>} */
  const columns = {};
  let offset = 8 + size;
  for (const [name, dtype, length] of header.cols) {
    const Kind = KINDS[/** @type {keyof typeof KINDS} */ (dtype)];
    if (!Kind) throw new Error(`column ${name}: unknown type ${dtype}`);
    columns[name] = new Kind(blob, offset, length);
    offset += Math.ceil((length * Kind.BYTES_PER_ELEMENT) / 8) * 8;
  }
  return { header, columns };
}

/**
 * One 32-bit hash per worker row.
 * @param {number} row @param {number} lon @param {number} lat @param {number} flag
 */
export function workerDigest(row, lon, lat, flag) {
  let h = Math.imul(row + 1, 0x9e3779b1);
  h ^= Math.imul(lon, 0x85ebca6b);
  h ^= Math.imul(lat, 0xc2b2ae35);
  h ^= Math.imul(flag + 1, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 12)) >>> 0;
}

const encoder = new TextEncoder();

/**
 * FNV-1a, 32 bits, of UTF-8 text.
 * @param {string} text
 */
export function textDigest(text) {
  let h = 0x811c9dc5;
  for (const byte of encoder.encode(text)) h = Math.imul(h ^ byte, 0x01000193);
  return h >>> 0;
}
