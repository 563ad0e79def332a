import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { type Clock, systemClock } from "@wingthing/attached-session/clock";
import type { RandomSource, WingId } from "@wingthing/contracts/ids";
import { RelaySession } from "./roost/relay-session.ts";
import { relayUrl } from "./roost/relay-url.ts";
import { createRoostApi } from "./roost/roost-api.ts";
import { RoostDirectory } from "./roost/roost-directory.ts";
import { Router } from "./routing/router.ts";
import type { LastChoice } from "./session/last-choice.ts";
import { SessionMemory } from "./session/session-memory.ts";
import type { RecordStore } from "./storage/record-store.ts";
import { openStores } from "./storage/stores.ts";
import { followLook } from "./terminal/follow-look.ts";
import type { TerminalLook } from "./terminal/terminal-surface.ts";
import { ToastStore } from "./ui/toast-store.ts";
import { WingConnection } from "./wing/wing-connection.ts";
import { WingDirectory } from "./wing/wing-directory.ts";

/** How often ages and "idle" are looked at again, in ms: words change by the minute, a person sees no delay. */
const TICK_MS = 5_000;

/** What lies over the page. */
type Overlay =
  | { readonly kind: "none" }
  | { readonly kind: "palette" }
  | { readonly kind: "new-session"; readonly wingId: WingId | undefined };

/** Everything that the screens share. */
export interface Client {
  readonly directory: RoostDirectory;
  readonly relay: RelaySession;
  readonly wings: WingDirectory;
  readonly memory: SessionMemory;
  readonly choices: RecordStore<LastChoice>;
  readonly router: Router;
  readonly toasts: ToastStore;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly now: ReadonlySignal<number>;
  readonly look: ReadonlySignal<TerminalLook>;
  readonly overlay: { value: Overlay };
}

const random: RandomSource = (bytes) => crypto.getRandomValues(bytes);

/** Builds the client of this page and lets it run until the page goes away. */
export async function startClient(leaving: AbortSignal): Promise<Client> {
  const stores = await openStores(globalThis.indexedDB);
  const api = createRoostApi(location.origin);
  const directory = new RoostDirectory(api, systemClock, random);
  const relay = new RelaySession({
    connect: async (until) => {
      const { connectRelay } = await import("./roost/connect-relay.ts");
      return connectRelay(relayUrl(location.href), api.relayToken, until);
    },
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
        openPipe: (wing) => relay.openPipe(wing),
        ticket: api.channelTicket,
        secure: async (options) => (await import("./wing/secure-wing-channel.ts")).secureWingChannel(options),
        pins: stores.pins,
        clock: systemClock,
        random,
      }),
  });
  const toasts = new ToastStore();
  if (!stores.lasting) {
    toasts.show("This browser keeps no data for this page: wings have to be compared anew at every visit.", "error");
  }
  const client: Client = {
    directory,
    relay,
    wings,
    memory: await SessionMemory.load(stores.sessionWings),
    choices: stores.choices,
    router: new Router(window),
    toasts,
    clock: systemClock,
    random,
    now: tick(),
    look: followLook(window),
    overlay: signal<Overlay>({ kind: "none" }),
  };
  run(client, leaving);
  return client;
}

function run(client: Client, leaving: AbortSignal): void {
  client.directory.run(leaving);
  client.relay.run(leaving);
  client.wings.run(leaving);
  // A link that stands again may have missed a wing that was set up meanwhile.
  effect(() => {
    if (client.relay.state.value.kind === "online") client.directory.refresh();
  });
  const lookAgain = () => {
    client.relay.retryNow();
    for (const { connection } of client.wings.wings.peek()) connection.probe();
  };
  window.addEventListener("online", lookAgain, { signal: leaving });
  document.addEventListener("visibilitychange", () => document.hidden || lookAgain(), { signal: leaving });
}

function tick(): ReadonlySignal<number> {
  const now = signal(Date.now());
  setInterval(() => {
    if (!document.hidden) now.value = Date.now();
  }, TICK_MS);
  return now;
}
