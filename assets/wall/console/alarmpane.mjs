/**
 * The list of alarms as DOM: rows and, in a flood, groups that open; marking, choosing, keys. What is in it and in which order
 * is `alarmorder.mjs`'s; what is done about it is handed on.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('../types.mjs').Alarm} Alarm
 * @typedef {import('./alarmorder.mjs').Line} Line
 */
import { alarmLines, calling, keyOf } from './alarmorder.mjs';
import { arrange, el, setAttr, setHidden, setText } from '../dom.mjs';
import { clockText, momentText, numberText } from '../i18n.mjs';
import { flash } from '../top.mjs';
import { stepped } from '../workers/listing.mjs';
import { SEVERITY, severityTag } from '../queue/row.mjs';

const PAGE = 8;
/** The list's keys beside the arrows, as in the queue. @type {Record<string, string>} */
const LETTERS = { j: 'ArrowDown', k: 'ArrowUp' };

/** What a kind of alarm is called; kinds nobody has named show as they are. @param {Context['t']} t @param {string} kind */
export function kindWords(t, kind) {
  const key = `console.kind.${kind}`;
  const said = t(key);
  return said === key ? kind : said;
}

/** An alarm's state in words. @param {Context['t']} t @param {Alarm} alarm @param {number} now */
export function stateWords(t, { state, shelf, ack }, now) {
  if (state === 'shelved' && shelf) return t('console.alarm.shelved', momentText(shelf.until, now, t));
  return state === 'acknowledged' && ack ? t('console.alarm.by', ack) : t(`console.alarm.${state}`);
}

export class AlarmPane {
  /** @param {Context} ctx @param {HTMLElement} box @param {() => void} changed what is chosen or marked */
  constructor(ctx, box, changed) {
    this.ctx = ctx;
    this.changed = changed;
    this.banner = el('div', 'flood');
    this.list = el('ul', 'alarms');
    this.none = el('p', 'none', ctx.t('console.alarm.none'));
    for (const [name, value] of [['role', 'listbox'], ['tabindex', '0'], ['aria-label', ctx.t('console.alarms')], ['aria-multiselectable', 'true']]) setAttr(this.list, name, value);
    box.append(this.banner, this.list);
    /** @type {Line[]} */
    this.lines = [];
    /** @type {Map<string, HTMLElement>} */
    this.nodes = new Map();
    /** @type {Set<string>} */
    this.marked = new Set();
    /** @type {Set<string>} */
    this.opened = new Set();
    this.at = '';
    /** @type {ReadonlySet<string>} */
    this.busy = new Set();
    this.list.addEventListener('click', (event) => this.#click(event));
    this.list.addEventListener('keydown', (event) => this.key(event) && event.preventDefault());
  }

  /** @returns {Line|null} */
  get chosen() {
    return this.lines.find(({ key }) => key === this.at) ?? null;
  }

  /** @param {number} now @param {ReadonlySet<string>} busy ids with a command under way */
  paint(now, busy) {
    const { ctx: { picture: { alarms, desk }, t } } = this;
    this.busy = busy;
    this.lines = alarmLines(alarms, desk, this.opened);
    const open = new Set(alarms.filter(calling).map(({ id }) => id));
    for (const id of this.marked) if (!open.has(id)) this.marked.delete(id);
    for (const key of [...this.nodes.keys()]) if (!this.lines.some((line) => line.key === key)) this.nodes.delete(key);
    arrange(this.list, this.lines.length ? this.lines.map((line) => this.#node(line, now)) : [this.none]);
    setHidden(this.banner, !desk?.flood.going);
    if (!desk?.flood.going) return;
    const first = t(alarms.some(({ id }) => id === desk.flood.first) ? 'console.flood.first' : 'console.flood.over');
    setText(this.banner, t('console.flood', momentText(desk.flood.began ?? now, now, t), numberText(desk.flood.count), numberText(desk.groups.length), first));
  }

  /** @param {Line} line @param {number} now */
  #node(line, now) {
    const node = this.nodes.get(line.key) ?? blank(line);
    this.nodes.set(line.key, node);
    setAttr(node, 'aria-selected', String(line.key === this.at));
    if (line.kind === 'group') this.#group(node, line);
    else this.#alarm(node, line, now);
    return node;
  }

  /** @param {HTMLElement} node @param {import('./alarmorder.mjs').GroupLine} line */
  #group(node, { key, group, open, first }) {
    const { t } = this.ctx;
    const [, tag, words, right] = node.children;
    setAttr(node, 'class', `grp-line${key === this.at ? ' sel' : ''}${open ? ' open' : ''}`);
    setAttr(node, 'aria-expanded', String(open));
    retag(tag, group.sev, t);
    setText(words.children[0], `${kindWords(t, group.kind)} × ${numberText(group.n)}`);
    setText(words.children[1], `${group.place || group.area || t('console.alarm.outside')}${first ? ` · ${t('console.alarm.firstin')}` : ''}`);
    setText(right.children[0], clockText(group.since));
    setText(right.children[1], group.unacked ? t('console.alarm.unacked', numberText(group.unacked)) : t('console.alarm.acknowledged'));
  }

  /** @param {HTMLElement} node @param {import('./alarmorder.mjs').AlarmLine} line @param {number} now */
  #alarm(node, { key, alarm, first, inGroup }, now) {
    const { t } = this.ctx;
    const [mark, tag, words, right] = node.children;
    setAttr(node, 'class', `${alarm.state}${key === this.at ? ' sel' : ''}${inGroup ? ' member' : ''}${first ? ' first' : ''}`);
    setAttr(mark, 'class', `mark${this.marked.has(alarm.id) ? ' on' : ''}${calling(alarm) ? '' : ' off'}`);
    retag(tag, alarm.sev, t);
    if (tag instanceof HTMLElement) flash(tag, alarm.sev === 4 && calling(alarm), now);
    const told = [first ? t('console.alarm.first') : '', kindWords(t, alarm.kind), alarm.chattering ? t('console.alarm.chatter') : '', alarm.repeats ? t('console.alarm.repeats', alarm.repeats) : ''];
    setText(words.children[0], told.filter(Boolean).join(' · '));
    setText(words.children[1], [alarm.place, alarm.device, alarm.event ? t('console.alarm.event', alarm.event) : ''].filter(Boolean).join(' · '));
    setAttr(words, 'title', alarm.shelf ? t('console.alarm.shelf', alarm.shelf.by, alarm.shelf.reason) : `${words.children[0].textContent} ${words.children[1].textContent}`);
    setText(right.children[0], momentText(alarm.since, now, t) === clockText(alarm.since).slice(0, 5) ? clockText(alarm.since) : momentText(alarm.since, now, t));
    setText(right.children[1], this.busy.has(alarm.id) ? t('console.pending') : stateWords(t, alarm, now));
  }

  /** @param {MouseEvent} event */
  #click({ target, ctrlKey, metaKey }) {
    const node = target instanceof Element ? target.closest('li') : null;
    const line = this.lines.find(({ key }) => this.nodes.get(key) === node);
    if (!line) return;
    const onMark = target instanceof Element && target.closest('.mark') !== null;
    if (line.kind === 'alarm' && (ctrlKey || metaKey || onMark)) this.#mark(line.alarm);
    else this.choose(line);
  }

  /** @param {Alarm} alarm */
  #mark(alarm) {
    if (!calling(alarm)) return;
    if (!this.marked.delete(alarm.id)) this.marked.add(alarm.id);
    this.changed();
  }

  /** Choose a line: a group opens or closes, an alarm's event is shown. @param {Line} line */
  choose(line) {
    const again = this.at === line.key;
    this.at = line.key;
    if (line.kind === 'group' && !(again ? this.opened.delete(line.key) : false)) this.opened.add(line.key);
    else if (line.kind === 'alarm' && line.alarm.event) this.ctx.select({ kind: 'event', id: line.alarm.event });
    this.changed();
  }

  /** Choose an alarm that somebody asked for elsewhere: its group opens, and it comes into sight. @param {string} id */
  reveal(id) {
    const alarm = this.ctx.picture.alarms.find((one) => one.id === id);
    if (!alarm) return;
    this.opened.add(keyOf(alarm));
    this.at = id;
    this.changed();
    this.nodes.get(id)?.scrollIntoView({ block: 'nearest' });
    this.list.focus({ preventScroll: true });
  }

  /** Moves, marks and chooses; also for keys pressed where nothing has the focus. @param {KeyboardEvent} event @returns {boolean} whether it was one of ours */
  key({ key, ctrlKey, altKey, metaKey }) {
    const { lines, at } = this;
    if (ctrlKey || altKey || metaKey) return false;
    const place = lines.findIndex((line) => line.key === at);
    const line = lines[place];
    if (key === 'x' && line?.kind === 'alarm') this.#mark(line.alarm);
    else if (key === 'Enter' && line) this.choose(line);
    else return this.#go(stepped(LETTERS[key] ?? key, place, lines.length, PAGE));
    return true;
  }

  /** @param {number|null} to a line's place */
  #go(to) {
    if (to === null) return false;
    this.at = this.lines[to].key;
    this.changed();
    this.nodes.get(this.at)?.scrollIntoView({ block: 'nearest' });
    return true;
  }
}

/** @param {Line} line */
function blank(line) {
  const node = el('li', '', el('i', 'mark'), el('span', ''), el('div', '', el('b', 'el'), el('span', 'el')), el('div', 'ar', el('time', ''), el('em', '')));
  setAttr(node, 'role', 'option');
  if (line.kind === 'alarm') setAttr(node, 'data-alarm-id', line.alarm.id);
  return node;
}

/** @param {Element} tag @param {number} sev @param {Context['t']} t */
function retag(tag, sev, t) {
  if (!(tag instanceof HTMLElement) || tag.dataset.level === String(sev)) return;
  tag.dataset.level = String(sev);
  tag.className = `sev s${sev}`;
  tag.replaceChildren(...severityTag(sev, t(`severity.${SEVERITY[sev]}`)).childNodes);
}
