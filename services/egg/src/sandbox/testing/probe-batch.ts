import type { Finished, SessionOptions } from "./driver-messages.ts";

/** Between the results; no probe prints it. */
const END = "\x1e";
const FIELD = "\x1f";

/** A probe that takes longer than this, in s, hangs. */
const PROBE_SECONDS = 15;

/** Runs a script somewhere: inside a sandbox or outside. */
export type Runner = (script: string, options: SessionOptions) => Promise<Finished>;

/** How one probe ended. */
export interface ProbeResult {
  readonly code: number;
  readonly output: string;
}

/**
 * Many small scripts that run one after the other in the same place: a sandbox for each would be most of the time. They
 * run when the first result is asked for.
 */
export class ProbeBatch {
  readonly #options: SessionOptions;
  readonly #scripts: string[] = [];
  readonly #results = new Map<Runner, Promise<readonly ProbeResult[]>>();

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Gives the number of the script. */
  add(script: string): number {
    return this.#scripts.push(script) - 1;
  }

  async result(runner: Runner, index: number): Promise<ProbeResult> {
    const results = this.#results.get(runner) ?? this.#run(runner);
    this.#results.set(runner, results);
    const result = (await results)[index];
    if (result === undefined) throw new Error("the place in which the probes ran ended before this one");
    return result;
  }

  async #run(runner: Runner): Promise<readonly ProbeResult[]> {
    const lines = this.#scripts.map(
      (script) =>
        `out=$(timeout ${PROBE_SECONDS} bash -c ${quote(script)} 2>&1); printf '%s${FIELD}%s${END}' $? "$out"`,
    );
    const { output } = await runner(lines.join("\n"), this.#options);
    return output.split(END).slice(0, -1).map(parseResult);
  }
}

function parseResult(text: string): ProbeResult {
  const [code = "", output = ""] = text.split(FIELD);
  return { code: Number(code), output };
}

function quote(script: string): string {
  return `'${script.replaceAll("'", `'\\''`)}'`;
}
