import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ACCOUNTS, NO_SANDBOX } from "./accounts.ts";
import type { SessionOptions } from "./driver-messages.ts";
import { ProbeBatch, type Runner } from "./probe-batch.ts";
import { SandboxWorld } from "./sandbox-world.ts";

/** Node, a bubblewrap and a repository are started; on a busy host that takes seconds. */
const WORLD_TIMEOUT_MS = 60_000;

/** The first test waits for all the probes of its batch. */
const BATCH_TIMEOUT_MS = 60_000;

/** Where a probe can be seen to succeed without a sandbox. */
export type Control =
  /** Every account. */
  | "everyone"
  /** Only root may, so that an ordinary account has no control. */
  | "root";

/** The tests of one account. */
export interface Suite {
  readonly isRoot: boolean;
  /** The account's world, from the first test on. */
  readonly world: () => SandboxWorld;
  /** A way out: the script must end with 0 outside and must not inside. */
  readonly probe: (name: string, script: string, options?: SessionOptions & { readonly control?: Control }) => void;
  /** Ordinary work: the script must end with 0 inside. */
  readonly works: (name: string, script: string) => void;
}

/** Runs the same tests as every account of this host. */
export function probeSuite(title: string, define: (suite: Suite) => void): void {
  describe.skipIf(NO_SANDBOX !== undefined).each(ACCOUNTS)(`${title} as $name`, ({ isRoot, account }) => {
    let opened: SandboxWorld | undefined;
    beforeAll(async () => {
      opened = await SandboxWorld.open(account);
    }, WORLD_TIMEOUT_MS);
    afterAll(async () => {
      await opened?.[Symbol.asyncDispose]();
    });
    const world = () => opened!;
    const inside: Runner = (script, options) => world().inside(script, options);
    const outside: Runner = (script, options) => world().outside(script, options);
    const batches = new Map<string, ProbeBatch>();
    const batchFor = (control: string, options: SessionOptions) => {
      const key = JSON.stringify([control, options]);
      const batch = batches.get(key) ?? new ProbeBatch(options);
      batches.set(key, batch);
      return batch;
    };
    define({
      isRoot,
      world,
      probe(name, script, { control = "everyone", ...options } = {}) {
        const batch = batchFor(control, options);
        const index = batch.add(script);
        test(name, { timeout: BATCH_TIMEOUT_MS }, async () => {
          // Inside first: a control that changes something must not have changed it already.
          const caught = await batch.result(inside, index);
          expect(caught.code, `inside: ${caught.output}`).not.toBe(0);
          if (control === "root" && !isRoot) return;
          const free = await batch.result(outside, index);
          expect(free.code, `control: ${free.output}`).toBe(0);
        });
      },
      works(name, script) {
        const batch = batchFor("works", {});
        const index = batch.add(script);
        test(name, { timeout: BATCH_TIMEOUT_MS }, async () => {
          const { code, output } = await batch.result(inside, index);
          expect(code, output).toBe(0);
        });
      },
    });
  });
}
