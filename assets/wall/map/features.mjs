/**
 * What the maps can do beside showing events and workers: each feature adds its layers and its tool. The list, and nothing
 * else.
 *
 * @typedef {(ctx: import('../types.mjs').Context) => import('../types.mjs').Screen|void} Feature
 */

/** In the order of their buttons. @type {Feature[]} */
export const FEATURES = [];
