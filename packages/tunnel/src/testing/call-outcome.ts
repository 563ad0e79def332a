import { Code, ConnectError } from "@connectrpc/connect";

/** The name of the code that a call fails with; a text that holds "no ConnectError" when it does not fail so. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof ConnectError ? Code[error.code] : `no ConnectError but ${String(error)}`;
}

/** Lengths of all messages of a stream. */
export async function lengthsOf(messages: AsyncIterable<{ readonly value: Uint8Array }>): Promise<number[]> {
  const lengths: number[] = [];
  for await (const { value } of messages) lengths.push(value.length);
  return lengths;
}

/** Lets everything happen that needs no more input: several turns of the event loop. */
export async function quiet(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
