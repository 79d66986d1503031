/**
 * Words on the map: shortening a title and finding room for labels. Pure; knows no canvas and measures no text itself.
 *
 * @typedef {[number, number, number, number]} Box  left, top, right, bottom
 * @typedef {{x: number, y: number, radius: number, width: number, height: number, must?: boolean, centred?: boolean, spots?: Spot[]}} Wish
 *   A label of `width` × `height` for a mark at (x, y) with `radius`. `must`: placed even where it overlaps.
 *   `centred`: only on the point itself. `spots`: only on one of these, the first that is free.
 * @typedef {{left: number, top: number}} Spot
 */

const GAP = 0.35;

/**
 * A title cut to `most` full-width characters (a Latin letter counts half): its first clause when that fits, else its
 * beginning with an ellipsis. @param {string} title @param {number} [most] @returns {string}
 */
export function shortTitle(title, most = 8) {
  const clean = title.replace(/\s+/g, ' ').trim();
  const clause = clean.split(/[，。；：！？、,;:!?]|\. /)[0].trim() || clean;
  if (widthOf(clause) <= most) return clause;
  let width = 1;
  let out = '';
  for (const char of clause) {
    width += widthOf(char);
    if (width > most) break;
    out += char;
  }
  return `${out.trimEnd()}…`;
}

/** Width in full-width characters. @param {string} text @returns {number} */
function widthOf(text) {
  let width = 0;
  for (const char of text) width += /[\u0000-\u024f]/.test(char) ? 0.5 : 1;
  return width;
}

/** @param {Box} a @param {Box} b @returns {boolean} */
export function overlaps(a, b) {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

/**
 * Places for labels, first come first served: right of the mark, left, below, above; null where there is no room.
 * @param {readonly Wish[]} wishes most important first @param {Box} view labels stay inside
 * @param {readonly Box[]} taken what must not be covered @returns {(Spot|null)[]} in the order of `wishes`
 */
export function place(wishes, view, taken) {
  const used = [...taken];
  return wishes.map((wish) => {
    const spots = wish.spots ?? candidates(wish);
    const free = spots.find((spot) => fits(boxAt(spot, wish), view, used));
    const spot = free ?? (wish.must ? spots.find((s) => inside(boxAt(s, wish), view)) ?? null : null);
    if (spot) used.push(boxAt(spot, wish));
    return spot;
  });
}

/** Places for a second label round a first: below, above, right, left. @param {Box} box @param {number} width @param {number} height
 * @returns {Spot[]} */
export function beside([left, top, right, bottom], width, height) {
  const middle = { left: (left + right - width) / 2, top: (top + bottom - height) / 2 };
  return [{ ...middle, top: bottom }, { ...middle, top: top - height }, { ...middle, left: right + height / 4 }, { ...middle, left: left - width - height / 4 }];
}

/** Places for a name in the middle of its region: there, or half a line or a line higher or lower. @param {number} x @param {number} y
 * @param {number} width @param {number} height @returns {Spot[]} */
export function nudged(x, y, width, height) {
  return [0, 0.6, -0.6, 1.1, -1.1].map((lines) => ({ left: x - width / 2, top: y - height / 2 + lines * height }));
}

/** @param {Wish} wish @returns {Spot[]} */
function candidates({ x, y, radius, width, height, centred }) {
  const left = x - width / 2;
  const top = y - height / 2;
  if (centred) return [{ left, top }];
  const gap = radius + height * GAP;
  return [
    { left: x + gap, top },
    { left: x - gap - width, top },
    { left, top: y + radius + 1 },
    { left, top: y - radius - 1 - height },
  ];
}

/** @param {Spot} spot @param {Wish} wish @returns {Box} */
function boxAt({ left, top }, { width, height }) {
  return [left, top, left + width, top + height];
}

/** @param {Box} box @param {Box} view @param {readonly Box[]} used @returns {boolean} */
function fits(box, view, used) {
  return inside(box, view) && !used.some((other) => overlaps(box, other));
}

/** @param {Box} box @param {Box} view @returns {boolean} */
function inside(box, view) {
  return box[0] >= view[0] && box[1] >= view[1] && box[2] <= view[2] && box[3] <= view[3];
}

/** Ready a canvas for words on the map, which have a rim of ground round them. @param {CanvasRenderingContext2D} c
 * @param {import('./viewport.mjs').Viewport} vp @param {import('./palette.mjs').Palette} palette @param {number} size u
 * @param {number} weight */
export function halo(c, vp, palette, size, weight) {
  c.font = `${weight} ${size * vp.unit}px ${palette.font}`;
  c.letterSpacing = '0px';
  c.textBaseline = 'middle';
  c.lineJoin = 'round';
  c.lineWidth = 2.5 * vp.unit;
  c.strokeStyle = palette.land;
  c.fillStyle = palette.ink;
}

/** Words with their rim. @param {CanvasRenderingContext2D} c @param {string} text @param {number} x @param {number} y */
export function write(c, text, x, y) {
  c.strokeText(text, x, y);
  c.fillText(text, x, y);
}
