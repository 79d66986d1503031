/**
 * The design tokens as a canvas needs them: resolved colour strings and packed pixels.
 * The only place in the maps that names a token; knows nothing of what is drawn with them.
 *
 * @typedef {{[K in keyof typeof TOKENS]: string} & {font: string}} Palette
 */

const TOKENS = {
  ground: '--ground', panel: '--panel', out: '--m-out', land: '--m-land', land2: '--m-land-2', water: '--m-water',
  border: '--m-border', city: '--m-city', cell: '--m-cell', metro: '--m-metro', label: '--m-label', dot: '--m-dot',
  track: '--m-track', ramp1: '--ramp1', ramp2: '--ramp2', ramp3: '--ramp3', ramp4: '--ramp4', ramp5: '--ramp5',
  ink: '--ink', ink2: '--ink-2', ink3: '--ink-3', line2: '--line-2', focus: '--focus', stale: '--stale',
  sev1: '--sev-normal', sev2: '--sev-serious', sev3: '--sev-major', sev4: '--sev-urgent',
  d1: '--d1', d2: '--d2', d3: '--d3', d4: '--d4', d5: '--d5', d6: '--d6',
};

/** The tokens as they stand for `root` now. @param {Element} root @returns {Palette} */
export function readPalette(root) {
  const style = getComputedStyle(root);
  /** @type {Record<string, string>} */
  const out = { font: style.fontFamily };
  for (const [key, token] of Object.entries(TOKENS)) out[key] = style.getPropertyValue(token).trim() || '#888888';
  return /** @type {Palette} */ (out);
}

/**
 * "#rrggbb" or "#rrggbbaa" and an opacity → one little-endian RGBA pixel (as ImageData holds it).
 * @param {string} hex @param {number} alpha 0–1 @returns {number} unsigned 32 bits
 */
export function pixel(hex, alpha) {
  const rgb = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(hex);
  const [r, g, b] = rgb ? [rgb[1], rgb[2], rgb[3]].map((part) => parseInt(part, 16)) : [128, 128, 128];
  return ((Math.round(alpha * 255) << 24) | (b << 16) | (g << 8) | r) >>> 0;
}
