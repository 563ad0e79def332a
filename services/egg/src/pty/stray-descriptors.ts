import { closeSync, readdirSync, readFileSync } from "node:fs";

/** O_CLOEXEC as /proc shows it, in octal 02000000. */
const CLOSE_ON_EXEC = 0o2000000;

/** The highest of the three descriptors that every program has. */
const LAST_STANDARD_DESCRIPTOR = 2;

function isInherited(descriptor: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "latin1"))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    // The descriptor of the listing itself: closed by now.
    return false;
  }
}

/**
 * Descriptors above 2 that a child of this process would inherit. Node opens all of its own close-on-exec, so these
 * came from whoever started this process, or from native code.
 */
export function strayDescriptors(): readonly number[] {
  return readdirSync("/proc/self/fd")
    .map(Number)
    .filter((descriptor) => descriptor > LAST_STANDARD_DESCRIPTOR && isInherited(descriptor));
}

/** Closes what was inherited, before anything else is opened: an inherited folder would be a way out of every sandbox. */
export function closeStrayDescriptors(): void {
  for (const descriptor of strayDescriptors()) closeSync(descriptor);
}
