import type { MessagePipe } from "./message-pipe.ts";

/** Two ends of one pipe inside this process; what one end sends, the other receives in a later microtask. */
export function createMessagePipePair(): [MessagePipe, MessagePipe] {
  throw new Error("not built yet");
}
