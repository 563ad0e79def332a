import { signal } from "@preact/signals";
import { systemClock } from "@wingthing/attached-session/clock";
import { parseWingId, type WingId } from "@wingthing/contracts/ids";
import { describe, expect, it } from "vitest";
import type { Machine } from "../roost/roost-api.ts";
import { createMemoryStore } from "../storage/record-store.ts";
import { WingConnection } from "./wing-connection.ts";
import { WingDirectory } from "./wing-directory.ts";

const wing = (letter: string) => parseWingId(`w${letter.repeat(20)}`);
const machine = (letter: string): Machine => ({ wingId: wing(letter), publicKey: new Uint8Array(32), seenAt: 0 });

function stage() {
  const machines = signal<readonly Machine[]>([machine("a")]);
  const onlineWings = signal<ReadonlySet<WingId>>(new Set());
  let refreshes = 0;
  const made: WingId[] = [];
  const directory = new WingDirectory({
    machines,
    onlineWings,
    refresh: () => {
      refreshes += 1;
    },
    connectTo: (wingId, statedKey) => {
      made.push(wingId);
      return new WingConnection({
        wingId,
        reachable: signal(false),
        statedKey,
        openPipe: () => Promise.reject(new Error("nobody dials an offline wing")),
        ticket: async () => "",
        secure: () => Promise.reject(new Error("nobody dials an offline wing")),
        pins: createMemoryStore(),
        clock: systemClock,
        random: (bytes) => bytes,
      });
    },
  });
  const leave = new AbortController();
  const ran = directory.run(leave.signal);
  const ids = () => directory.wings.value.map((known) => known.machine.wingId);
  return { directory, machines, onlineWings, made, refreshes: () => refreshes, leave, ran, ids };
}

describe("WingDirectory", () => {
  it("has one connection for each machine, however often the list is told", async () => {
    const { machines, made, ids, leave, ran } = stage();
    machines.value = [machine("a"), machine("b")];
    machines.value = [machine("a"), machine("b")];
    expect(ids()).toEqual([wing("a"), wing("b")]);
    expect(made).toEqual([wing("a"), wing("b")]);
    leave.abort();
    await ran;
  });

  it("lets go of a machine that is no longer listed", async () => {
    const { directory, machines, ids, leave, ran } = stage();
    machines.value = [machine("b")];
    expect(ids()).toEqual([wing("b")]);
    expect(directory.find(wing("a"))).toBeUndefined();
    leave.abort();
    await ran;
  });

  it("asks for the machines again when a wing comes online that is not among them", async () => {
    const { onlineWings, refreshes, leave, ran } = stage();
    onlineWings.value = new Set([wing("a")]);
    expect(refreshes()).toBe(0);
    onlineWings.value = new Set([wing("a"), wing("z")]);
    expect(refreshes()).toBe(1);
    leave.abort();
    await ran;
  });
});
