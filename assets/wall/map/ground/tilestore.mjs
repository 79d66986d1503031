/**
 * The pictures of one tile address: asked for when wanted, given up when not, brought to the wall's tones once each. Keeps
 * the last few hundred; decides nothing about which are wanted or where they lie.
 *
 * @typedef {import('./tiles.mjs').Coords} Coords
 * @typedef {{image: HTMLImageElement, state: 'loading'|'there'|'missing', toned: HTMLCanvasElement|null, tone: string}} Entry
 * @typedef {{key: string, filter: string, tint: string, share: number}} Tone
 *   How pictures are drawn: a CSS filter, then a share of the tint's hue; `key` names it.
 */
import { tileUrl } from './tiles.mjs';

const KEPT = 512;

/**
 * The tone of tiles. Street maps are drawn for white paper: at night they are turned over. Photographs are dimmed. Both then
 * take on the hue of the wall's own ground. @param {import('./tiles.mjs').TileSpec['tone']} tone @param {boolean} night
 * @param {string} tint the ground's colour @returns {Tone|null} null: as they come
 */
export function toneOf(tone, night, tint) {
  if (tone === 'off') return null;
  const filters = {
    map: night ? 'invert(1) hue-rotate(180deg) saturate(.45) contrast(.7) brightness(.9)' : 'saturate(.5) contrast(.88)',
    imagery: night ? 'saturate(.45) brightness(.5)' : 'saturate(.6) contrast(.85) brightness(1.12)',
  };
  return { key: `${tone} ${night} ${tint}`, filter: filters[tone], tint, share: night ? 0.55 : 0.35 };
}

/** @param {Coords} coords @returns {string} */
const keyOf = ({ x, y, z }) => `${z}/${x}/${y}`;

export class TileStore {
  /**
   * @param {string} template @param {string} subdomains
   * @param {(came: boolean) => void} heard a picture came, or did not
   */
  constructor(template, subdomains, heard) {
    this.template = template;
    this.subdomains = subdomains;
    this.heard = heard;
    /** @type {Map<string, Entry>} */
    this.entries = new Map();
  }

  /** Ask for these, most wanted first, and give up what is still on its way and not among them. @param {readonly Coords[]} wanted */
  want(wanted) {
    const keys = new Set(wanted.map(keyOf));
    for (const [key, { image, state }] of this.entries) if (state === 'loading' && !keys.has(key)) this.#drop(key, image);
    for (const coords of wanted) {
      const key = keyOf(coords);
      const entry = this.entries.get(key) ?? this.#ask(coords);
      this.entries.delete(key); // to the young end
      this.entries.set(key, entry);
    }
    for (const [key, { image }] of this.entries) if (this.entries.size > KEPT) this.#drop(key, image);
  }

  /** @param {Coords} coords @returns {Entry} */
  #ask(coords) {
    const image = new Image();
    /** @type {Entry} */
    const entry = { image, state: 'loading', toned: null, tone: '' };
    image.onload = () => this.#end(entry, true);
    image.onerror = () => this.#end(entry, false);
    image.src = tileUrl(this.template, coords, this.subdomains);
    return entry;
  }

  /** @param {Entry} entry @param {boolean} came */
  #end(entry, came) {
    entry.state = came ? 'there' : 'missing';
    this.heard(came);
  }

  /** @param {string} key @param {HTMLImageElement} image */
  #drop(key, image) {
    image.onload = image.onerror = null;
    image.src = '';
    this.entries.delete(key);
  }

  /** Ask again for what did not come. */
  forget() {
    for (const [key, { image, state }] of this.entries) if (state === 'missing') this.#drop(key, image);
  }

  /** @param {Coords} coords @param {Tone|null} tone @returns {HTMLImageElement|HTMLCanvasElement|null} null: not there (yet) */
  picture(coords, tone) {
    const entry = this.entries.get(keyOf(coords));
    if (!entry || entry.state !== 'there') return null;
    if (!tone) return entry.image;
    if (!entry.toned || entry.tone !== tone.key) [entry.toned, entry.tone] = [toned(entry.image, tone), tone.key];
    return entry.toned;
  }

  /** Nothing more is wanted. */
  close() {
    for (const [key, { image }] of this.entries) this.#drop(key, image);
  }
}

/** @param {HTMLImageElement} image @param {Tone} tone @returns {HTMLCanvasElement} */
function toned(image, { filter, tint, share }) {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const c = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  c.filter = filter;
  c.drawImage(image, 0, 0);
  c.filter = 'none';
  c.globalCompositeOperation = 'color';
  c.globalAlpha = share;
  c.fillStyle = tint;
  c.fillRect(0, 0, canvas.width, canvas.height);
  c.globalAlpha = 1;
  c.globalCompositeOperation = 'destination-in'; // what was clear stays clear
  c.drawImage(image, 0, 0);
  return canvas;
}
