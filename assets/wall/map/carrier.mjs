/**
 * How an own layer gets into a Dash map: it says when its map is there, and draws nothing.
 *
 * @typedef {import('leaflet').Map} LeafletMap
 */

/**
 * A Leaflet layer that tells its map.
 * @param {typeof import('leaflet')} L @param {(map: LeafletMap) => void} onAdd @param {(map: LeafletMap) => void} onRemove
 * @returns {import('leaflet').Layer}
 */
export function carrier(L, onAdd, onRemove) {
  const Carrier = class extends L.Layer {
    /** @param {LeafletMap} map @returns {this} */
    onAdd(map) {
      onAdd(map);
      return this;
    }
    /** @param {LeafletMap} map @returns {this} */
    onRemove(map) {
      onRemove(map);
      return this;
    }
  };
  return new Carrier();
}
