/**
 * The drawer of the areas: alarms of fences, the layers with their switches, a search, the areas there are, and the ways to
 * make a new one. Rows are made anew when something changed; the picture and the book hold all there is to know.
 *
 * @typedef {import('../../types.mjs').Context} Context
 * @typedef {import('../../types.mjs').Area} Area
 * @typedef {import('../../types.mjs').Shape} Shape
 * @typedef {import('./areabook.mjs').AreaBook} AreaBook
 * @typedef {import('./areapopup.mjs').Popup} Popup
 */
import { byId, el, setHidden } from '../../dom.mjs';
import { momentText, numberText } from '../../i18n.mjs';
import { KINDS, fenceAlarms, inForce } from './areabook.mjs';
import { drawing } from './areadraw.mjs';
import { drawDraft } from './areapaint.mjs';
import { areaForm, bodyOf, draftOf } from './areaform.mjs';
import { areaWords, placeName, regionName, ruleWords } from './areapopup.mjs';
import { BadFile, boundsOf, outlineOf, readGeoJson, shapeOfLoops } from './areashape.mjs';
import { removeArea, putArea } from './areasend.mjs';
import { button, list, statusLine } from '../controls.mjs';
import { latitudeOf, longitudeOf } from '../geo.mjs';
import { Land } from '../scope/regions.mjs';

const MOST_ROWS = 40;
const MOST_ALARMS = 6;
const DRAFT = 'area-draft';
const SIGNS = { fence: '▱', cap: '▨', theme: '▦' };
/** A place is looked at from about this far: degrees to each side. */
const NEAR = 0.02;

export class AreaTool {
  /** @param {Context} ctx @param {AreaBook} book @param {Popup} popup */
  constructor(ctx, book, popup) {
    this.ctx = ctx;
    this.book = book;
    this.popup = popup;
    this.wanted = '';
    /** @type {HTMLElement|null} */
    this.box = null;
    this.status = statusLine();
    /** Lists, made anew by `paint`; the rest of the drawer stands. */
    this.alarms = el('section', 'aalarms');
    this.layers = el('ul', 'alayers');
    this.found = el('ul', 'afound');
    this.draw = drawing(ctx, (shape) => this.#drawn(shape), (key, ...args) => this.status.say(ctx.t(key, ...args)));
    /** The area that is drawn anew or a new one's name. */
    this.drawn = draftOf(null, '');
  }

  /** @param {HTMLElement} box */
  open(box) {
    this.box = box;
    this.ctx.map.layers.remove(DRAFT);
    this.status.say('');
    this.home = el('div', 'tq areas', this.alarms, this.layers, this.#search(), this.#ways(), this.status.node, this.found);
    box.replaceChildren(this.home);
    this.paint();
  }

  close() {
    this.draw.stop();
    this.ctx.map.layers.remove(DRAFT);
    this.box = null;
  }

  /** Show what there is now. */
  paint() {
    if (!this.box?.contains(this.layers)) return;
    this.#paintAlarms();
    this.layers.replaceChildren(...this.#layerRows());
    const rows = this.#rows();
    this.found.replaceChildren(...rows.slice(0, MOST_ROWS), ...(rows.length > MOST_ROWS ? [el('li', 'more', this.ctx.t('area.more', rows.length - MOST_ROWS))] : []));
    if (rows.length === 0) this.found.append(el('li', 'more', this.ctx.t(this.wanted ? 'area.none.found' : 'area.none')));
  }

  /** @param {Area} area */
  edit(area) {
    this.popup.hide();
    if (!this.box) this.ctx.map.tools.show('areas');
    this.#form(draftOf(area, ''), area.geometry);
  }

  /** Remove an area, once it is said again. @param {Area} area */
  ask(area) {
    this.popup.hide();
    if (!this.box) this.ctx.map.tools.show('areas');
    const { t } = this.ctx;
    const question = el('div', 'tq areas', el('p', 'says', t('area.remove.sure', area.name)));
    const back = () => this.box && this.open(this.box);
    const status = statusLine();
    const yes = button(t('area.remove'), 'btn sm pri', async () => {
      const fault = await removeArea(this.ctx, area.id);
      if (fault) status.say(fault, true);
      else back();
    });
    question.append(status.node, el('div', 'acts', yes, button(t('area.cancel'), 'btn sm', back)));
    this.box?.replaceChildren(question);
    yes.focus();
  }

  #paintAlarms() {
    const { ctx } = this;
    const standing = fenceAlarms(ctx.picture.alarms);
    setHidden(this.alarms, standing.length === 0);
    this.alarms.replaceChildren(
      el('h4', '', ctx.t('area.alarms'), el('b', '', numberText(standing.length))),
      el('ul', '', ...standing.slice(0, MOST_ALARMS).map((alarm) => this.#alarmRow(alarm))),
    );
    if (standing.length > MOST_ALARMS) this.alarms.append(el('p', 'more', ctx.t('area.more', standing.length - MOST_ALARMS)));
  }

  /** Who, which area, since when. @param {import('../../types.mjs').Alarm} alarm @returns {HTMLElement} */
  #alarmRow(alarm) {
    const { ctx } = this;
    const { workers, areas } = ctx.picture;
    const area = areas.find(({ id }) => id === alarm.area);
    const row = workers.rowOf.get(alarm.device);
    const absent = alarm.kind === 'fence.absence';
    const who = absent ? ctx.t('area.nobody') : (row !== undefined && workers.names[row]) || alarm.device;
    const what = ctx.t(`area.alarm.${alarm.kind.slice('fence.'.length)}`);
    const shown = button('', 'arow', () => {
      if (area) this.ctx.map.fit(boundsOf(outlineOf(area.geometry)));
      if (!absent) ctx.select({ kind: 'worker', id: alarm.device });
    });
    const glyph = el('i', `mg g${alarm.sev}`);
    glyph.setAttribute('aria-label', ctx.t(`severity.${['', 'normal', 'serious', 'major', 'urgent'][alarm.sev]}`));
    shown.append(glyph, el('b', '', who), el('span', 'el', `${what} ${area?.name ?? alarm.area}`), el('time', '', momentText(alarm.since, ctx.now(), ctx.t)));
    return el('li', '', shown);
  }

  #layerRows() {
    const { ctx, book } = this;
    const counts = (/** @type {string} */ kind) => ctx.picture.areas.filter((area) => area.kind === kind).length;
    const own = KINDS.filter((kind) => kind !== 'theme' || counts(kind)).map((kind) => this.#layer(kind, SIGNS[kind], ctx.t(`area.kind.${kind}`), counts(kind), false));
    return [...own, ...book.themes.map((theme) => this.#layer(theme.key, theme.glyph, ctx.name(theme.name, theme.key), theme.count, theme.demo))];
  }

  /** @param {string} key @param {string} sign @param {string} name @param {number} count @param {boolean} demo @returns {HTMLElement} */
  #layer(key, sign, name, count, demo) {
    const input = document.createElement('input');
    Object.assign(input, { type: 'checkbox', checked: this.book.shown.has(key) });
    input.setAttribute('role', 'switch');
    input.setAttribute('data-layer', key);
    input.addEventListener('change', () => {
      this.book.show(key, input.checked);
      /** @type {HTMLElement|null} */ (this.layers.querySelector(`[data-layer="${CSS.escape(key)}"]`))?.focus();
    });
    return el('li', '', el('label', '', input, el('i', 'aplate', sign), el('span', 'el', name), demo ? el('em', '', this.ctx.t('area.demo.short')) : '', el('b', '', numberText(count))));
  }

  #search() {
    const input = document.createElement('input');
    Object.assign(input, { type: 'search', placeholder: this.ctx.t('area.search'), value: this.wanted, maxLength: 60 });
    input.setAttribute('aria-label', this.ctx.t('area.search'));
    input.addEventListener('input', async () => {
      this.wanted = input.value.trim();
      if (this.wanted) await this.book.all();
      this.paint();
    });
    return input;
  }

  /** Areas, and while something is searched for the themes' places, too. @returns {HTMLElement[]} */
  #rows() {
    const wanted = this.wanted.toLowerCase();
    const fits = (/** @type {string} */ name) => name.toLowerCase().includes(wanted);
    const areas = this.ctx.picture.areas.filter(({ name }) => fits(name)).sort((a, b) => b.sev * Number(b.kind === 'cap') - a.sev * Number(a.kind === 'cap') || b.at - a.at);
    const places = wanted ? [...this.book.places.values()].flat().filter((place) => fits(placeName(this.ctx, place))) : [];
    return [...areas.map((area) => this.#areaRow(area)), ...places.map((place) => this.#placeRow(place))];
  }

  /** @param {Area} area @returns {HTMLElement} */
  #areaRow(area) {
    const { ctx } = this;
    const { t } = ctx;
    const rest = inForce(area, ctx.now()) ? ruleWords(ctx, area) || (area.kind === 'fence' ? t('area.rule.none') : area.text) : t('area.over');
    const go = button('', 'arow', () => this.#go(area.kind, boundsOf(outlineOf(area.geometry))));
    const sign = area.kind === 'cap' ? el('i', `mg g${area.sev}`) : el('i', 'aplate', SIGNS[area.kind]);
    go.append(sign, el('b', 'el', areaWords(ctx, area)), el('small', 'el', rest));
    const act = (/** @type {string} */ sign2, /** @type {string} */ words, /** @type {() => void} */ press) => {
      const made = button(sign2, 'out', press);
      made.title = words;
      made.setAttribute('aria-label', `${words} ${area.name}`);
      return made;
    };
    const item = el('li', '', go, act('✎', t('area.edit'), () => this.edit(area)), act('×', t('area.remove'), () => this.ask(area)));
    item.dataset.areaId = area.id;
    return item;
  }

  /** @param {import('./areabook.mjs').Place} place @returns {HTMLElement} */
  #placeRow(place) {
    const { ctx } = this;
    const [lat, lon] = [latitudeOf(place.y), longitudeOf(place.x)];
    const go = button('', 'arow', () => {
      this.popup.showPlace(place);
      this.#go(place.theme.key, [[lat - NEAR, lon - NEAR], [lat + NEAR, lon + NEAR]]);
    });
    go.append(el('i', 'aplate', place.theme.glyph), el('b', 'el', placeName(ctx, place)), el('small', 'el', regionName(ctx, place.region.slice(0, 9))));
    return el('li', '', go);
  }

  /** Show a layer and go to a place in it. @param {string} key @param {[[number, number], [number, number]]} bounds */
  #go(key, bounds) {
    if (!this.book.shown.has(key)) this.book.show(key, true);
    this.ctx.map.fit(bounds);
  }

  /** The ways to make an area. */
  #ways() {
    const { t } = this.ctx;
    const file = document.createElement('input');
    Object.assign(file, { type: 'file', accept: '.geojson,.json,application/geo+json,application/json', hidden: true });
    file.addEventListener('change', () => void this.#import(file));
    const start = (/** @type {'polygon'|'circle'} */ mode) => () => {
      this.drawn = draftOf(null, '');
      this.draw.start(mode);
      byId('map-situation').focus({ preventScroll: true });
    };
    return el('div', 'acts ways', button(t('area.draw.polygon'), 'btn sm', start('polygon')), button(t('area.draw.circle'), 'btn sm', start('circle')),
      button(t('area.draw.region'), 'btn sm', () => void this.#fromRegion()), button(t('area.file'), 'btn sm', () => file.click()), file);
  }

  /** @param {Shape|null} shape */
  #drawn(shape) {
    this.status.say('');
    if (shape && this.box) this.#form(this.drawn, shape);
  }

  /** @param {import('./areaform.mjs').Draft} draft @param {Shape} shape */
  #form(draft, shape) {
    const outline = outlineOf(shape);
    this.ctx.map.layers.add({ key: DRAFT, under: false, maps: ['map-situation'], draw: (c, vp, palette) => drawDraft(c, vp, outline, palette) });
    this.box?.replaceChildren(areaForm(this.ctx, draft, shape, (saved) => {
      if (!this.box) return;
      this.open(this.box);
      if (saved) this.status.say(this.ctx.t('area.saved', draft.name));
    }));
    /** @type {HTMLElement|null} */ (this.box?.querySelector('input'))?.focus();
  }

  /** A region's outline as an area: the way that needs no pointer. */
  async #fromRegion() {
    const { ctx } = this;
    const codes = await ctx.map.furnished;
    const { grids } = ctx.map.stage;
    if (!grids || !ctx.regions || !this.box) return this.status.say(ctx.t('area.region.none'), true);
    const [tree, land] = [ctx.regions, new Land(grids, codes, ctx.regions)];
    let chosen = ctx.scope || ctx.config.districts[0]?.code || '';
    const options = /** @type {[string, string][]} */ ([...ctx.config.districts.map(({ code, name }) => [code, ctx.name(name, code)]), ...Object.entries(ctx.config.towns)]);
    if (!options.some(([code]) => code === chosen)) options.unshift([chosen, tree.place(tree.node(chosen))]);
    const next = button(ctx.t('area.next'), 'btn sm pri', () => this.#form(draftOf(null, tree.place(tree.node(chosen))), shapeOfLoops(land.outline(tree.node(chosen)))));
    const back = button(ctx.t('area.cancel'), 'btn sm', () => this.box && this.open(this.box));
    this.box.replaceChildren(el('div', 'tq areas', list(ctx.t('area.region'), options, chosen, (code) => (chosen = code)), el('div', 'acts', next, back)));
    this.box.querySelector('select')?.focus();
  }

  /** One polygon opens the form; several are put as fences at rest, to be given rules one by one. @param {HTMLInputElement} input */
  async #import(input) {
    const { t } = this.ctx;
    const file = input.files?.[0];
    input.value = '';
    if (!file) return;
    try {
      const found = readGeoJson(await file.text());
      const stem = file.name.replace(/\.[^.]*$/, '');
      if (found.length === 1) return this.#form(draftOf(null, found[0].name || stem), found[0].geometry);
      for (const [k, { name, geometry }] of found.entries()) {
        const draft = { ...draftOf(null, name || `${stem} ${k + 1}`), on: [] };
        const fault = await putArea(this.ctx, bodyOf(draft, geometry));
        if (fault) return this.status.say(`${draft.name}: ${fault}`, true);
        this.status.say(t('area.file.progress', k + 1, found.length));
      }
    } catch (error) {
      if (!(error instanceof BadFile)) throw error;
      this.status.say(t(error.message), true);
    }
  }
}
