import { Code, ConnectError } from "@connectrpc/connect";
import { ManualClock } from "@wingthing/attached-session/testing/manual-clock";
import { parseWingId } from "@wingthing/contracts/ids";
import { describe, expect, it } from "vitest";
import type { Machine, RoostApi } from "./roost-api.ts";
import { RoostDirectory } from "./roost-directory.ts";

const random = (out: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(out);
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
const account = { displayName: "eb", email: "", local: true, version: "1" };
const machine: Machine = { wingId: parseWingId(`w${"a".repeat(20)}`), publicKey: new Uint8Array(32), seenAt: 0 };

function stage(machines: readonly Machine[] = [], failWith?: ConnectError) {
  const clock = new ManualClock();
  const answer = async <T>(value: () => T): Promise<T> => {
    if (failWith !== undefined) throw failWith;
    return value();
  };
  const api: RoostApi = {
    account: () => answer(() => account),
    machines: () => answer(() => machines),
    relayToken: async () => "",
    channelTicket: async () => "",
  };
  const directory = new RoostDirectory(api, clock, random);
  const leave = new AbortController();
  const ran = directory.run(leave.signal);
  const set = (listed: readonly Machine[], error?: ConnectError) => {
    machines = listed;
    failWith = error;
  };
  return { clock, directory, set, leave, ran };
}

describe("RoostDirectory", () => {
  it("tells the account and its machines, and again when asked to", async () => {
    const { directory, set } = stage();
    await settle();
    expect(directory.state.value).toEqual({ kind: "ready", account, machines: [] });
    set([machine]);
    directory.refresh();
    await settle();
    expect(directory.state.value).toEqual({ kind: "ready", account, machines: [machine] });
  });

  it.each([
    [Code.Unavailable, "unreachable"],
    [Code.Unauthenticated, "signed-out"],
    [Code.PermissionDenied, "signed-out"],
  ])("after code %i is %s, and recovers by itself", async (code, kind) => {
    const { clock, directory, set } = stage([], new ConnectError("no", code));
    await settle();
    expect(directory.state.value).toEqual({ kind, reason: "no" });
    set([machine]);
    clock.advance(clock.waits[0] ?? 0);
    await settle();
    expect(directory.state.value.kind).toBe("ready");
  });

  it("takes nothing off the screen when the roost is away for a moment", async () => {
    const { directory, set } = stage([machine]);
    await settle();
    set([], new ConnectError("away", Code.Unavailable));
    directory.refresh();
    await settle();
    expect(directory.state.value).toMatchObject({ kind: "ready", machines: [machine] });
  });

  it("stops when the page is left", async () => {
    const { clock, leave, ran } = stage();
    await settle();
    leave.abort();
    await ran;
    expect(clock.waits).toEqual([]);
  });
});
