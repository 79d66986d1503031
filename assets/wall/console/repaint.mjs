/**
 * Painting what is small and changes seldom: made anew when what it says has changed, left alone otherwise, so that nothing
 * loses its place or the focus each second.
 */

/** @type {WeakMap<Element, string>} */
const painted = new WeakMap();

/** @template T @param {Element} box @param {T} model what `make` is made of; plain values @param {(model: T) => Node[]} make */
export function repaint(box, model, make) {
  const said = JSON.stringify(model);
  if (painted.get(box) === said) return;
  painted.set(box, said);
  box.replaceChildren(...make(model));
}
