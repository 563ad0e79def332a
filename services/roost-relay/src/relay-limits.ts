/** Every bound of the relay. Tests make them small; production takes DEFAULT_RELAY_LIMITS. */
export interface RelayLimits {
  /** Sockets of one process, with and without a Hello. */
  readonly maxLinks: number;
  /** Sockets that have not been admitted yet. */
  readonly maxGreetings: number;
  /** Links of one person: tabs, phones and wings together. */
  readonly maxLinksPerSubject: number;
  /** Channels of one browser's link. */
  readonly maxChannelsPerLink: number;
  /** Channels of one wing's link. */
  readonly maxChannelsPerWing: number;
  /** Channels of one wing that one person may hold. */
  readonly maxChannelsPerWingAndSubject: number;
  /** Opens that one person may do at once. */
  readonly openBurst: number;
  /** Opens that one person may do each second in the long run. */
  readonly opensPerSecond: number;
  /** Wait for a link's Hello. */
  readonly helloTimeoutMs: number;
  /** Wait for the verdict on a token. */
  readonly verifyTimeoutMs: number;
  /** Bytes of one frame, as relay.proto says. */
  readonly maxFrameBytes: number;
  /** Bytes of one Data payload, as relay.proto says. */
  readonly maxPayloadBytes: number;
  /** Bytes a browser may send on a channel before its Opened. */
  readonly maxEarlyBytes: number;
  /** Bytes of one channel that wait for one browser. */
  readonly maxChannelBacklogBytes: number;
  /** Bytes that wait for one socket. */
  readonly maxSocketBacklogBytes: number;
  /** Bytes that wait for all sockets. */
  readonly maxProcessBacklogBytes: number;
  /** Bytes that wait for a wing when its senders are held. */
  readonly holdSendersAtBytes: number;
  /** How long a wing may hold its senders. */
  readonly maxHoldMs: number;
  /** Between two pings of a link. */
  readonly pingIntervalMs: number;
  /** Pings in a row without any sign of life. */
  readonly maxSilentPings: number;
  /** From our close frame to the end of the socket. */
  readonly closeTimeoutMs: number;
  /** Age at which a link is asked to connect again with a fresh token. */
  readonly maxLinkAgeMs: number;
  /** From that request to the end of the link. */
  readonly retireMs: number;
  /** Over which a drain spreads the return of its links. */
  readonly drainSpreadMs: number;
  /** From the start of a drain to the end of its last link. */
  readonly drainMs: number;
  /** Wings that are known to exist though they are offline. */
  readonly maxRememberedWings: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * A tunnel has at most 1 MiB in flight on a channel. Node counts a batch of writes until its last byte has left, so up
 * to the same again is counted that the browser has already read; the rest is framing.
 */
const HONEST_CHANNEL_BYTES = 2 * MIB + 256 * KIB;

/** What a relay of one or two cores and half a GB carries. */
export const DEFAULT_RELAY_LIMITS: RelayLimits = {
  // About 10 KB each when idle: 100 MB.
  maxLinks: 10_000,
  // Nobody has vouched for them; at 5 s each this still admits 100 links a second.
  maxGreetings: 512,
  // A few devices with a few dozen tabs.
  maxLinksPerSubject: 128,
  // One tab has one channel a wing and opens a second while it changes over.
  maxChannelsPerLink: 64,
  // Each costs the wing a handshake and a multiplexer.
  maxChannelsPerWing: 256,
  // One member of an org cannot lock the others out of a shared wing.
  maxChannelsPerWingAndSubject: 64,
  // A reload of every tab at once.
  openBurst: 64,
  // A handshake costs the wing about a millisecond.
  opensPerSecond: 16,
  // Stated in relay.proto.
  helloTimeoutMs: 5_000,
  // A first fetch of the published keys included.
  verifyTimeoutMs: 5_000,
  maxFrameBytes: 66_560,
  maxPayloadBytes: 65_535,
  // The first handshake message (1.3 KB) and a second record.
  maxEarlyBytes: 66_560,
  maxChannelBacklogBytes: HONEST_CHANNEL_BYTES,
  // Seven honest wings that flood one phone.
  maxSocketBacklogBytes: 16 * MIB,
  // Half of the memory of a small replica.
  maxProcessBacklogBytes: 256 * MIB,
  // One honest sender is never held.
  holdSendersAtBytes: HONEST_CHANNEL_BYTES,
  // 2.25 MiB at 1 Mbit/s take 19 s.
  maxHoldMs: 30_000,
  // 5 s × 3: a dead socket is found after 15 to 20 s.
  pingIntervalMs: 5_000,
  maxSilentPings: 3,
  // Presence is right within 2 s even when the other end never closes its half.
  closeTimeoutMs: 1_000,
  // Someone who left an org keeps a link to its wings at most this long (the wing itself asks for a fresh ticket).
  maxLinkAgeMs: 12 * 60 * 60 * 1_000,
  // Open transfers may finish.
  retireMs: 60_000,
  // 10,000 links: 2,000 a second for the other replicas.
  drainSpreadMs: 5_000,
  // Kubernetes kills after 30 s.
  drainMs: 20_000,
  // About 200 bytes each.
  maxRememberedWings: 10_000,
};
