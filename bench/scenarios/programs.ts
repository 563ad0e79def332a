/** What runs in the measured terminals. Markers are put together by the shell, so that no echo of a command holds one. */

/** Says this when it is ready. */
export const READY = "READY";
/** Says this when it is done, or quiet again. */
export const DONE = "DONE";

const sh = (script: string): readonly string[] => ["sh", "-c", script];

/** Sends every byte back as it comes. */
export const ECHO = sh("stty raw -echo; printf 'REA''DY'; exec cat");
/** Writes lines of "y" as fast as it can, for ever. */
export const FLOOD = sh("exec yes");
/** Writes lines as fast as it can after each line of input; says DONE when it is interrupted. */
export const INTERRUPTIBLE_FLOOD = sh(
  "trap : INT; stty -echo; printf 'REA''DY'; while read -r _; do yes; printf 'DO''NE'; done",
);
/** Starts, says so, and waits. */
export const GREETING = sh("printf 'REA''DY'; exec cat");

/** Writes so many bytes without a line end, after a line of input. */
export const oneLongLine = (bytes: number): readonly string[] => afterInput(`head -c ${bytes} /dev/zero | tr '\\0' x`);
/** Writes the numbers up to the last, a line each, after a line of input. */
export const numberedLines = (last: number): readonly string[] => afterInput(`seq 1 ${last}`);

function afterInput(script: string): readonly string[] {
  return sh(`stty -echo; printf 'REA''DY'; read -r _; ${script}; printf 'DO''NE'; exec cat`);
}
