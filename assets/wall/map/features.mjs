/**
 * What the maps can do beside showing events and workers: each feature adds its layers and its tool. The list, and nothing
 * else.
 *
 * @typedef {(ctx: import('../types.mjs').Context) => import('../types.mjs').Screen|void} Feature
 */
import * as areas from './areas/areas.mjs';
import * as choropanel from './scope/choropanel.mjs';
import * as detail from './people/detail.mjs';
import * as drill from './scope/drill.mjs';
import * as heat from './heat/heat.mjs';
import * as keys from './keys.mjs';
import * as readout from './ground/readout.mjs';
import * as trackquery from './tracks/trackquery.mjs';

/** In the order of their buttons. @type {Feature[]} */
export const FEATURES = [detail.mount, drill.mount, choropanel.mount, heat.mount, trackquery.mount, areas.mount, readout.mount, keys.mount];
