/**
 * The few DOM moves the painters share. Text always goes in as text; a node is touched only when it changes.
 */

/** @param {string} tag @param {string} className @param {...(Node|string)} children @returns {HTMLElement} */
export function el(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

/** @param {Element} node @param {string} text */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** @param {Element} node @param {string} name @param {string} value */
export function setAttr(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/** @param {HTMLElement} node @param {boolean} hidden */
export function setHidden(node, hidden) {
  if (node.hidden !== hidden) node.hidden = hidden;
}

/** The element layouts/ made for a live value. @param {ParentNode} root @param {string} name @returns {HTMLElement} */
export function slot(root, name) {
  const node = root.querySelector(`[data-slot="${name}"]`);
  if (!(node instanceof HTMLElement)) throw new Error(`the page has no slot ${name}`);
  return node;
}

/** @param {string} id @returns {HTMLElement} */
export function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`the page has no element ${id}`);
  return node;
}

/**
 * Puts `nodes` into `parent` in this order, moving only those that stand elsewhere, and takes all others out.
 * @param {Element} parent @param {Element[]} nodes
 */
export function arrange(parent, nodes) {
  const keep = new Set(nodes);
  for (const child of [...parent.children]) if (!keep.has(child)) child.remove();
  nodes.forEach((node, place) => {
    if (parent.children[place] !== node) parent.insertBefore(node, parent.children[place] ?? null);
  });
}

/** Screen pixels of the unit all sizes are made of (the root's text is 16 units). */
export const unit = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

/** Reads a colour token such as "--d1". @param {string} token */
export const colour = (token) => getComputedStyle(document.documentElement).getPropertyValue(token).trim();
