/**
 * The city's regions as a tree (市 > 区 > 镇街 > 村社区 > 网格), numbered in preorder, and what lies in a region. Pure; knows no
 * map and no geometry.
 *
 * @typedef {import('./types.mjs').EventRow} EventRow
 * @typedef {{codes: string[], names: string[], ends: number[]}} RegionFile
 *   Node i's descendants are i + 1 … ends[i] − 1; node 0 is the city.
 */

export const LEVELS = /** @type {const} */ (['city', 'district', 'town', 'community', 'grid']);
/** Digits of a code by level; a grid has more than the last. */
const DIGITS = [4, 6, 9, 12];

/** Level of a code, 0 the city to 4 a grid; '' is the city. @param {string} code @returns {number} */
export function levelOf(code) {
  const level = DIGITS.findIndex((digits) => code.length <= digits);
  return level < 0 ? DIGITS.length : level;
}

/** A community's name without its office: 社区居委会 → 社区, 村委会 → 村; a note in brackets goes, too. @param {string} name @returns {string} */
export function shortName(name) {
  const bare = name.replace(/[（(][^（）()]*[）)]$/, '');
  if (/村?村民?委员?会$/.test(bare)) return bare.replace(/村?村民?委员?会$/, '村');
  return bare.replace(/(社区)?居民?委员?会$/, '社区');
}

/** Whether a region's code lies in a scope; '' is the whole city, strangers included. @param {string} code @param {string} scope */
export const inScope = (code, scope) => code.startsWith(scope);

/** The events of a picture that lie in a scope. @param {Pick<import('./types.mjs').Picture, 'events'>} picture @param {string} scope
 * @returns {Map<string, EventRow>} the picture's own map for the whole city */
export function eventsIn({ events }, scope) {
  if (!scope) return events;
  const found = new Map();
  for (const [id, event] of events) if (inScope(event.region, scope)) found.set(id, event);
  return found;
}

/** What waits for acceptance outside a scope, by severity 0–4. @param {Pick<import('./types.mjs').Picture, 'events'>} picture
 * @param {string} scope @returns {number[]} */
export function waitingOutside({ events }, scope) {
  const counts = [0, 0, 0, 0, 0];
  for (const { sev, step, region } of events.values()) if (step === 'reported' && !inScope(region, scope)) counts[sev] += 1;
  return counts;
}

/** Open events per region below a scope, by the code of the scope's child. @param {Iterable<EventRow>} events
 * @param {string} scope @returns {Map<string, {open: number, urgent: number}>} */
export function openByChild(events, scope) {
  const digits = [...DIGITS, Infinity][levelOf(scope) + 1];
  /** @type {Map<string, {open: number, urgent: number}>} */
  const counts = new Map();
  for (const { region, sev } of events) {
    if (!inScope(region, scope) || region.length <= scope.length) continue;
    const code = region.slice(0, digits);
    const count = counts.get(code) ?? { open: 0, urgent: 0 };
    counts.set(code, { open: count.open + 1, urgent: count.urgent + Number(sev === 4) });
  }
  return counts;
}

export class RegionTree {
  /** @param {RegionFile} file @param {Map<string, string>} [foreign] names in another language, by code */
  constructor({ codes, names, ends }, foreign = new Map()) {
    this.codes = codes;
    this.ends = ends;
    this.size = codes.length;
    this.parents = new Int32Array(this.size).fill(-1);
    for (let node = 0; node < this.size; node++) for (const child of this.#below(node)) this.parents[child] = node;
    /** Short names, as people say them. */
    this.names = names.map((name, node) => foreign.get(codes[node]) ?? shortName(name));
    this.numbers = new Map(codes.map((code, node) => [code, node]));
  }

  /** @param {number} node */
  *#below(node) {
    for (let child = node + 1; child < this.ends[node]; child = this.ends[child]) yield child;
  }

  /** Number of a code, '' the city, −1 a stranger. @param {string} code @returns {number} */
  node(code) {
    return code === '' ? 0 : this.numbers.get(code) ?? -1;
  }

  /** What the wall calls this region as its scope: '' for the city. @param {number} node @returns {string} */
  scope(node) {
    return node === 0 ? '' : this.codes[node];
  }

  /** @param {number} node @returns {number} 0–4 */
  level(node) {
    return levelOf(this.codes[node]);
  }

  /** @param {number} node @returns {number[]} in display order, none for a grid */
  children(node) {
    return [...this.#below(node)];
  }

  /** @param {number} node @returns {number} −1 above the city */
  parent(node) {
    return this.parents[node];
  }

  /** City … the region itself. @param {number} node @returns {number[]} */
  path(node) {
    const path = [];
    for (let at = node; at >= 0; at = this.parents[at]) path.unshift(at);
    return path;
  }

  /** @param {number} node @param {number} inner @returns {boolean} whether `inner` is `node` or lies in it */
  holds(node, inner) {
    return inner >= node && inner < this.ends[node];
  }

  /** The name within its parent: a grid without the community's name before it. @param {number} node @returns {string} */
  name(node) {
    const [name, parent] = [this.names[node], this.parents[node]];
    const before = parent < 0 ? '' : this.names[parent];
    return this.level(node) === 4 && name.length > before.length && name.startsWith(before) ? name.slice(before.length) : name;
  }

  /** "武进区 湖塘镇 新城社区", the city itself left out. @param {number} node @returns {string} */
  place(node) {
    return this.path(node).slice(node === 0 ? 0 : 1).map((step) => this.name(step)).join(' ');
  }

  /** The next (or, by −1, the previous) region of the same parent, round in a circle. @param {number} node @param {1|-1} by @returns {number} */
  sibling(node, by) {
    const parent = this.parents[node];
    if (parent < 0) return node;
    const all = this.children(parent);
    return all[(all.indexOf(node) + by + all.length) % all.length];
  }

  /** The ancestor of `node` (or itself) at a level, −1 where it lies above. @param {number} node @param {number} level @returns {number} */
  at(node, level) {
    return this.path(node)[level] ?? -1;
  }

  /**
   * Where a drill from `from` towards `inner` leads: one level down inside, else sideways to the region of the same level.
   * @param {number} from @param {number} inner @returns {number}
   */
  towards(from, inner) {
    return this.path(inner)[this.level(from) + (this.holds(from, inner) ? 1 : 0)] ?? inner;
  }

  /**
   * Regions by a part of their name (or the beginning of their code), best first: whole names, then beginnings; wider
   * before narrower. @param {string} text @param {number} most @returns {number[]}
   */
  search(text, most) {
    const wanted = text.trim().toLowerCase();
    if (!wanted) return [];
    const found = [];
    for (let node = 0; node < this.size; node++) {
      const rank = rankOf(this.names[node].toLowerCase(), this.codes[node], wanted);
      if (rank < Infinity) found.push({ node, rank: rank * LEVELS.length + this.level(node) });
    }
    return found.sort((a, b) => a.rank - b.rank || a.node - b.node).slice(0, most).map(({ node }) => node);
  }
}

/** @param {string} name @param {string} code @param {string} wanted @returns {number} */
function rankOf(name, code, wanted) {
  if (name === wanted || code === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  if (name.includes(wanted)) return 2;
  return code.startsWith(wanted) ? 3 : Infinity;
}
