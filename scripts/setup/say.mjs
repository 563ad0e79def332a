/** One voice for all scripts: what is being done, how long it took, what is missing. */

const colour = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
const paint = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);

/** A line about what happens now. */
export function say(text) {
  console.log(`${paint(36, "•")} ${text}`);
}

/** A line about what is wrong and what to do; the script ends with exit code 1. */
export function stopWith(text) {
  console.error(`${paint(31, "✗")} ${text}`);
  process.exit(1);
}

/** Runs one step and says how long it took; returns what the step returns. */
export async function step(title, run) {
  const started = performance.now();
  say(`${title} …`);
  const result = await run();
  console.log(`  ${paint(32, "✓")} ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return result;
}
