/**
 * The form of one area: name, kind, and the rules of a fence. `draftOf` and `bodyOf` are the pure part; the shape comes from
 * whoever opens the form.
 *
 * @typedef {import('../../types.mjs').Context} Context
 * @typedef {import('../../types.mjs').Area} Area
 * @typedef {import('../../types.mjs').Shape} Shape
 * @typedef {{id: string, kind: 'fence'|'cap', name: string, sev: string, on: string[], roles: string[], region: string, workers: string,
 *   absence: string, dwell: string, hours: string, text: string, until: string, exercise: boolean}} Draft
 *   What the form holds, as text; `id` '' for a new area.
 */
import { el, setHidden } from '../../dom.mjs';
import { inputText, inputTime } from '../../i18n.mjs';
import { button, choice, field, list, statusLine } from '../controls.mjs';
import { putArea } from './areasend.mjs';

const SEVERITIES = ['normal', 'serious', 'major', 'urgent'];
const ROLES = ['full_time', 'part_time', 'grid_head', 'volunteer', 'liaison', 'supervisor'];
const RULES = ['enter', 'leave', 'absence'];

/** @param {Area|null} area @param {string} name of a new one @returns {Draft} */
export function draftOf(area, name) {
  const rules = area?.rules;
  return {
    id: area?.id ?? '', kind: area?.kind === 'cap' ? 'cap' : 'fence', name: area?.name ?? name, sev: SEVERITIES[(area?.sev ?? 2) - 1],
    on: rules?.on ?? ['enter'], roles: rules?.who.roles ?? [], region: rules?.who.region ?? '', workers: (rules?.who.workers ?? []).join(' '),
    absence: String(rules?.absence_min ?? 15), dwell: String(rules?.dwell_s ?? 0), hours: (rules?.hours ?? []).join(' '), text: area?.text ?? '',
    until: area?.until ? inputText(area.until) : '', exercise: area?.exercise ?? false,
  };
}

/** The data of an `area.put`. @param {Draft} draft @param {Shape} geometry @returns {Record<string, unknown>} */
export function bodyOf(draft, geometry) {
  const words = (/** @type {string} */ text) => text.split(/[\s,，、;；]+/).filter(Boolean);
  const until = inputTime(draft.until);
  const rules = {
    on: draft.on, who: { roles: draft.roles, region: draft.region, workers: words(draft.workers) },
    absence_min: Number(draft.absence) || 15, dwell_s: Number(draft.dwell) || 0, hours: words(draft.hours.replaceAll('—', '-')),
  };
  return {
    ...(draft.id ? { area_id: draft.id } : {}), kind: draft.kind, name: draft.name.trim(), geometry, severity: draft.sev, text: draft.text.trim(),
    ...(Number.isFinite(until) ? { until } : {}), ...(draft.kind === 'fence' ? { rules } : { exercise: draft.exercise }),
  };
}

/**
 * @param {Context} ctx @param {Draft} draft changed in place @param {Shape} geometry @param {(saved: boolean) => void} done
 * @returns {HTMLElement}
 */
export function areaForm(ctx, draft, geometry, done) {
  const { t } = ctx;
  const status = statusLine();
  const save = button(t('area.save'), 'btn sm pri', () => {});
  save.type = 'submit'; // so that Enter saves from every field
  const store = async () => {
    if (!draft.name.trim()) return status.say(t('area.name.missing'), true);
    if (draft.kind === 'fence' && draft.on.length === 0 && !confirmRest()) return;
    save.disabled = true;
    status.say(t('area.saving'));
    const fault = await putArea(ctx, bodyOf(draft, geometry));
    save.disabled = false;
    if (fault) status.say(fault, true);
    else done(true);
  };
  /** A fence without a rule is a line on the map and nothing else: once said, it may be so. */
  let warned = false;
  const confirmRest = () => {
    if (!warned) status.say(t('area.rule.missing'), true);
    return warned || !(warned = true);
  };
  const fence = el('div', 'group', ...fenceFields(ctx, draft));
  const cap = el('div', 'group', textField(t('area.text'), draft, 'text'), timeField(t('area.until'), draft), check(t('area.exercise.long'), draft.exercise, (on) => (draft.exercise = on)));
  const turn = () => {
    setHidden(fence, draft.kind !== 'fence');
    setHidden(cap, draft.kind !== 'cap');
  };
  const kind = choice(t('area.kind'), [['fence', t('area.kind.fence')], ['cap', t('area.kind.cap')]], draft.kind, (key) => {
    draft.kind = key;
    turn();
  });
  turn();
  const form = el(
    'form', 'tq areaform', textField(t('area.name'), draft, 'name'), kind.node,
    list(t('area.severity'), SEVERITIES.map((key) => [key, t(`severity.${key}`)]), draft.sev, (key) => (draft.sev = key)),
    fence, cap, status.node, el('div', 'acts', save, button(t('area.cancel'), 'btn sm', () => done(false))),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void store();
  });
  return form;
}

/** @param {Context} ctx @param {Draft} draft @returns {HTMLElement[]} */
function fenceFields(ctx, draft) {
  const { t } = ctx;
  const regions = /** @type {[string, string][]} */ ([['', t('area.region.any')], ...ctx.config.districts.map(({ code, name }) => [code, ctx.name(name, code)])]);
  const towns = Object.entries(ctx.config.towns);
  if (!regions.some(([code]) => code === draft.region)) regions.push([draft.region, ctx.config.towns[draft.region] ?? draft.region]);
  return [
    boxes(t('area.rules'), RULES.map((key) => [key, t(`area.rule.${key}`)]), draft.on),
    boxes(t('area.roles'), ROLES.map((key) => [key, t(`role.${key}`)]), draft.roles),
    list(t('area.region'), [...regions, ...towns], draft.region, (key) => (draft.region = key)),
    textField(t('area.workers'), draft, 'workers', t('area.workers.hint')),
    textField(t('area.hours'), draft, 'hours', t('area.hours.hint')),
    el('div', 'two', numberField(t('area.absence'), draft, 'absence', 1, 1440), numberField(t('area.dwell'), draft, 'dwell', 0, 3600)),
  ];
}

/** @param {string} words @param {readonly [string, string][]} options @param {string[]} chosen changed in place @returns {HTMLElement} */
function boxes(words, options, chosen) {
  const set = el('div', 'boxes', ...options.map(([key, said]) => check(said, chosen.includes(key), (on) => {
    if (on) chosen.push(key);
    else chosen.splice(chosen.indexOf(key), 1);
  })));
  set.setAttribute('role', 'group');
  set.setAttribute('aria-label', words);
  return el('div', 'fld', el('span', '', words), set);
}

/** @param {string} words @param {boolean} checked @param {(on: boolean) => void} changed @returns {HTMLElement} */
function check(words, checked, changed) {
  const input = document.createElement('input');
  Object.assign(input, { type: 'checkbox', checked });
  input.addEventListener('change', () => changed(input.checked));
  return el('label', 'check', input, el('span', '', words));
}

/** @param {string} words @param {Draft} draft @param {'name'|'workers'|'hours'|'text'} key @param {string} [hint] @returns {HTMLElement} */
function textField(words, draft, key, hint = '') {
  const input = document.createElement('input');
  Object.assign(input, { type: 'text', value: draft[key], placeholder: hint, maxLength: key === 'name' ? 200 : 2000, name: key });
  input.addEventListener('input', () => (draft[key] = input.value));
  return field(words, input);
}

/** @param {string} words @param {Draft} draft @param {'absence'|'dwell'} key @param {number} min @param {number} max @returns {HTMLElement} */
function numberField(words, draft, key, min, max) {
  const input = document.createElement('input');
  Object.assign(input, { type: 'number', value: draft[key], min, max, name: key });
  input.addEventListener('input', () => (draft[key] = input.value));
  return field(words, input);
}

/** @param {string} words @param {Draft} draft @returns {HTMLElement} */
function timeField(words, draft) {
  const input = document.createElement('input');
  Object.assign(input, { type: 'datetime-local', value: draft.until });
  input.addEventListener('input', () => (draft.until = input.value));
  return field(words, input);
}
