/**
 * Glass time: from the moment the log took a record to the moment a frame that shows it has been drawn. Keeps the
 * newest samples and their percentiles; measures nothing by itself.
 */

const KEEP = 8192;

/** A collector of glass times. */
export function glass() {
  const samples = new Float64Array(KEEP);
  let n = 0;
  return {
    /**
     * @param {number|null} appended  UTC ms when the log took the oldest record of the frame; null: it carried none
     * @param {number} drawn  UTC ms, same clock
     */
    add(appended, drawn) {
      if (appended !== null) samples[n++ % KEEP] = drawn - appended;
    },
    /** Forget every sample: what follows is measured afresh. */
    reset() {
      n = 0;
    },
    /** Milliseconds; p50 and p99 are null while there is no sample. */
    summary() {
      const sorted = samples.slice(0, Math.min(n, KEEP)).sort();
      const at = (/** @type {number} */ q) => (sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] : null);
      return { p50: at(0.5), p99: at(0.99), n };
    },
  };
}
