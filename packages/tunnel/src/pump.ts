import type { MuxStream } from "./mux-stream.ts";

/** Sends what the source yields, as fast as the stream takes it, until either ends; rejects with the source's error. */
export async function pump(source: AsyncIterable<Uint8Array>, stream: MuxStream): Promise<void> {
  for await (const chunk of source) {
    if (stream.writingEnded) return;
    const wait = stream.write(chunk);
    if (wait !== undefined) await wait;
  }
}
