/** A small city for the tests of regions: two districts, one town each, three and one grids, as squares side by side. */
import { decodeGrids } from '../../assets/wall/map/ground/basemap.mjs';
import { Land } from '../../assets/wall/map/scope/regions.mjs';
import { RegionTree } from '../../assets/wall/scope.mjs';

/**
 *     A1 | A2 | B1        A1, A2, A3 in one community of district A, B1 in district B
 *     A3 |    |
 */
export const FILE = {
  codes: ['3204', '320401', '320401001', '320401001001', '320401001001001', '320401001001002', '320401001001003', '320402', '320402001', '320402001001', '320402001001001'],
  names: ['甲市', '东区', '东镇', '东园社区居委会', '东园社区第1网格', '东园社区第2网格', '东园社区第3网格', '西区', '西街道', '西湖村村民委员会（含南村）', '西湖村第1网格'],
  ends: [11, 7, 7, 7, 5, 6, 7, 11, 11, 11, 11],
};
/** Squares of 0.1 degree; [lon, lat] of the north-west corner. */
const CORNERS = [[119, 32], [119.1, 32], [119, 31.9], [119.2, 32]];
export const GRID_CODES = ['320401001001001', '320401001001002', '320401001001003', '320402001001001'];
export const GRIDS = { scale: 10, codes: GRID_CODES, rings: CORNERS.map(([lon, lat]) => [Math.round(lon * 10), Math.round(lat * 10), 1, 0, 0, -1, -1, 0]) };

export const tree = () => new RegionTree(FILE);
export const land = () => new Land(decodeGrids(GRIDS), GRID_CODES, tree());
