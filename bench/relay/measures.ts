import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { type Spread, spreadOf } from "../measure/percentiles.ts";
import type { ForwardingPeer, PathEnd } from "./forwarding-peer.ts";

/** Before these are gone, the compiler of the engine is measured. */
const WARM_UP_ROUND_TRIPS = 2_000;
/** In flight at once, as a tunnel's credit has it. */
const WINDOW_BYTES = 1024 * 1024;
/** A keystroke, sealed. */
const KEYSTROKE_BYTES = 64;
/** Several rounds of the collector. */
const COLLECTED_AFTER_MS = 1_500;
const MIB = 1024 * 1024;

/** Sends a keystroke's size there and back, one at a time; milliseconds. */
export async function measureRoundTrip(peer: ForwardingPeer, count: number): Promise<Spread> {
  const [near, far] = await peer.connect();
  const message = near.wrap(new Uint8Array(KEYSTROKE_BYTES));
  const answer = far.wrap(new Uint8Array(KEYSTROKE_BYTES));
  if (far !== near) far.webSocket.on("message", () => far.webSocket.send(answer));
  const samples: number[] = [];
  for (let trip = 0; trip < WARM_UP_ROUND_TRIPS + count; trip++) {
    const sentAt = performance.now();
    const back = once(near.webSocket, "message");
    near.webSocket.send(message);
    await back;
    if (trip >= WARM_UP_ROUND_TRIPS) samples.push(performance.now() - sentAt);
  }
  closeBoth([near, far]);
  return spreadOf(samples);
}

/** What a transfer reached. */
export interface Throughput {
  readonly mbPerSecond: number;
  /** CPU time of the server for each MB. */
  readonly cpuMsPerMb: number;
}

/** Sends so many MB in messages of one size from the far end to the near one, a window in flight. */
export async function measureThroughput(
  peer: ForwardingPeer,
  { payloadBytes, megabytes }: { payloadBytes: number; megabytes: number },
): Promise<Throughput> {
  const [near, far] = await peer.connect();
  await transfer([near, far], payloadBytes, Math.ceil(megabytes / 4));
  const cpuBefore = peer.usage().cpuMs;
  const startedAt = performance.now();
  await transfer([near, far], payloadBytes, megabytes);
  const elapsedMs = performance.now() - startedAt;
  const cpuMs = peer.usage().cpuMs - cpuBefore;
  closeBoth([near, far]);
  return { mbPerSecond: megabytes / (elapsedMs / 1_000), cpuMsPerMb: cpuMs / megabytes };
}

function transfer([near, far]: readonly [PathEnd, PathEnd], payloadBytes: number, megabytes: number): Promise<void> {
  const message = far.wrap(new Uint8Array(payloadBytes));
  const total = Math.ceil((megabytes * MIB) / payloadBytes);
  const window = Math.max(1, Math.floor(WINDOW_BYTES / payloadBytes));
  let sent = 0;
  let received = 0;
  const fill = () => {
    while (sent < total && sent - received < window) {
      far.webSocket.send(message);
      sent++;
    }
  };
  return new Promise((resolve) => {
    const onMessage = () => {
      received++;
      if (received < total) {
        fill();
        return;
      }
      near.webSocket.off("message", onMessage);
      resolve();
    };
    near.webSocket.on("message", onMessage);
    fill();
  });
}

/** Resident bytes for each link that does nothing, of a server that collects often. */
export async function measureIdleLink(peer: ForwardingPeer, links: number): Promise<number> {
  // The first links load code and grow the heap.
  const first = await connectMany(peer, Math.ceil(links / 10));
  await delay(COLLECTED_AFTER_MS);
  const before = peer.usage().residentBytes;
  const rest = await connectMany(peer, links);
  await delay(COLLECTED_AFTER_MS);
  const after = peer.usage().residentBytes;
  for (const webSocket of [...first, ...rest]) webSocket.terminate();
  return (after - before) / links;
}

async function connectMany(peer: ForwardingPeer, count: number) {
  const webSockets = [];
  for (let link = 0; link < count; link++) webSockets.push(await peer.connectIdle());
  return webSockets;
}

function closeBoth(ends: readonly PathEnd[]): void {
  for (const { webSocket } of ends) webSocket.terminate();
}
