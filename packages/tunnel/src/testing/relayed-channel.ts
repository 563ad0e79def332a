import type { MessagePipe, PipeCloseReason } from "@wingthing/sealed-channel/message-pipe";
import { RelayDouble } from "./relay-double.ts";

/** The wing that channels are opened to. */
export const WING = "waaaaaaaaaaaaaaaaaaaa";

/** Both links, and the pipes that the wing was given. */
export async function connected(relay = new RelayDouble()) {
  const [browser, wing] = await Promise.all([relay.connectBrowser(), relay.connectWing()]);
  const pipes: MessagePipe[] = [];
  wing.onChannel((pipe) => pipes.push(pipe));
  return { relay, browser, wing, pipes };
}

/** One channel besides. */
export async function withChannel(relay = new RelayDouble()) {
  const met = await connected(relay);
  const near = await met.browser.openChannel(WING);
  await Promise.resolve();
  return { ...met, near, far: met.pipes[0]! };
}

/** How a pipe ends. */
export function endOf(pipe: MessagePipe): Promise<PipeCloseReason> {
  return new Promise((resolve) => pipe.onClose(resolve));
}
