import type { Socket } from "node:net";

/** A model may think for minutes and a person may leave an ssh session over lunch; more is a connection that nobody wants. */
const IDLE_MS = 2 * 60 * 60_000;

/** One side said that it is done: the answer to a whole request comes within this. */
const HALF_CLOSED_IDLE_MS = 10 * 60_000;

/** How long a splice may stand still. */
interface SpliceLimits {
  readonly idleMs: number;
  readonly halfClosedIdleMs: number;
}

/** Two connections to join. */
export interface SpliceOptions {
  readonly client: Socket;
  readonly upstream: Socket;
  /** Resolves when the client's bytes may flow, rejects when not; the upstream's flow at once, for it may speak first. */
  readonly admit?: () => Promise<void>;
  readonly limits?: SpliceLimits;
}

/**
 * Joins two connections until both are closed: bytes, the end of each direction by itself, and back-pressure go
 * through; a fault of one side resets the other, so that neither mistakes a broken answer for a whole one.
 * @throws what `admit` rejects with; then the upstream is reset and the client is left to the caller.
 */
export async function splice({ client, upstream, admit, limits }: SpliceOptions): Promise<void> {
  const { idleMs, halfClosedIdleMs } = limits ?? { idleMs: IDLE_MS, halfClosedIdleMs: HALF_CLOSED_IDLE_MS };
  prepare(client, idleMs, halfClosedIdleMs);
  prepare(upstream, idleMs, halfClosedIdleMs);
  upstream.setKeepAlive(true);
  const apart = new AbortController();
  const bothClosed = Promise.all([closed(client, upstream, apart.signal), closed(upstream, client, apart.signal)]);
  upstream.pipe(client);
  try {
    await admit?.();
  } catch (error) {
    apart.abort();
    upstream.unpipe(client);
    upstream.resetAndDestroy();
    throw error;
  }
  client.pipe(upstream);
  await bothClosed;
}

function prepare(side: Socket, idleMs: number, halfClosedIdleMs: number): void {
  // Otherwise Node would end a side as soon as its peer does, and a request that is sent whole would get no answer.
  side.allowHalfOpen = true;
  side.setNoDelay(true);
  side.setTimeout(idleMs, () => side.resetAndDestroy());
  side.once("end", () => side.setTimeout(halfClosedIdleMs));
  side.on("error", () => {
    // Its `close` follows, which takes the other side along.
  });
}

/** Waits for one side; when it closes in the middle, the other goes with it. */
function closed(side: Socket, other: Socket, apart: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const onClose = () => {
      const isWhole = side.readableEnded && side.writableFinished;
      if (!isWhole && !apart.aborted) other.resetAndDestroy();
      resolve();
    };
    if (side.closed) onClose();
    else side.once("close", onClose);
  });
}
