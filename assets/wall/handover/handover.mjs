/**
 * The page of shift handovers (交接班): the draft of a shift to edit and sign, signed ones to read, take over and print. Loaded on
 * its own page only. What it shows of a shift is asked of the server; what was signed is shown when the log has it.
 *
 * @typedef {import('../types.mjs').Context} Context
 * @typedef {import('../types.mjs').Screen} Screen
 * @typedef {import('./sheet.mjs').Draft} Draft
 * @typedef {import('./sheet.mjs').Signed} Signed
 * @typedef {import('./sheet.mjs').Whole} Whole
 * @typedef {import('./paper.mjs').Paper} Paper
 * @typedef {import('./paper.mjs').Signature} Signature
 */
import { Drafts } from './drafts.mjs';
import { paint } from './paper.mjs';
import { Signing } from './signing.mjs';
import { counted, dayTime, groups, handover, itemsOf, keyOf, refused, shiftName, takeover } from './sheet.mjs';
import { Seat } from '../console/seat.mjs';
import { byId, el, setAttr, setText, slot } from '../dom.mjs';
import { ageText, clockText } from '../i18n.mjs';
import { fetchJson } from '../json.mjs';
import { button, choice, statusLine } from '../map/controls.mjs';

const LIST_EVERY_MS = 15_000;
const MINUTE = 60_000;
/** How often, and how long in between, the server is asked whether the log's record has come. */
const [TRIES, WAIT_MS] = [12, 400];

/** @param {Context} ctx @returns {Screen} */
export function mount(ctx) {
  return new Handover(ctx);
}

class Handover {
  /** @param {Context} ctx */
  constructor(ctx) {
    this.ctx = ctx;
    const root = byId('screen-handover');
    this.sheet = slot(root, 'handover-sheet');
    this.list = slot(root, 'handover-list');
    this.seat = new Seat(localStorage, '');
    /** @type {'now'|'before'} */
    this.which = 'now';
    /** @type {Draft|null} */
    this.draft = null;
    /** What is read instead of the draft. @type {Whole|null} */
    this.whole = null;
    /** What was typed, by line; and the free notes. @type {Map<string, string>} */
    this.typed = new Map();
    this.notes = '';
    this.drafts = new Drafts(localStorage);
    /** What this browser keeps of the draft shown. @type {import('./drafts.mjs').Saved|null} */
    this.saved = null;
    this.savedLine = el('span', 'ho-saved');
    this.signing = new Signing();
    this.listed = -Infinity;
    /** @type {Signed[]} */
    this.signed = [];
    this.listSaid = '';
    this.status = statusLine();
    this.choice = this.#bar(slot(root, 'handover-bar'));
    void this.draw();
  }

  /** @param {HTMLElement} bar */
  #bar(bar) {
    const { t } = this.ctx;
    const which = choice(t('handover.which'), [['now', t('handover.now')], ['before', t('handover.before')]], this.which, (key) => this.#turn(key));
    const refresh = button(t('handover.refresh'), 'btn sm', () => void this.draw());
    bar.append(which.node, refresh, button(t('handover.print'), 'btn sm', () => print()), this.savedLine, this.status.node);
    return which;
  }

  /** Back to the draft. @param {'now'|'before'} which */
  #turn(which) {
    this.which = which;
    void this.draw();
  }

  /** What was typed into another shift's draft is not meant for this one; what was typed into this one's is. @param {Draft} draft */
  #restore({ shift: { start_ms } }) {
    if (start_ms === this.draft?.shift.start_ms) return;
    this.saved = this.drafts.of(start_ms);
    this.typed = new Map(this.saved?.typed ?? []);
    this.notes = this.saved?.notes ?? '';
  }

  /** @param {Draft} draft */
  #keep({ shift }) {
    this.saved = this.drafts.save(shift, this, this.ctx.now());
    this.#sayKept(this.ctx.now());
  }

  /** @param {number} now */
  #sayKept(now) {
    const age = now - (this.saved?.at ?? now);
    const words = ageText(age < MINUTE ? age : age - (age % MINUTE), this.ctx.t);
    setText(this.savedLine, this.saved && !this.whole ? this.ctx.t('handover.saved', words) : '');
  }

  /** Nothing here is in the frames. */
  frame() {}

  /** @param {number} now */
  tick(now) {
    this.#sayKept(now);
    if (now - this.listed < LIST_EVERY_MS) return;
    this.listed = now;
    void this.#refreshList();
  }

  /** Show the draft, drawn up anew; what was typed stays. @returns {Promise<void>} */
  async draw() {
    const which = this.which;
    /** @type {Draft|null} */
    const draft = await fetchJson(`/api/handover${which === 'before' ? '?shift=before' : ''}`);
    if (which !== this.which) return;
    this.status.say(draft ? '' : this.ctx.t('handover.failed'), !draft);
    if (!draft) return;
    this.#restore(draft);
    Object.assign(this, { draft, whole: null });
    this.#paint();
  }

  /** Show one that was signed. @param {string} id @returns {Promise<Whole|null>} */
  async open(id) {
    /** @type {Whole|null} */
    const whole = await fetchJson(`/api/handovers/${encodeURIComponent(id)}`);
    if (whole) {
      this.whole = whole;
      this.#paint();
    }
    return whole;
  }

  async #refreshList() {
    const found = await fetchJson('/api/handovers');
    if (!found) return;
    this.signed = found.handovers;
    this.drafts.prune(this.signed.map(({ start }) => start), this.ctx.now());
    this.saved = this.saved && this.drafts.of(this.saved.start);
    this.#paintList();
    const shown = this.signed.find(({ id }) => id === this.whole?.id);
    if (shown && shown.taken !== this.whole?.taken) await this.open(shown.id); // somebody else has taken it over
  }

  #paint() {
    const paper = this.whole ? this.#signedPaper(this.whole) : this.draft && this.#draftPaper(this.draft);
    if (paper) paint(this.sheet, paper, this.ctx.t);
    this.choice.set(/** @type {'now'} */ (this.whole ? '' : this.which));
    this.#sayKept(this.ctx.now());
    this.#paintList();
  }

  /** What both kinds of sheets say alike. @param {{start: number, end: number}} span */
  #head({ start, end }) {
    const { t, name, config } = this.ctx;
    return { above: `${name(config.city.name, '')} ${name(config.city.title, '')}`, span: t('handover.span', dayTime(start, t), dayTime(end, t)) };
  }

  /** @param {Draft} draft @returns {Paper} */
  #draftPaper(draft) {
    const { t } = this.ctx;
    const { shift, counts, at } = draft;
    const press = { words: t('handover.hand'), name: this.seat.given, notes: null, sign: (/** @type {string} */ by) => void this.#hand(draft, by) };
    return {
      ...this.#head({ start: shift.start_ms, end: shift.end_ms }), shift: shiftName(shift, t), state: t('handover.draft', clockText(at)),
      counts: counted(counts, t), groups: groups(itemsOf(draft, this.typed, this.ctx), counts), notes: this.notes, remarks: '',
      type: {
        say: (item, words) => { this.typed.set(keyOf(item), words); this.#keep(draft); },
        notes: (words) => { this.notes = words; this.#keep(draft); },
      },
      signatures: [{ role: t('handover.hander'), name: '', at: '', press }, { role: t('handover.taker'), name: '', at: '', press: null }],
    };
  }

  /** @param {Whole} whole @returns {Paper} */
  #signedPaper(whole) {
    const { t } = this.ctx;
    const when = (/** @type {number|null} */ ms) => (ms === null ? '' : dayTime(ms, t));
    const press = { words: t('handover.take'), name: '', notes: t('handover.taken.notes'), sign: (/** @type {string} */ by, /** @type {string} */ notes) => void this.#take(whole, by, notes) };
    return {
      ...this.#head(whole), shift: whole.shift, state: t('handover.signed', when(whole.handed_at)), counts: counted(whole.counts, t),
      groups: groups(whole.items, whole.counts), notes: whole.notes, remarks: whole.taken_notes, type: null,
      signatures: [
        { role: t('handover.hander'), name: whole.handed, at: when(whole.handed_at), press: null },
        { role: t('handover.taker'), name: whole.taken, at: when(whole.taken_at), press: whole.taken ? null : press },
      ],
    };
  }

  #paintList() {
    const { t } = this.ctx;
    const said = JSON.stringify([this.signed, this.whole?.id]);
    if (said === this.listSaid) return; // made anew it would lose the focus
    this.listSaid = said;
    const rows = this.signed.map((one) => {
      const node = button('', 'ho-row', () => void this.open(one.id));
      node.append(el('b', '', one.shift), el('span', '', t('handover.pair', one.handed, one.taken || t('handover.waiting'))), el('time', '', dayTime(one.handed_at, t)));
      node.classList.toggle('waits', !one.taken);
      setAttr(node, 'aria-current', String(one.id === this.whole?.id));
      return node;
    });
    const body = rows.length > 0 ? rows : [el('p', 'ho-none', t('handover.none'))];
    this.list.replaceChildren(el('h3', '', t('handover.earlier')), ...body);
  }

  /** @param {Draft} draft @param {string} by */
  async #hand(draft, by) {
    const items = itemsOf(draft, this.typed, this.ctx);
    const sheet = (/** @type {string} */ name) => handover(draft, { id: name, by, notes: this.notes, items }, this.ctx.t);
    const id = await this.#sign(`handover ${draft.shift.start_ms}`, by, sheet);
    if (!id || !(await this.#until(id, () => true))) return;
    Object.assign(this, { typed: new Map(), notes: '' });
    this.#keep(draft);
    this.status.say(this.ctx.t('handover.handed'));
  }

  /** @param {Whole} whole @param {string} by @param {string} notes */
  async #take(whole, by, notes) {
    if (!(await this.#sign(`takeover ${whole.id}`, by, (id) => takeover(whole, { id, by, notes })))) return;
    if (await this.#until(whole.id, ({ taken }) => taken !== '')) this.status.say(this.ctx.t('handover.took'));
  }

  /** @param {string} what @param {string} by @param {(id: string) => Record<string, unknown>} body @returns {Promise<string>} the
   * command's id when it is on the log, else '' */
  async #sign(what, by, body) {
    this.status.say(this.ctx.t('handover.sending'));
    const fate = await this.signing.sign(what, by, body);
    if (fate?.fault) this.#fault(fate.fault);
    return fate && !fate.fault ? fate.id : '';
  }

  /** @param {import('../post.mjs').Fault} fault */
  #fault(fault) {
    this.status.say(refused(fault, this.ctx), true);
  }

  /** Ask until the picture shows what was signed. @param {string} id @param {(whole: Whole) => boolean} seen @returns {Promise<boolean>} */
  async #until(id, seen) {
    for (let tried = 0; tried < TRIES; tried++) {
      const whole = await this.open(id);
      if (whole && seen(whole)) {
        await this.#refreshList();
        return true;
      }
      await new Promise((done) => setTimeout(done, WAIT_MS));
    }
    this.#fault({ key: 'unseen' });
    return false;
  }
}
