/** What the relay costs beside a bare pipe of WebSockets: round trip, throughput, CPU, memory of an idle link. */
import { fileURLToPath } from "node:url";
import { byMetric, publish } from "./measure/report.ts";
import { echoPeer, type ForwardingPeer, pipePeer, relayPeer } from "./relay/forwarding-peer.ts";
import { measureIdleLink, measureRoundTrip, measureThroughput } from "./relay/measures.ts";

const RESULTS = fileURLToPath(new URL("./results", import.meta.url));
const ROUND_TRIPS = 10_000;
const IDLE_LINKS = 2_000;
const TRANSFERS = [
  { title: "1 KB", payloadBytes: 1_024, megabytes: 200 },
  { title: "32 KB", payloadBytes: 32_768, megabytes: 800 },
];

const PEERS = [pipePeer, relayPeer, echoPeer];

/** Values of one peer by metric. */
type Values = Map<string, number>;

async function measureSpeed(peer: ForwardingPeer): Promise<Values> {
  const values: Values = new Map();
  const roundTrip = await measureRoundTrip(peer, ROUND_TRIPS);
  values.set("round trip p50 ms", roundTrip.p50);
  values.set("round trip p99 ms", roundTrip.p99);
  for (const { title, ...transfer } of TRANSFERS) {
    const { mbPerSecond, cpuMsPerMb } = await measureThroughput(peer, transfer);
    values.set(`${title} messages MB/s`, mbPerSecond);
    values.set(`${title} messages CPU ms/MB`, cpuMsPerMb);
  }
  return values;
}

// This process is measured too, so its own code is compiled before the first peer has its turn.
{
  await using peer = await pipePeer();
  await measureSpeed(peer);
}
const results = new Map<string, Values>();
for (const start of PEERS) {
  await using peer = await start();
  const values = await measureSpeed(peer);
  await using collecting = await start({ collecting: true });
  values.set("idle link KB", (await measureIdleLink(collecting, IDLE_LINKS)) / 1_024);
  results.set(peer.name, values);
}
publish({ name: "relay-forwarding", baseline: "ws pipe", ...byMetric(results) }, RESULTS);
