import { type Spread, spreadOf } from "../measure/percentiles.ts";
import type { PeerSession, TerminalPeer } from "../peers/terminal-peer.ts";
import { OutputWatch } from "./output-watch.ts";
import { ECHO, FLOOD, READY } from "./programs.ts";

/** Bytes that no escape sequence of a terminal holds, one after the other, so that an old one is not taken for the new. */
const KEYS = [..."#%&=^_{}|~"];
/** Before these are gone, compilers and caches are measured. */
const WARM_UP_KEYS = 200;

/** Types one key at a time and waits for each to come back; milliseconds. */
export async function measureEcho(peer: TerminalPeer, keys: number): Promise<Spread> {
  const session = await peer.open(ECHO);
  const watch = new OutputWatch(session);
  await watch.until(READY);
  const samples: number[] = [];
  for (let index = 0; index < WARM_UP_KEYS + keys; index++) {
    const ms = await oneKey({ session, watch }, KEYS[index % KEYS.length] ?? "#");
    if (index >= WARM_UP_KEYS) samples.push(ms);
  }
  await session.close();
  return spreadOf(samples);
}

/** The same while another session of the peer floods its own viewer. */
export async function measureEchoUnderFlood(peer: TerminalPeer, keys: number): Promise<Spread> {
  const flood = await peer.open(FLOOD);
  await new OutputWatch(flood).until("y");
  const spread = await measureEcho(peer, keys);
  await flood.close();
  return spread;
}

async function oneKey({ session, watch }: { session: PeerSession; watch: OutputWatch }, key: string): Promise<number> {
  const back = watch.until(key);
  const sentAt = performance.now();
  session.write(Buffer.from(key));
  await back;
  return performance.now() - sentAt;
}
