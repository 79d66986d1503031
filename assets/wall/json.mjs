/** JSON from the server, for what the wall can do without. */

/** @param {string} url @returns {Promise<any>} null when it cannot be had: the wall then shows less, and works */
export async function fetchJson(url) {
  try {
    const answer = await fetch(url);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
