/**
 * The officer's console: events or alarms on the left, the chosen event in the middle, the map on the right; the keyboard, and
 * what has come of each command. Loaded on the console's page only.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('../types.mjs').Screen} Screen
 * @typedef {import('./orders.mjs').Order} Order
 */
import { AlarmDesk } from './alarmdesk.mjs';
import { EventDesk } from './eventdesk.mjs';
import { meaning } from './keyboard.mjs';
import { Orders, alarmSeen } from './orders.mjs';
import { refusalWords } from './refusal.mjs';
import { Seat, seatControls } from './seat.mjs';
import { Toasts } from './toasts.mjs';
import { byId, el, setAttr, setHidden, setText, slot } from '../dom.mjs';
import { numberText } from '../i18n.mjs';
import { button } from '../map/controls.mjs';
import { frozen } from '../panel.mjs';
import * as deskqueue from '../queue/deskqueue.mjs';
import { eventsIn } from '../scope.mjs';

const TABS = /** @type {const} */ (['events', 'alarms']);

/** @param {Context} ctx @returns {Screen} */
export function mount(ctx) {
  return new Console(ctx);
}

class Console {
  /** @param {Context} ctx */
  constructor(ctx) {
    this.ctx = ctx;
    const [left, middle] = [byId('screen-desk'), byId('screen-event')];
    this.toasts = new Toasts(slot(middle, 'toasts'));
    this.orders = new Orders((order) => this.#news(order));
    this.seat = new Seat(localStorage, ctx.t('console.seat.unnamed'));
    const shared = { ctx, seat: this.seat, orders: this.orders, toasts: this.toasts, dead: (/** @type {number} */ now) => this.#dead(now), alarm: (/** @type {string} */ id) => this.#alarm(id), again: () => this.paint(ctx.now()) };
    this.events = new EventDesk(shared, middle);
    this.alarms = new AlarmDesk(shared, left);
    this.queue = deskqueue.mount(ctx, slot(left, 'desk-events'));
    this.panes = { events: slot(left, 'desk-events'), alarms: slot(left, 'desk-alarms') };
    /** @type {typeof TABS[number]} */
    this.tab = 'events';
    this.tabs = this.#tabs(slot(left, 'desk-tabs'));
    this.head = seatControls(ctx, this.seat, {
      changed: () => this.paint(ctx.now()),
      sound: () => { this.alarms.horn.toggle(); this.#sound(ctx.now()); },
      mute: () => { this.alarms.mute(); this.#sound(ctx.now()); },
    });
    addEventListener('keydown', (event) => this.#key(event), true); // before the map, which has letters of its own
    this.show('events');
    /** The event an address asks for (`?event=`), chosen once there is a picture. */
    this.first = new URLSearchParams(location.search).get('event') ?? '';
  }

  /** @param {HTMLElement} bar */
  #tabs(bar) {
    const { t } = this.ctx;
    const tabs = TABS.map((key) => {
      const count = el('b', '');
      const node = button(t(`console.tab.${key}`), 'tab', () => this.show(key));
      node.append(count);
      setAttr(node, 'role', 'tab');
      return { key, node, count };
    });
    bar.append(...tabs.map(({ node }) => node), el('span', 'sp'), el('kbd', '', 'Q'));
    return tabs;
  }

  /** @param {typeof TABS[number]} tab */
  show(tab) {
    this.tab = tab;
    for (const { key, node } of this.tabs) {
      setAttr(node, 'aria-selected', String(key === tab));
      setHidden(this.panes[key], key !== tab);
    }
    this.paint(this.ctx.now());
  }

  /** @param {import('../types.mjs').Change} change */
  frame(change) {
    this.queue.frame(change);
    const { first } = this;
    this.first = '';
    if (first) this.ctx.select({ kind: 'event', id: first });
    const ours = change.snapshot || change.put.includes(this.events.id) || change.del.includes(this.events.id) || change.keys.has('alarms') || change.keys.has('desk');
    if (ours || this.orders.list.length > 0) this.paint(this.ctx.now());
  }

  /** @param {number} now */
  tick(now) {
    this.queue.tick(now);
    this.paint(now);
  }

  /** @param {number} now */
  paint(now) {
    this.#settle(now);
    this.events.paint(now);
    if (this.tab === 'alarms') this.alarms.paint(now);
    const counts = { events: eventsIn(this.ctx.picture, this.ctx.scope).size, alarms: this.alarms.open };
    for (const { key, node, count } of this.tabs) {
      setText(count, numberText(counts[key]));
      node.classList.toggle('calls', key === 'alarms' && counts.alarms > 0);
    }
    this.#sound(now);
  }

  /** @param {number} now */
  #sound(now) {
    this.head(this.alarms.sound(now));
  }

  /** Why nothing can be commanded now: a recording plays, or this picture stands still. @param {number} now */
  #dead(now) {
    if (this.ctx.picture.tapes.some(({ state }) => state === 'playing')) return this.ctx.t('push.no.tape');
    return frozen(this.ctx, now) ? this.ctx.t('console.why.frozen') : '';
  }

  /** @param {number} now */
  #settle(now) {
    if (this.orders.list.length === 0) return;
    const alarms = new Map(this.ctx.picture.alarms.map((alarm) => [alarm.id, alarm]));
    const out = new Set(this.ctx.picture.desk?.out.map(({ device }) => device));
    const done = this.orders.settle((order) => (order.event ? this.events.version(order.event) > order.v : alarmSeen(order, alarms, out)), now);
    for (const order of done) this.toasts.say(this.ctx.t('console.done', order.words, about(order)), 'done');
  }

  /** @param {Order} order */
  #news(order) {
    const { t } = this.ctx;
    const why = order.fault ? refusalWords(order.fault, this.ctx) : '';
    if (order.fate === 'refused') this.toasts.say(t('console.refused', order.words, about(order), why), 'fault');
    if (order.fate === 'stuck') {
      this.orders.drop(order); // kept by the toast's button: the same id, so that it is carried out once
      this.toasts.say(t('console.refused', order.words, about(order), why), 'stuck', { words: t('console.retry'), press: () => void this.orders.retry(order, this.ctx.now()) });
    }
    this.paint(this.ctx.now());
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const act = meaning(event, { alarms: this.tab === 'alarms', form: this.events.form.isOpen || this.alarms.form.isOpen });
    if (act && this.#act(act, event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  /** @param {import('./keyboard.mjs').Meaning} act @param {KeyboardEvent} event @returns {boolean} whether it was for us */
  #act(act, event) {
    if (act === 'list') return this.tab === 'events' ? this.queue.key(event) : this.alarms.pane.key(event);
    if (act === 'find') this.#find();
    else if (act === 'tab') this.show(this.tab === 'events' ? 'alarms' : 'events');
    else if (act === 'close') for (const { form } of [this.events, this.alarms]) form.close();
    else return act === 'alarm' ? this.alarms.key(event.key) : this.events.letter(event.key);
    return true;
  }

  /** An alarm is brought up in the list. @param {string} id */
  #alarm(id) {
    this.show('alarms');
    this.alarms.pane.reveal(id);
  }

  #find() {
    this.show('events');
    this.queue.find();
  }
}

/** What an order is about, for its toast. @param {Order} order */
const about = ({ event, alarms, body }) => event || String(body.device_id ?? (alarms.length === 1 ? alarms[0] : ''));
