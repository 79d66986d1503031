/**
 * Finding events by what an officer types: id, title, place, department, worker, in Chinese or by pinyin, full or initials.
 * Pinyin comes from pinyin-pro (assets/vendor), which only a page that searches loads; until it is there, or without it,
 * initials are made from the browser's collation. No DOM.
 *
 * @typedef {import('../types.mjs').EventRow} EventRow
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {(text: string, name: boolean) => string[]} Spell  The syllables of a text's Chinese characters; `name`: of a person.
 * @typedef {{full: string, low: string, initials: string}} Spelled  `full`: TianNingQu; `low` the same in small letters.
 * @typedef {{v: number, plain: string, texts: string[], name: string}} Known  `texts` and `name` (of a worker) can be spelled.
 */
import { initials } from '../workers/initials.mjs';
import { workerName } from './marks.mjs';

const LATIN = /^[a-z]+$/;
const SPARE = 4000;

/** @returns {Promise<Spell>} rejected when the library cannot be had */
export async function loadSpell() {
  await import('../../vendor/pinyin-pro.min.js');
  const { pinyin } = /** @type {any} */ (globalThis).pinyinPro;
  const how = { toneType: 'none', type: 'array', nonZh: 'removed', v: true }; // ü is typed as v
  return (text, name) => pinyin(text, name ? { ...how, surname: 'head' } : how);
}

/** What is typed, as parts that must all be found: full width and capitals make no difference. @param {string} text */
export const partsOf = (text) => text.normalize('NFKC').toLowerCase().split(/\s+/).filter(Boolean);

/** @param {string[]} syllables @returns {Spelled} */
export function spelled(syllables) {
  const full = syllables.map((one) => one.slice(0, 1).toUpperCase() + one.slice(1)).join('');
  return { full, low: full.toLowerCase(), initials: syllables.map((one) => one.slice(0, 1)).join('') };
}

/** Whether typed letters are initials, or begin with a syllable: "ning" is in TianNing, "ing" is not. @param {Spelled} spelled @param {string} part */
export function sounds({ full, low, initials: first }, part) {
  if (first.includes(part)) return true;
  for (let at = low.indexOf(part); at >= 0; at = low.indexOf(part, at + 1)) if (full[at] !== low[at]) return true;
  return false;
}

/** Looks through events; keeps what it has made of them. */
export class Finder {
  /** @param {Pick<Context, 'config'|'picture'>} ctx */
  constructor(ctx) {
    this.ctx = ctx;
    /** @type {Map<string, Known>} */
    this.known = new Map();
    /** @type {Map<string, Spelled>} */
    this.spellings = new Map();
    /** @type {Spell|null} */
    this.spell = null;
  }

  /** @param {Spell} spell */
  learn(spell) {
    this.spell = spell;
    this.spellings.clear();
  }

  /** After names of workers have come. */
  renamed() {
    this.known.clear();
  }

  /** Whether every part is somewhere in an event. @param {EventRow} event @param {string[]} parts */
  has(event, parts) {
    const known = this.knownOf(event);
    return parts.every((part) => known.plain.includes(part) || (LATIN.test(part) && this.heard(known, part)));
  }

  /** @param {Known} known @param {string} part */
  heard({ texts, name }, part) {
    return texts.some((text) => sounds(this.spelledOf(text, false), part)) || (name !== '' && sounds(this.spelledOf(name, true), part));
  }

  /** @param {EventRow} event @returns {Known} */
  knownOf(event) {
    const before = this.known.get(event.id);
    if (before?.v === event.v) return before;
    const department = this.ctx.config.departments[event.dept];
    const name = workerName(this.ctx, event.worker);
    const texts = [event.title, event.place, department?.zh ?? event.dept];
    const plain = [event.id, ...texts, department?.en ?? '', name, event.worker].join('\n').normalize('NFKC').toLowerCase();
    const made = { v: event.v, plain, texts, name };
    this.known.set(event.id, made);
    return made;
  }

  /** @param {string} text @param {boolean} name @returns {Spelled} */
  spelledOf(text, name) {
    const key = name ? `\n${text}` : text;
    let found = this.spellings.get(key);
    if (!found) this.spellings.set(key, (found = this.spell ? spelled(this.spell(text, name)) : { full: '', low: '', initials: initials(text) }));
    return found;
  }

  /**
   * Spells what has not been spelled yet, so that the first search need not wait; forgets what is gone once it is much.
   * @param {Map<string, EventRow>} events @param {() => boolean} enough whether to go on another time @returns {boolean} all is done
   */
  warm(events, enough) {
    if (this.known.size > 2 * events.size + SPARE) this.known.clear();
    if (this.spellings.size > 4 * events.size + SPARE) this.spellings.clear();
    for (const event of events.values()) {
      if (this.known.get(event.id)?.v === event.v && this.spellings.has(event.title)) continue;
      if (enough()) return false;
      const { texts, name } = this.knownOf(event);
      for (const text of texts) this.spelledOf(text, false);
      if (name) this.spelledOf(name, true);
    }
    return true;
  }
}
