/**
 * The console's alarms put together: list, load, sound, and the commands on them: acknowledge, shelve, link to an event;
 * and devices out of service and back.
 *
 * @typedef {import('./eventdesk.mjs').Shared} Shared
 * @typedef {import('../types.mjs').Alarm} Alarm
 */
import { AlarmPane, kindWords } from './alarmpane.mjs';
import { batches, calling, toAcknowledge } from './alarmorder.mjs';
import { FormPane } from './formpane.mjs';
import { commandOf, fieldsOf } from './forms.mjs';
import { loadPane } from './loadpane.mjs';
import { OutPane } from './outpane.mjs';
import { heard, Horn, wanted } from './sounds.mjs';
import { el, setAttr, setText, slot } from '../dom.mjs';
import { button } from '../map/controls.mjs';

export class AlarmDesk {
  /** @param {Shared} shared @param {HTMLElement} root */
  constructor(shared, root) {
    this.shared = shared;
    const { t } = shared.ctx;
    this.horn = new Horn();
    this.silenced = 0;
    this.pane = new AlarmPane(shared.ctx, slot(root, 'alarm-list'), () => shared.again());
    this.out = new OutPane(shared.ctx, slot(root, 'alarm-out'), (device) => this.#restore(device, []));
    this.load = loadPane(shared.ctx, slot(root, 'alarm-load'), (kind) => kindWords(t, kind));
    this.form = new FormPane(shared.ctx, slot(root, 'alarm-form'));
    this.buttons = {
      ack: this.#button('Space', 'btn pri', () => this.acknowledge()),
      shelve: this.#button('S', 'btn', () => this.shelve()),
      link: this.#button('M', 'btn', () => this.link()),
      service: this.#button('O', 'btn', () => this.service()),
    };
    slot(root, 'alarm-deeds').append(...Object.values(this.buttons).map(({ node }) => node), el('p', 'hint', t('console.shelve.hint')));
  }

  /** @param {string} letter @param {string} className @param {() => void} press */
  #button(letter, className, press) {
    const words = el('span', '');
    const node = button('', className, press);
    node.append(words, el('kbd', '', letter));
    return { node, words };
  }

  /** @returns {Alarm|null} the alarm that is chosen */
  get alarm() {
    const { chosen } = this.pane;
    return chosen?.kind === 'alarm' ? chosen.alarm : null;
  }

  /** How many call for somebody. */
  get open() {
    return this.shared.ctx.picture.alarms.filter(calling).length;
  }

  /** @param {number} now */
  paint(now) {
    const { ctx, seat, orders, dead } = this.shared;
    const { t, picture } = ctx;
    this.pane.paint(now, orders.alarms);
    this.out.paint(picture.desk?.out ?? [], orders.devices, dead(now), now);
    this.load(picture.desk?.load ?? null, seat.name, now);
    const ids = this.#ids();
    const { ack, shelve, link, service } = this.buttons;
    setText(ack.words, t('console.do.ack', ids.length));
    setText(shelve.words, t(this.alarm?.state === 'shelved' ? 'console.do.unshelve' : 'console.do.shelve'));
    setText(link.words, t('console.do.link'));
    setText(service.words, t(this.alarm?.state === 'out_of_service' ? 'console.do.restore' : 'console.do.service'));
    const one = this.alarm !== null;
    for (const [{ node }, can] of /** @type {const} */ ([[ack, ids.length > 0], [shelve, one], [link, one], [service, one]])) {
      setAttr(node, 'aria-disabled', String(!can || dead(now) !== ''));
      setAttr(node, 'title', dead(now) || (can ? '' : t('console.why.alarm')));
    }
  }

  /** What should sound now; nothing while a recording plays or the picture stands still. @param {number} now */
  sound(now) {
    const { ctx, dead } = this.shared;
    const priority = dead(now) ? null : wanted(ctx.picture.alarms, ctx.picture.desk, this.silenced);
    this.horn.keep(priority, now);
    return { sound: this.horn.on, sounding: priority !== null };
  }

  /** Quiet until the next alarm calls; nothing is acknowledged by it. */
  mute() {
    this.silenced = heard(this.shared.ctx.picture.alarms, this.silenced);
  }

  /** @param {string} key @returns {boolean} whether it is one of ours */
  key(key) {
    /** @type {Record<string, () => void>} */
    const deeds = { ' ': () => this.acknowledge(), s: () => this.shelve(), m: () => this.link(), o: () => this.service() };
    const deed = deeds[key.toLowerCase()];
    deed?.();
    return deed !== undefined;
  }

  #ids() {
    const busy = this.shared.orders.alarms;
    return toAcknowledge(this.shared.ctx.picture.alarms, this.pane.marked, this.pane.chosen).filter((id) => !busy.has(id));
  }

  acknowledge() {
    const { t } = this.shared.ctx;
    const ids = this.#ids();
    if (ids.length === 0) return this.shared.toasts.say(t('console.why.alarm'), 'fault');
    for (const some of batches(ids)) this.#send({ command: 'alarm.ack', alarm_ids: some }, t('console.do.ack', some.length), some, '');
    this.pane.marked.clear();
  }

  shelve() {
    const { alarm } = this;
    const { t } = this.shared.ctx;
    if (alarm?.state === 'shelved') return this.#send({ command: 'alarm.unshelve', alarm_id: alarm.id }, t('console.do.unshelve'), [alarm.id], '');
    this.#ask('shelve', '');
  }

  link() {
    const { selection } = this.shared.ctx;
    this.#ask('link', selection?.kind === 'event' ? selection.id : '');
  }

  /** The device of the chosen alarm goes out of service, or comes back. */
  service() {
    const { alarm } = this;
    if (alarm?.state === 'out_of_service') this.#restore(alarm.device, [alarm.id]);
    else this.#ask('service', '');
  }

  /** @param {string} device @param {string[]} alarms the chosen one of it */
  #restore(device, alarms) {
    this.#send({ command: 'alarm.service', device_id: device, state: 'in' }, this.shared.ctx.t('console.do.restore'), alarms, '');
  }

  /** @param {'shelve'|'link'|'service'} deed @param {string} event */
  #ask(deed, event) {
    const { alarm } = this;
    const { ctx, seat, toasts } = this.shared;
    if (!alarm) return toasts.say(ctx.t('console.why.alarm'), 'fault');
    const fields = fieldsOf(ctx, deed, null, seat.role, { event });
    const title = ctx.t(`console.do.${deed}`);
    const about = deed === 'service' ? alarm.device : kindWords(ctx.t, alarm.kind);
    this.form.open(`${title} · ${about}`, alarm.id, fields, (values) => {
      const made = commandOf(ctx, deed, fields, values, { id: '', alarms: [alarm.id], device: alarm.device, now: ctx.now() });
      if ('missing' in made) return made.missing;
      this.#send(made.body, title, [alarm.id], made.note);
      return '';
    });
  }

  /** @param {Record<string, unknown> & {command: string}} body @param {string} words @param {string[]} alarms @param {string} note */
  #send(body, words, alarms, note) {
    const { ctx, seat, orders, toasts, dead } = this.shared;
    const why = dead(ctx.now());
    if (why) return toasts.say(why, 'fault');
    void orders.press({ ...body, by: seat.name, role: seat.role }, { words, note, alarms, now: ctx.now() });
  }
}
