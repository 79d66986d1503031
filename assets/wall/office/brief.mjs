/**
 * The page of briefs: issues one for the days picked, asks before it corrects one, and says what came of it.
 */

import { say, slot } from './dom.mjs';

/** @param {boolean} correct @returns {Promise<{status: number, error?: {key: string, reason: string}}>} */
async function issue(correct) {
  const picked = new FormData(/** @type {HTMLFormElement} */ (document.querySelector('form')));
  const body = JSON.stringify({ first: picked.get('from'), last: picked.get('to'), correct });
  const answer = await fetch('/api/briefs', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  return { status: answer.status, ...(await answer.json()) };
}

async function pressed() {
  const button = /** @type {HTMLButtonElement} */ (slot('issue')), said = /** @type {HTMLElement} */ (slot('said'));
  if (!(/** @type {HTMLFormElement} */ (document.querySelector('form')).reportValidity())) return;
  button.disabled = true;
  said.textContent = say('brief.issuing');
  let answer = await issue(false);
  if (answer.error?.key === 'taken' && confirm(say('brief.correct.ask'))) answer = await issue(true);
  button.disabled = false;
  if (answer.status === 201) location.reload();
  else said.textContent = answer.error?.key === 'taken' ? say('brief.no.taken') : say('brief.no.other', answer.error?.reason ?? '');
}

slot('issue')?.addEventListener('click', pressed);
