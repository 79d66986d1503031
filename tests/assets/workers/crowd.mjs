/** Five workers for the tests of the workers screen. */
import { MINUTE, NOW, picture } from '../fixtures.mjs';

/** a 20 min and b 11 min silent, c never located, d off duty, e a minute old; a full-timer, the others of every kind. */
export function crowd() {
  const ids = ['a', 'b', 'c', 'd', 'e'];
  return {
    workers: {
      ...picture({}).workers, n: 5, ids, names: ['许文娟', '周建平', '', '钱国强', '陆小燕'],
      regions: ['320402001001001', '320404001001002', '320402001001', '320402001001003', '320404001001001'],
      rowOf: new Map(ids.map((id, row) => [id, row])),
      fixTime: Float64Array.of(NOW - 20 * MINUTE, NOW - 11 * MINUTE, NaN, NOW - 99 * MINUTE, NOW - MINUTE),
      flag: Uint8Array.of(1 | (1 << 3), 2 | (2 << 3), 1 | (3 << 3), 5 | (1 << 3), 4 | (4 << 3)),
    },
  };
}
