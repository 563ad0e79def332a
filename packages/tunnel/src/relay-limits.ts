/** One relay frame, as relay.proto says. */
export const MAX_RELAY_FRAME_BYTES = 66_560;

/** Connecting and the relay's welcome together; slower than this and a person should be told. */
export const LINK_TIMEOUT_MS = 10_000;

/** From Open to Opened; a wing answers within a round trip. */
export const OPEN_TIMEOUT_MS = 10_000;

/** Bytes in the socket beyond which pipes wait for their turn, so that a small message overtakes a big transfer. */
export const SOCKET_HIGH_WATER_BYTES = 512 * 1024;

/** How often a full socket is looked at: WebSockets do not say when they have drained. Bounds a link to 128 MB/s. */
export const DRAIN_POLL_MS = 4;

/** Bytes that wait for their turn in one pipe; twice what a tunnel lets pile up before it gives up. */
export const MAX_PIPE_BACKLOG_BYTES = 8 * 1024 * 1024;

/** Messages of a channel that wait for a reader; a handshake needs one. */
export const MAX_HELD_MESSAGES = 64;

/** Channels that wait for the wing to take them; the relay allows no more on a link. */
export const MAX_WAITING_CHANNELS = 256;

/** Wings whose presence is remembered; the relay remembers as many. */
export const MAX_KNOWN_WINGS = 10_000;
