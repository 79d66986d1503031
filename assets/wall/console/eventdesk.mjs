/**
 * The console's middle put together: the chosen event's detail, what can be done with it, the forms, and the commands they make.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('./actions.mjs').Button} Button
 * @typedef {import('./actions.mjs').Deed} Deed
 * @typedef {import('./source.mjs').Detail} Detail
 * @typedef {{ctx: Context, seat: import('./seat.mjs').Seat, orders: import('./orders.mjs').Orders, toasts: import('./toasts.mjs').Toasts,
 *   dead: (now: number) => string, alarm: (id: string) => void, again: () => void}} Shared
 *   What both halves of the console work with. `dead`: why no command can be sent now, '' if it can; `alarm` brings one up in
 *   the list; `again` paints once more.
 */
import { ActionBar } from './actionbar.mjs';
import { buttons, byLetter } from './actions.mjs';
import { EventPane } from './eventpane.mjs';
import { FormPane } from './formpane.mjs';
import { BARE, commandOf, fieldsOf } from './forms.mjs';
import { slot } from '../dom.mjs';
import { fetchJson } from '../json.mjs';
import { distanceText, minutesOf } from '../map/dispatch/push.mjs';
import { Source } from './source.mjs';

/** Some 600 m, in degrees. */
const AROUND = { lat: 0.0055, lon: 0.0064 };
/** What is said about an event, not done with it, is not refused because it has moved on meanwhile. */
const REMARKS = ['comment', 'rate', 'checkin'];

export class EventDesk {
  /** @param {Shared} shared @param {HTMLElement} root */
  constructor(shared, root) {
    this.shared = shared;
    this.source = new Source(() => shared.again());
    this.id = '';
    /** @type {Button[]} */
    this.shown = [];
    this.form = new FormPane(shared.ctx, slot(root, 'event-form'));
    this.bar = new ActionBar(slot(root, 'event-deeds'), (button) => this.press(button));
    this.pane = new EventPane(shared.ctx, slot(root, 'event-detail'), {
      comment: (text) => this.#send({ event_id: this.id, command: 'comment', text }, shared.ctx.t('console.what.comment'), text),
      checkin: (department) => this.#send({ event_id: this.id, command: 'checkin', department, note: '' }, shared.ctx.t('console.checkin'), shared.ctx.name(shared.ctx.config.departments[department], department)),
      alarm: shared.alarm,
      merge: (into) => this.#merge(into),
    });
    shared.ctx.on('select', () => this.#follow());
  }

  #follow() {
    const { selection } = this.shared.ctx;
    if (selection?.kind !== 'event' || selection.id === this.id) return;
    this.id = selection.id;
    this.form.close();
    this.#bringUp();
    this.shared.again();
  }

  /** The map shows where it is, closely; not under a pointer that is on the map. */
  #bringUp() {
    const { ctx } = this.shared;
    const event = ctx.picture.events.get(this.id) ?? ctx.selection?.event;
    if (!event || document.querySelector('#screen-map:hover')) return;
    ctx.map.fit([[event.lat - AROUND.lat, event.lon - AROUND.lon], [event.lat + AROUND.lat, event.lon + AROUND.lon]]);
  }

  /** An event that is not on the queue is shown to the map as the server told it. @param {Detail|null} detail */
  #showPast(detail) {
    const { ctx } = this.shared;
    const { selection } = ctx;
    if (!detail || selection?.kind !== 'event' || selection.event || selection.id !== this.id || ctx.picture.events.has(this.id)) return;
    ctx.select({ ...selection, event: detail.event });
    this.#bringUp();
  }

  /** @returns {Detail|null} */
  get detail() {
    return this.id ? this.source.of(this.id) : null;
  }

  /** The newest version this browser knows of an event, −1 for none. @param {string} id */
  version(id) {
    return this.shared.ctx.picture.events.get(id)?.v ?? this.source.of(id)?.event.v ?? -1;
  }

  /** @param {number} now */
  paint(now) {
    const { ctx, seat, orders, dead } = this.shared;
    if (this.id) {
      const held = ctx.picture.events.get(this.id);
      if (!held && orders.of(this.id).some(({ fate }) => fate === 'taken')) this.source.stale(); // it has left the picture: nothing else tells
      this.source.want(this.id, held?.v ?? -1, now);
    }
    const { detail } = this;
    this.#showPast(detail);
    const waiting = orders.of(this.id);
    this.pane.paint(detail, this.#whyEmpty(), waiting, now);
    this.shown = detail ? buttons(ctx, detail, { role: seat.role, by: seat.name, now, busy: waiting.some(({ command }) => !REMARKS.includes(command)), dead: dead(now) }) : [];
    this.bar.paint(this.shown);
  }

  #whyEmpty() {
    const { t } = this.shared.ctx;
    if (!this.id) return t('console.choose');
    return t(this.source.state === 'missing' ? 'console.missing.event' : this.source.state === 'failed' ? 'console.failed' : 'console.loading');
  }

  /** @param {string} key @returns {boolean} whether the letter is one of ours */
  letter(key) {
    const button = byLetter(key, this.shown);
    if (button) this.press(button);
    return button !== null;
  }

  /** @param {Button} button */
  press(button) {
    const { detail } = this;
    if (!detail) return;
    if (!button.can) return this.shared.toasts.say(button.why, 'fault');
    if (!BARE.includes(button.deed)) return void this.#open(button.deed, button.words, {});
    const made = commandOf(this.shared.ctx, button.deed, [], {}, { id: this.id, undo: detail.undo?.step ?? '', now: this.shared.ctx.now() });
    if ('body' in made) this.#send(made.body, button.words, '');
  }

  /** From the panel of what is like it: held to the same as the button. @param {string} into */
  #merge(into) {
    const button = this.shown.find(({ deed }) => deed === 'merge');
    if (button?.can) void this.#open('merge', button.words, { into });
    else if (button) this.shared.toasts.say(button.why, 'fault');
  }

  /** @param {Deed} deed @param {string} title @param {{into?: string}} found */
  async #open(deed, title, found) {
    const { ctx, seat } = this.shared;
    const { id, detail } = this;
    const people = deed === 'assign' ? await this.#people(id) : [];
    if (id !== this.id) return; // another event has been chosen meanwhile
    const fields = fieldsOf(ctx, deed, detail, seat.role, { people, ...found });
    this.form.open(title, id, fields, (values) => {
      const made = commandOf(ctx, deed, fields, values, { id, now: ctx.now() });
      if ('missing' in made) return made.missing;
      this.#send(made.body, title, made.note);
      return '';
    });
  }

  /** The workers the server would send, as choices. @param {string} id @returns {Promise<[string, string][]>} */
  async #people(id) {
    const { t } = this.shared.ctx;
    /** @type {import('../map/dispatch/push.mjs').Advice|null} */
    const advice = await fetchJson(`/api/nearest?n=5&event=${encodeURIComponent(id)}`);
    return (advice?.candidates ?? []).map((one) => [one.worker, t('console.person', one.name || one.worker, t(`role.${one.role}`), t(`duty.${one.duty}`), distanceText(one.distance_m), minutesOf(one.eta_s))]);
  }

  /** @param {Record<string, unknown> & {command: string}} body @param {string} words @param {string} note */
  #send(body, words, note) {
    const { ctx, seat, orders, toasts, dead } = this.shared;
    const why = dead(ctx.now());
    if (why) return toasts.say(why, 'fault');
    const id = String(body.event_id);
    const v = this.version(id);
    const seen = v >= 0 && !REMARKS.includes(body.command) ? { seen: v } : {};
    void orders.press({ ...body, by: seat.name, role: seat.role, ...seen }, { words, note, v, now: ctx.now() });
  }
}
