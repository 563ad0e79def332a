import { createRequire } from "node:module";
import type { Grid } from "./pty.ts";

/** The two ends of a fresh pseudo terminal. Neither descriptor is close-on-exec. */
export interface OpenedPty {
  readonly master: number;
  readonly slave: number;
  /** Path of the slave. */
  readonly pty: string;
}

interface NativePty {
  open(columns: number, rows: number): OpenedPty;
  resize(master: number, columns: number, rows: number): void;
}

/** There is no prebuilt native part for this machine, or it is broken. */
export class NativePtyError extends Error {
  override readonly name = "NativePtyError";

  constructor(found: string, options?: ErrorOptions) {
    super(
      `The native part of node-pty for ${process.platform}-${process.arch} cannot be used: ${found}. ` +
        "Install again without --omit=optional, on the machine that runs it.",
      options,
    );
  }
}

let loaded: NativePty | undefined;

function parseNativePty(module: unknown): NativePty {
  const candidate = module as Partial<NativePty> | null;
  if (typeof candidate?.open !== "function" || typeof candidate.resize !== "function") {
    throw new NativePtyError("it has no open and resize");
  }
  return candidate as NativePty;
}

function nativePty(): NativePty {
  if (loaded) return loaded;
  const packageName = `@lydell/node-pty-${process.platform}-${process.arch}/pty.node`;
  try {
    // The native package is a dependency of node-pty, so it is looked up from there.
    const fromNodePty = createRequire(createRequire(import.meta.url).resolve("node-pty"));
    loaded = parseNativePty(fromNodePty(packageName));
  } catch (error) {
    if (error instanceof NativePtyError) throw error;
    throw new NativePtyError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  return loaded;
}

/** Opens a pseudo terminal of this size. */
export function openNativePty(grid: Grid): OpenedPty {
  return nativePty().open(grid.columns, grid.rows);
}

/** Sets the size of an open terminal. */
export function resizeNativePty(master: number, grid: Grid): void {
  nativePty().resize(master, grid.columns, grid.rows);
}
