/**
 * The open events as the maps draw them, kept in order while single ones come, change and go. Pure; draws nothing and knows
 * no focus.
 *
 * @typedef {import('./overlay.mjs').Pin} Pin
 * @typedef {import('../types.mjs').EventRow} EventRow
 */
import { mercatorX, mercatorY } from './geo.mjs';
import { shortTitle } from './labels.mjs';

/** @param {EventRow} event @returns {Pin} */
export function pinOf({ id, sev, lat, lon, title, step, region }) {
  return { id, sev, x: mercatorX(lon), y: mercatorY(lat), label: shortTitle(title), waiting: sev === 4 && step === 'reported', region };
}

/** @param {Pin} a @param {Pin} b @returns {number} least severe first */
function inOrder(a, b) {
  return a.sev - b.sev || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

export class Pins {
  constructor() {
    /** Least severe first. @type {Pin[]} */
    this.list = [];
    /** @type {Map<string, Pin>} */
    this.byId = new Map();
    /** Pins made since the start. */
    this.made = 0;
  }

  /** All events anew. @param {Iterable<EventRow>} events */
  reset(events) {
    this.list = Array.from(events, pinOf).sort(inOrder);
    this.byId = new Map(this.list.map((pin) => [pin.id, pin]));
    this.made += this.list.length;
  }

  /** One event came or changed. @param {EventRow} event */
  put(event) {
    const pin = pinOf(event);
    const old = this.byId.get(pin.id);
    this.made++;
    this.byId.set(pin.id, pin);
    if (old?.sev === pin.sev) this.list[this.#place(old)] = pin;
    else {
      if (old) this.list.splice(this.#place(old), 1);
      this.list.splice(this.#place(pin), 0, pin);
    }
  }

  /** One event is no longer open. @param {string} id */
  del(id) {
    const pin = this.byId.get(id);
    if (!pin) return;
    this.byId.delete(id);
    this.list.splice(this.#place(pin), 1);
  }

  /** Where a pin is, or would be. @param {Pin} pin @returns {number} */
  #place(pin) {
    let [low, high] = [0, this.list.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (inOrder(this.list[middle], pin) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether a 紧急 waits to be accepted. */
  get waiting() {
    for (let k = this.list.length - 1; k >= 0 && this.list[k].sev === 4; k--) if (this.list[k].waiting) return true;
    return false;
  }
}
