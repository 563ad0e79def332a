import type { PtyExit } from "../pty/pty.ts";
import type { Launch } from "../sandbox/launch.ts";

/** Tiny programs that every PTY can run in tests. */
export type PtyProgram =
  /** Gives every byte back, raw, until it is killed. */
  | { readonly kind: "echo" }
  /** Prints the numbers from 1, one a line, raw, and ends. */
  | { readonly kind: "counts"; readonly to: number; readonly exit: PtyExit }
  /** Says "ready" and never reads. */
  | { readonly kind: "never-reads" }
  /** Prints its grid as "80x24" and a newline, at first and after each change. */
  | { readonly kind: "prints-its-size" };

/** What `counts` prints. */
export function countText(to: number): string {
  return Array.from({ length: to }, (_, index) => `${index + 1}\n`).join("");
}

const LEAVE = (exit: PtyExit) => ("code" in exit ? `exit ${exit.code}` : `kill -${exit.signal.slice(3)} $$`);

function scriptOf(program: PtyProgram): string {
  switch (program.kind) {
    case "echo":
      return "stty raw -echo; echo ready; exec cat";
    case "counts":
      return `stty raw; seq 1 ${program.to}; ${LEAVE(program.exit)}`;
    case "never-reads":
      return "stty raw -echo; echo ready; exec sleep 600";
    case "prints-its-size":
      // The wait ends on the signal, so the answer is at once.
      return `size() { set -- $(stty size); echo "$2x$1"; }; trap size WINCH; size; while :; do sleep 600 & wait; done`;
  }
}

/** The environment of test programs: a plain path and a terminal. */
export const TEST_ENV: Readonly<Record<string, string>> = {
  PATH: "/usr/local/bin:/usr/bin:/bin",
  TERM: "xterm-256color",
};

/** A launch of a shell script, without a sandbox. */
export function launchScript(script: string, cwd = "/"): Launch {
  return { argv: ["/bin/sh", "-c", script], env: TEST_ENV, cwd, descriptors: [] };
}

/** A launch of a test program, without a sandbox. */
export const launchProgram = (program: PtyProgram): Launch => launchScript(scriptOf(program));
