import type { Socket } from "node:net";
import { MAX_CLIENT_HELLO_BYTES, type Opening, readOpening } from "./client-hello.ts";

/** A record's header in front of every byte of a ClientHello would be the most wasteful way to send one. */
const MAX_OPENING_BYTES = MAX_CLIENT_HELLO_BYTES * 2;

/** What a client sent first. "silent": nothing in time, or it ended. The bytes are back in the socket, unread. */
export type ReadOpening = Exclude<Opening, { kind: "incomplete" }> | { readonly kind: "silent" };

/**
 * Waits for the first bytes of a client until they tell what it speaks, and puts them back. The socket is paused
 * afterwards, and stays open.
 */
export function waitForOpening(socket: Socket, timeoutMs?: number): Promise<ReadOpening> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    const finish = (opening: ReadOpening) => {
      clearTimeout(timer);
      socket.off("data", onData).off("end", onEnd).off("close", onEnd);
      socket.pause();
      if (bytes.length > 0 && !socket.destroyed && !socket.readableEnded) socket.unshift(bytes);
      resolve(opening);
    };
    const onEnd = () => finish({ kind: "silent" });
    const onData = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const opening = readOpening(bytes);
      if (opening.kind !== "incomplete") finish(opening);
      else if (bytes.length > MAX_OPENING_BYTES) finish({ kind: "malformed", problem: "an endless first message" });
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(onEnd, timeoutMs);
    if (socket.destroyed || socket.readableEnded) return onEnd();
    socket.on("data", onData).on("end", onEnd).on("close", onEnd);
    socket.resume();
  });
}
