import { computed, signal } from "@preact/signals";
import { systemClock } from "@wingthing/attached-session/clock";
import { RelaySession } from "../roost/relay-session.ts";
import type { Machine, RoostApi } from "../roost/roost-api.ts";
import { RoostDirectory } from "../roost/roost-directory.ts";
import { Router } from "../routing/router.ts";
import { SessionMemory } from "../session/session-memory.ts";
import { createMemoryStore } from "../storage/record-store.ts";
import { ToastStore } from "../ui/toast-store.ts";
import { secureWingChannel } from "../wing/secure-wing-channel.ts";
import { WingConnection } from "../wing/wing-connection.ts";
import { WingDirectory } from "../wing/wing-directory.ts";
import type { InMemoryWing } from "./in-memory-wing.ts";

const random = (out: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(out);

/** A client as the page builds it, with one wing in memory in place of roost and relay. */
export async function inMemoryClient(wing: InMemoryWing, leaving: AbortSignal) {
  const machine: Machine = { wingId: wing.wingId, publicKey: wing.keyPair.publicKey, seenAt: 0 };
  const api: RoostApi = {
    account: async () => ({ displayName: "eb", email: "", local: true, version: "1" }),
    machines: async () => [{ ...machine }],
    relayToken: async () => "",
    channelTicket: wing.ticket,
  };
  const directory = new RoostDirectory(api, systemClock, random);
  const relay = new RelaySession({
    connect: async () => ({
      linkId: "ltest",
      openChannel: wing.openPipe,
      onPresence: (tell) => tell(wing.wingId, true),
      presenceReady: Promise.resolve(),
      onDrain: () => {},
      onClose: () => {},
      close: () => {},
    }),
    clock: systemClock,
    random,
  });
  const machines = computed(() => (directory.state.value.kind === "ready" ? directory.state.value.machines : []));
  const wings = new WingDirectory({
    machines,
    onlineWings: relay.onlineWings,
    refresh: () => directory.refresh(),
    connectTo: (wingId, statedKey) =>
      new WingConnection({
        wingId,
        reachable: computed(() => relay.onlineWings.value.has(wingId)),
        statedKey,
        openPipe: (id) => relay.openPipe(id),
        ticket: api.channelTicket,
        secure: secureWingChannel,
        pins: createMemoryStore(),
        clock: systemClock,
        random,
      }),
  });
  directory.run(leaving);
  // The relay's link never ends by itself here.
  relay.run(leaving);
  wings.run(leaving);
  const window = {
    location: { pathname: "/", hash: "" },
    history: { pushState: () => {} },
    addEventListener: () => {},
  };
  return {
    directory,
    relay,
    wings,
    memory: await SessionMemory.load(createMemoryStore()),
    router: new Router(window),
    toasts: new ToastStore(),
    clock: systemClock,
    random,
    now: signal(Date.now()),
  };
}
