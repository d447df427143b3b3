// A progress line on stderr for long steps. Runs before `npm ci`: Node's own modules only.

const terminal = process.stderr.isTTY === true;

/** A log repeats the line now and then, so that a long step does not look like a hang. */
const repeatMs = terminal ? 1_000 : 60_000;

/**
 * Starts a progress line. On a terminal it counts seconds in place; elsewhere it says when it starts and how long it took.
 * @param {string} what
 */
export function progress(what) {
  const start = Date.now();
  const seconds = () => `${Math.round((Date.now() - start) / 1000)} s`;
  const show = (/** @type {string} */ text, /** @type {boolean} */ last) => {
    if (terminal) process.stderr.write(`\r\u001b[K${text}${last ? "\n" : ""}`);
    else process.stderr.write(`${text}\n`);
  };
  show(`${what} …`, false);
  const timer = setInterval(() => show(`${what} … ${seconds()}`, false), repeatMs);
  timer.unref();
  const end = (/** @type {string} */ outcome) => {
    clearInterval(timer);
    show(`${what}: ${outcome} ${seconds()}`, true);
  };
  return { done: () => end("done in"), failed: () => end("failed after") };
}
