/**
 * The workers screen without its map: puts its parts together. Counts come from the server's sections; silence, the list and
 * the track are read off the columns here.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('../types.mjs').Screen} Screen
 */
import { byId } from '../dom.mjs';
import { frozen } from '../panel.mjs';
import * as attention from './attention.mjs';
import * as bars from './bars.mjs';
import * as board from './board.mjs';
import * as people from './people.mjs';
import * as person from './person.mjs';

/** @param {Context} ctx @returns {Screen} */
export function mount(ctx) {
  const root = byId('screen-workers');
  const [table, charts, concerns, list, picked] = [board.mount(ctx, root), bars.mount(ctx, root), attention.mount(ctx, root), people.mount(ctx, root), person.mount(ctx, root)];
  ctx.on('scope', () => { table(); charts(); concerns(ctx.now(), true); });
  return {
    frame({ snapshot, keys }) {
      if (snapshot || keys.has('board') || keys.has('staff')) table();
      if (snapshot || keys.has('staff') || keys.has('posts')) charts();
      if (snapshot || keys.has('roster')) list.renamed();
      if (snapshot || keys.has('roster') || keys.has('alarms')) concerns(ctx.now(), true);
    },
    tick(now) {
      if (frozen(ctx, now)) return;
      concerns(now, false);
      picked(now);
      list.tick(now);
    },
  };
}
