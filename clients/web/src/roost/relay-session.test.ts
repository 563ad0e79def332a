import { STEADY_MS } from "@wingthing/attached-session/pace";
import { ManualClock } from "@wingthing/attached-session/testing/manual-clock";
import { newWingId } from "@wingthing/contracts/ids";
import { createMessagePipePair } from "@wingthing/sealed-channel/memory-pipe";
import type { MessagePipe } from "@wingthing/sealed-channel/message-pipe";
import { describe, expect, it } from "vitest";
import { type RelayLink, RelayOfflineError, RelaySession } from "./relay-session.ts";

const random = (out: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(out);
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
const wing = newWingId(random);

/** A link that a test plays the relay of. */
class FakeLink implements RelayLink {
  readonly linkId = "ltest";
  presence: (wingId: string, online: boolean) => void = () => {};
  drain: (ms: number) => void = () => {};
  end: (text: string) => void = () => {};
  tellReady: () => void = () => {};
  closed = false;
  opening: Promise<MessagePipe> = Promise.resolve(createMessagePipePair()[0]);
  readonly presenceReady = new Promise<void>((resolve) => {
    this.tellReady = resolve;
  });

  openChannel(): Promise<MessagePipe> {
    return this.opening;
  }
  onPresence(handler: (wingId: string, online: boolean) => void): void {
    this.presence = handler;
  }
  onDrain(handler: (ms: number) => void): void {
    this.drain = handler;
  }
  onClose(handler: (reason: { readonly text: string }) => void): void {
    this.end = (text) => handler({ text });
  }
  close(): void {
    this.closed = true;
    this.end("closed");
  }
}

function stage() {
  const clock = new ManualClock();
  const links: FakeLink[] = [];
  let failWith: Error | undefined;
  const session = new RelaySession({
    connect: async () => {
      if (failWith !== undefined) throw failWith;
      const link = new FakeLink();
      links.push(link);
      return link;
    },
    clock,
    random,
  });
  const leave = new AbortController();
  const ran = session.run(leave.signal);
  const fail = (error: Error | undefined) => {
    failWith = error;
  };
  return { clock, links, session, leave, ran, fail };
}

describe("RelaySession", () => {
  it("tells which wings are online, and whether that is all of them", async () => {
    const { links, session } = stage();
    await settle();
    expect(session.state.value).toEqual({ kind: "online", linkId: "ltest" });
    expect(session.presenceKnown.value).toBe(false);
    links[0]?.presence(wing, true);
    links[0]?.tellReady();
    await settle();
    expect([...session.onlineWings.value]).toEqual([wing]);
    expect(session.presenceKnown.value).toBe(true);
    links[0]?.presence(wing, false);
    expect([...session.onlineWings.value]).toEqual([]);
  });

  it("connects again after the link broke, and knows nothing of wings meanwhile", async () => {
    const { clock, links, session } = stage();
    await settle();
    links[0]?.presence(wing, true);
    links[0]?.end("the relay went away");
    await settle();
    expect(session.state.value).toMatchObject({ kind: "offline", reason: "the relay went away" });
    expect([...session.onlineWings.value]).toEqual([]);
    clock.advance(clock.waits[0] ?? 0);
    await settle();
    expect(session.state.value.kind).toBe("online");
    expect(links).toHaveLength(2);
  });

  it("waits longer after each failure, and starts over once a link held", async () => {
    const { clock, session, fail, links } = stage();
    await settle();
    fail(new Error("no route"));
    links[0]?.end("gone");
    const waits: number[] = [];
    for (let round = 0; round < 6; round++) {
      await settle();
      waits.push(clock.waits[0] ?? 0);
      clock.advance(clock.waits[0] ?? 0);
    }
    expect(waits[5]).toBeGreaterThan((waits[0] ?? 0) * 8);
    fail(undefined);
    await settle();
    clock.advance(clock.waits[0] ?? 0);
    await settle();
    expect(session.state.value.kind).toBe("online");
    clock.advance(STEADY_MS);
    links.at(-1)?.end("gone again");
    await settle();
    expect(clock.waits[0]).toBeLessThanOrEqual(250);
  });

  it("tries at once when asked to", async () => {
    const { session, links } = stage();
    await settle();
    links[0]?.end("gone");
    await settle();
    session.retryNow();
    await settle();
    expect(session.state.value.kind).toBe("online");
  });

  it("comes back when a draining relay said", async () => {
    const { clock, links, session } = stage();
    await settle();
    links[0]?.drain(1_500);
    await settle();
    expect(links[0]?.closed).toBe(true);
    expect(clock.waits).toEqual([1_500]);
    clock.advance(1_500);
    await settle();
    expect(session.state.value.kind).toBe("online");
  });

  it("opens channels on the link, and rejects without one", async () => {
    const { session, links } = stage();
    await expect(session.openPipe(wing)).rejects.toThrow(RelayOfflineError);
    await settle();
    await expect(session.openPipe(wing)).resolves.toBeDefined();
    links[0]?.end("gone");
    await settle();
    await expect(session.openPipe(wing)).rejects.toThrow(RelayOfflineError);
  });

  it("gives a link up that does not even refuse a channel", async () => {
    const { clock, session, links } = stage();
    await settle();
    const [link] = links;
    if (link === undefined) throw new Error("no link");
    link.opening = new Promise(() => {});
    const opening = session.openPipe(wing);
    clock.advance(10_000);
    await expect(opening).rejects.toThrow("did not answer");
    expect(link.closed).toBe(true);
  });

  it("closes the link when the page is left", async () => {
    const { links, leave, ran } = stage();
    await settle();
    leave.abort();
    await ran;
    expect(links[0]?.closed).toBe(true);
  });
});
