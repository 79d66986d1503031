/**
 * A picture of an event as DOM; where it cannot be had (it is gone, or its origin is not among WALL_MEDIA_ORIGINS), its file's
 * name in its place.
 */
import { el, setAttr, setHidden, setText } from '../dom.mjs';
import { fileName } from './marks.mjs';

export class Photo {
  /** @param {string} className */
  constructor(className) {
    this.image = /** @type {HTMLImageElement} */ (el('img', ''));
    for (const [name, value] of [['alt', ''], ['loading', 'lazy'], ['decoding', 'async'], ['referrerpolicy', 'no-referrer']]) setAttr(this.image, name, value);
    this.name = el('span', '');
    this.node = el('span', `photo ${className}`.trim(), this.image, this.name);
    setHidden(this.name, true);
    this.image.addEventListener('error', () => this.#lost(true));
  }

  /** @param {string} address '' for none */
  show(address) {
    if (address === (this.image.getAttribute('src') ?? '')) return;
    this.#lost(false);
    setText(this.name, fileName(address));
    setAttr(this.node, 'title', fileName(address));
    if (address) setAttr(this.image, 'src', address);
    else this.image.removeAttribute('src');
  }

  /** @param {boolean} lost */
  #lost(lost) {
    setHidden(this.image, lost);
    setHidden(this.name, !lost);
  }
}

/** A picture that opens by itself. @param {string} address @returns {HTMLElement} */
export function linkedPhoto(address) {
  const photo = new Photo('');
  photo.show(address);
  const link = el('a', '', photo.node);
  for (const [name, value] of [['href', address], ['target', '_blank'], ['rel', 'noopener noreferrer'], ['aria-label', fileName(address)]]) setAttr(link, name, value);
  return link;
}
