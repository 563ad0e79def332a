import { probeHost } from "../host/probe.ts";
import type { Account } from "./driver-messages.ts";

/** An account without a name, a home or any group of the host's. */
const ORDINARY: Account = { uid: 54_321, gid: 54_321 };

/** The accounts that the escape suites run as: the one that runs the tests, and an ordinary one beside root. */
export const ACCOUNTS: readonly { readonly name: string; readonly isRoot: boolean; readonly account?: Account }[] =
  process.geteuid?.() === 0
    ? [
        { name: "root", isRoot: true },
        { name: "an ordinary account", isRoot: false, account: ORDINARY },
      ]
    : [{ name: "this account", isRoot: false }];

/** Why no sandbox can be built here; undefined where one can. The suites are then skipped, and say this. */
export const NO_SANDBOX: string | undefined = await probeHost().then(
  () => undefined,
  (error: Error) => error.message,
);
if (NO_SANDBOX !== undefined) console.warn(`skipped: ${NO_SANDBOX}`);
