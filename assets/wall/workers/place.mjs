/**
 * Where somebody belongs, in words, as far as this browser knows the places. Formats only.
 *
 * @typedef {Pick<import('../types.mjs').Context, 'config'|'name'>} Knowing
 */

/** "武进区 湖塘镇 021-003": district, town, community and grid number. @param {Knowing} ctx @param {string} region */
export function placeOf({ config, name }, region) {
  const district = config.districts.find(({ code }) => region.startsWith(code));
  if (!district) return region;
  const town = config.towns[region.slice(0, 9)] ?? region.slice(6, 9);
  const rest = [region.slice(9, 12), region.slice(12)].filter(Boolean).join('-');
  return [name(district.name, district.code), town, rest].filter(Boolean).join(' ');
}

/** One region's own name: a district's in the page's language, any other's as the server says it. @param {Knowing} ctx @param {string} code @param {{rows: {code: string, name: string}[]}|null} staff */
export function areaName({ config, name }, code, staff) {
  const district = config.districts.find((one) => one.code === code);
  return district ? name(district.name, code) : staff?.rows.find((row) => row.code === code)?.name ?? config.towns[code] ?? code;
}
