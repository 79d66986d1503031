/**
 * Who sits here: the seat's name and the role it acts in, kept in this browser; and the controls for both, with the sound's, in
 * the page's head. Nothing checks who it is: there are no accounts yet.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('./actions.mjs').Role} Role
 * @typedef {Pick<Storage, 'getItem'|'setItem'>} Kept
 */
import { ROLES } from './actions.mjs';
import { el, setAttr, setText } from '../dom.mjs';
import { button, choice } from '../map/controls.mjs';

const [NAME, ROLE] = ['wall.seat', 'wall.role'];
const MOST = 64;

export class Seat {
  /** @param {Kept} kept @param {string} unnamed the name of a seat that was given none */
  constructor(kept, unnamed) {
    this.kept = kept;
    this.unnamed = unnamed;
    this.given = this.kept.getItem(NAME) ?? '';
    const role = this.kept.getItem(ROLE);
    /** @type {Role} */
    this.role = ROLES.find((one) => one === role) ?? 'seat';
  }

  /** What the log is told. */
  get name() {
    return this.given || this.unnamed;
  }

  /** @param {string} name */
  rename(name) {
    this.given = name.trim().slice(0, MOST);
    this.kept.setItem(NAME, this.given);
  }

  /** @param {Role} role */
  act(role) {
    this.role = role;
    this.kept.setItem(ROLE, role);
  }
}

/**
 * The controls in the page's head. @param {Context} ctx @param {Seat} seat
 * @param {{changed: () => void, sound: () => void, mute: () => void}} on
 * @returns {(state: {sound: boolean, sounding: boolean}) => void} paints the sound's state
 */
export function seatControls({ t }, seat, on) {
  const name = document.createElement('input');
  Object.assign(name, { value: seat.given, placeholder: seat.unnamed, maxLength: MOST, autocomplete: 'off', spellcheck: false });
  setAttr(name, 'aria-label', t('console.seat'));
  name.addEventListener('change', () => seat.rename(name.value));
  name.addEventListener('keydown', ({ key }) => (key === 'Enter' || key === 'Escape') && name.blur());
  const role = choice(t('console.role'), ROLES.map((one) => /** @type {[Role, string]} */ ([one, t(`console.role.${one}`)])), seat.role, (one) => { seat.act(one); on.changed(); });
  const sound = button('', 'btn sm', on.sound);
  const mute = button(t('console.mute'), 'btn sm', on.mute);
  setAttr(mute, 'title', t('console.mute.why'));
  document.querySelector('#top .t1 .mode')?.before(el('div', 'seatbox', name, role.node, sound, mute));
  return (state) => {
    setText(sound, t(state.sound ? 'console.sound.on' : 'console.sound.off'));
    setAttr(sound, 'aria-pressed', String(state.sound));
    mute.disabled = !state.sounding;
  };
}
