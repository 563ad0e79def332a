/** One RPC message either way; bigger things are streamed in pieces. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** Calls that may run at once: every view of a person with many sessions, several times over. */
export const MAX_STREAMS = 128;

/** Path and headers of a call, or its trailers: names, values and HEADER_OVERHEAD_BYTES for each. */
export const MAX_HEADER_BYTES = 16 * 1024;

/** What a header counts beyond its characters, as in HTTP/2, so that many empty ones count too. */
export const HEADER_OVERHEAD_BYTES = 32;

/** Data of a stream that was sent and not consumed: enough for 80 MB/s at 3 ms, little enough to be forgotten. */
export const STREAM_WINDOW_BYTES = 256 * 1024;

/** The same of a whole channel; what any relay can be made to hold for it. */
export const CHANNEL_WINDOW_BYTES = 1024 * 1024;

/**
 * What every stream may have in flight, whatever the others do. It is also when consumed bytes are credited at once,
 * so that a stream that is down to this much never waits for credit that nobody sends.
 */
export const STREAM_SHARE_BYTES = 2 * 1024;

/** Consumed bytes of all streams that may wait for the next batch to carry their credit. */
export const MAX_UNSENT_CREDIT_BYTES = 64 * 1024;

/** What streams share beyond their own STREAM_SHARE_BYTES: the rest of the channel's window. */
export const POOL_BYTES = CHANNEL_WINDOW_BYTES - MAX_STREAMS * STREAM_SHARE_BYTES - MAX_UNSENT_CREDIT_BYTES;

/** Ended streams whose data the other end has not credited; an honest one has a few. */
export const MAX_LINGERING_STREAMS = 1024;

/** Pieces of a stream that wait to be read; more are joined, because each costs more than its bytes. */
export const MAX_QUEUED_CHUNKS = 256;

/** Bytes of a stream that wait to be sent before its writer has to wait; one record's worth. */
export const OUTBOX_BYTES = 64 * 1024;

/** Unsent bytes after which the other end is given up: it takes nothing, and still asks for more. */
export const MAX_BACKLOG_BYTES = 4 * 1024 * 1024;

/** Silence after which the other end is asked whether it lives; short enough that a person sees it soon. */
export const PING_INTERVAL_MS = 10_000;

/** Silent intervals in a row after which it is given up: 30 s, and counted so that a suspended timer counts once. */
export const MAX_SILENT_INTERVALS = 3;

/** Pings of the application that may be outstanding. */
export const MAX_PENDING_PINGS = 16;

/** Characters of a goodbye. */
export const MAX_REASON_LENGTH = 256;
