/**
 * What is said about one area or place: its name in words, the rules of a fence, and the popup beside it on the map. Text
 * only; changes nothing itself.
 *
 * @typedef {import('../../types.mjs').Context} Context
 * @typedef {import('../../types.mjs').Area} Area
 * @typedef {import('./areabook.mjs').Place} Place
 * @typedef {import('./areabook.mjs').Drawn} Drawn
 * @typedef {import('../viewport.mjs').Viewport} Viewport
 */
import { el, setHidden } from '../../dom.mjs';
import { momentText, numberText } from '../../i18n.mjs';
import { button } from '../controls.mjs';

/** A property in the reader's language. @param {Context} ctx @param {Record<string, any>} props @param {string} key @returns {string} */
export function property(ctx, props, key) {
  const value = (ctx.config.locale === 'en' && props[`${key}_en`]) || props[key];
  return value === null || value === undefined ? '—' : typeof value === 'number' ? numberText(value) : String(value);
}

/** @param {Context} ctx @param {Place} place @returns {string} */
export const placeName = (ctx, place) => property(ctx, place.props, 'name');

/** "演练 台风橙色预警": an exercise says so first. @param {Pick<Context, 't'>} ctx @param {Area} area @returns {string} */
export const areaWords = ({ t }, area) => (area.exercise ? `${t('area.exercise')} ${area.name}` : area.name);

/** "进入、离开告警 · 志愿者 · 08:00-18:00", '' for a fence at rest. @param {Context} ctx @param {Area} area @returns {string} */
export function ruleWords(ctx, { rules }) {
  const { t } = ctx;
  if (!rules || rules.on.length === 0) return '';
  const { roles, region, workers } = rules.who;
  const on = rules.on.map((rule) => (rule === 'absence' ? t('area.rule.absence.for', rules.absence_min) : t(`area.rule.${rule}`)));
  const who = [roles.map((role) => t(`role.${role}`)).join(t('area.and')), region && regionName(ctx, region), workers.length ? t('area.workers.n', workers.length) : ''];
  return [on.join(t('area.and')), ...who, ...rules.hours].filter(Boolean).join(' · ');
}

/** @param {Context} ctx @param {string} code @returns {string} */
export function regionName(ctx, code) {
  const district = ctx.config.districts.find((one) => one.code === code);
  return district ? ctx.name(district.name, code) : ctx.config.towns[code] ?? code;
}

export class Popup {
  /** @param {Context} ctx @param {() => void} touch asks for a drawing, which calls `follow` */
  constructor(ctx, touch) {
    this.ctx = ctx;
    this.touch = touch;
    /** @type {Place|null} */
    this.place = null;
    /** Mercator point it stands at. @type {readonly [number, number]} */
    this.at = [0, 0];
    /** @type {(area: Area) => void} */
    this.onEdit = () => {};
    /** @type {(area: Area) => void} */
    this.onRemove = () => {};
    this.node = el('div', 'apop');
    this.node.setAttribute('role', 'dialog');
    setHidden(this.node, true);
    ctx.map.tools.bar.parentElement?.append(this.node);
    this.node.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      this.hide();
    });
  }

  get shown() {
    return !this.node.hidden;
  }

  /** Beside the place from the next drawing on. @param {Place} place */
  showPlace(place) {
    const { ctx } = this;
    const { theme, props } = place;
    const rows = theme.fields.map((field) => /** @type {[string, string]} */ ([ctx.name(field, field.key), property(ctx, props, field.key)]));
    this.place = place;
    this.#fill(placeName(ctx, place), ctx.name(theme.name, theme.key), rows, ctx.name(theme.source, ''));
    this.#put([place.x, place.y]);
  }

  /** @param {Drawn} drawn @param {readonly [number, number]} at Mercator */
  showArea({ area }, at) {
    const { ctx } = this;
    const { t } = ctx;
    /** @type {[string, string][]} */
    const rows = [];
    if (area.kind === 'cap') rows.push([t('area.severity'), t(`severity.${['', 'normal', 'serious', 'major', 'urgent'][area.sev]}`)]);
    if (area.kind === 'fence') rows.push([t('area.rules'), ruleWords(ctx, area) || t('area.rule.none')]);
    if (area.text) rows.push([t('area.text'), area.text]);
    if (area.until !== null) rows.push([t('area.until'), momentText(area.until, ctx.now(), t)]);
    rows.push([t('area.by'), `${area.by} · ${momentText(area.at, ctx.now(), t)}`]);
    this.place = null;
    this.#fill(areaWords(ctx, area), t(`area.kind.${area.kind}`), rows, '');
    this.node.append(el('div', 'acts', button(t('area.edit'), 'btn sm', () => this.onEdit(area)), button(t('area.remove'), 'btn sm', () => this.onRemove(area))));
    this.#put(at);
  }

  hide() {
    this.place = null;
    setHidden(this.node, true);
  }

  /** Stay beside the place when the map has moved. @param {Viewport} vp */
  follow(vp) {
    if (!this.shown) return;
    const [x, y] = [vp.x(this.at[0]) / vp.dpr, vp.y(this.at[1]) / vp.dpr];
    const { offsetWidth: w, offsetHeight: h } = this.node;
    const left = Math.min(Math.max(4, x + 14 * vp.u), vp.width - w - 4);
    const top = Math.min(Math.max(4, y - h / 2), vp.height - h - 40 * vp.u);
    this.node.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  /** @param {string} title @param {string} kind @param {[string, string][]} rows @param {string} source */
  #fill(title, kind, rows, source) {
    const shut = button('×', 'shut', () => this.hide());
    shut.setAttribute('aria-label', this.ctx.t('map.close'));
    const list = el('dl', '', ...rows.flatMap(([label, value]) => [el('dt', '', label), el('dd', '', value)]));
    this.node.replaceChildren(el('header', '', el('small', '', kind), shut), el('b', '', title), list);
    if (source) this.node.append(el('small', 'src', source));
  }

  /** @param {readonly [number, number]} at */
  #put(at) {
    this.at = at;
    setHidden(this.node, false);
    this.touch();
  }
}
