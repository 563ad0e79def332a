import { Code, ConnectError } from "@connectrpc/connect";
import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import type { MessagePipe } from "@wingthing/sealed-channel/message-pipe";
import { silentLog } from "@wingthing/service-runtime/log";
import { ManualClock } from "@wingthing/service-runtime/manual-clock";
import { expect, test } from "vitest";
import { StandInRoost, TOKEN_LIFE_MS } from "../testing/stand-in-roost.ts";
import { FIRST_PAUSE_MS, LONGEST_PAUSE_MS } from "./backoff.ts";
import type { RoostLinkState } from "./link-state.ts";
import { dialRelay } from "./node-socket.ts";
import { issueWingToken } from "./roost-api.ts";
import { REFUSED_PAUSE_MS, RoostLink, STABLE_MS, TOKEN_RESERVE_MS } from "./roost-link.ts";

/** A link that runs against a roost, and what it said of itself. */
function runLink(roost: StandInRoost, servePipe: (pipe: MessagePipe) => Promise<void> = () => new Promise(() => {})) {
  const clock = new ManualClock();
  roost.now = () => clock.now();
  const stop = new AbortController();
  const states: RoostLinkState[] = [];
  let onState = () => {};
  const link = new RoostLink({
    issueToken: (signal) =>
      issueWingToken({ roostUrl: roost.url, credential: "c", publicKey: new Uint8Array(32), signal }),
    dial: () => dialRelay(roost.url),
    servePipe,
    onState: (state) => {
      states.push(state);
      onState();
    },
    clock,
    random: () => 1,
    log: silentLog,
  });
  const ended = link.run(stop.signal);
  async function reaches<K extends RoostLinkState["kind"]>(kind: K) {
    for (;;) {
      const found = states.findIndex((state) => state.kind === kind);
      if (found >= 0) return states.splice(0, found + 1).at(-1) as Extract<RoostLinkState, { kind: K }>;
      await new Promise<void>((resolve) => (onState = resolve));
    }
  }
  const dispose = async () => {
    stop.abort();
    await ended;
  };
  return { clock, reaches, [Symbol.asyncDispose]: dispose };
}

/** The pause that a state announces. */
const pauseOf = (state: { retryAt: number }, clock: ManualClock) => state.retryAt - clock.now();

test("the wing comes online, and is again after its link was cut", async () => {
  await using roost = await StandInRoost.start();
  await using wing = runLink(roost);
  expect(await wing.reaches("online")).toEqual({ kind: "online", linkId: expect.any(String) });
  wing.clock.advance(STABLE_MS);
  (await roost.nextLink()).cut();
  expect(pauseOf(await wing.reaches("offline"), wing.clock)).toBe(FIRST_PAUSE_MS);
  wing.clock.advance(FIRST_PAUSE_MS);
  await wing.reaches("online");
});

test("links that do not hold make the pauses longer, up to the longest", async () => {
  await using roost = await StandInRoost.start();
  await using wing = runLink(roost);
  const pauses: number[] = [];
  for (let attempt = 0; attempt < 9; attempt++) {
    await wing.reaches("online");
    wing.clock.advance(attempt === 0 ? STABLE_MS - 1 : 0);
    (await roost.nextLink()).cut();
    const pauseMs = pauseOf(await wing.reaches("offline"), wing.clock);
    pauses.push(pauseMs);
    wing.clock.advance(pauseMs);
  }
  expect(pauses[0]).toBe(2 * FIRST_PAUSE_MS);
  expect(pauses[1]).toBe(4 * FIRST_PAUSE_MS);
  expect(pauses.at(-1)).toBe(LONGEST_PAUSE_MS);
});

test("a refused credential is tried again, rarely, and then holds", async () => {
  await using roost = await StandInRoost.start();
  roost.answer = () => {
    throw new ConnectError("unknown machine", Code.Unauthenticated);
  };
  await using wing = runLink(roost);
  const refused = await wing.reaches("refused");
  expect(refused.reason).toContain("run wt login");
  expect(pauseOf(refused, wing.clock)).toBe(REFUSED_PAUSE_MS);
  roost.answer = () => "a token";
  wing.clock.advance(REFUSED_PAUSE_MS);
  await wing.reaches("online");
});

test("a roost whose store fails is offline, not a refusal", async () => {
  await using roost = await StandInRoost.start();
  roost.answer = () => {
    throw new ConnectError("store failed", Code.Internal);
  };
  await using wing = runLink(roost);
  expect((await wing.reaches("offline")).reason).toContain("store failed");
});

test("a token is shown again while it lives, and renewed when its end comes near or the relay does not take it", async () => {
  await using roost = await StandInRoost.start();
  roost.answer = () => `token ${roost.tokensAsked}`;
  await using wing = runLink(roost);
  const reconnect = async () => {
    const pauseMs = pauseOf(await wing.reaches("offline"), wing.clock);
    wing.clock.advance(pauseMs);
  };
  await wing.reaches("online");
  let link = await roost.nextLink();
  expect(link.token).toBe("token 1");
  link.cut();
  await reconnect();
  await wing.reaches("online");
  link = await roost.nextLink();
  expect(link.token).toBe("token 1");

  wing.clock.advance(TOKEN_LIFE_MS - TOKEN_RESERVE_MS);
  link.cut();
  await reconnect();
  await wing.reaches("online");
  link = await roost.nextLink();
  expect(link.token).toBe("token 2");

  roost.refusal = CloseReason.UNAUTHENTICATED;
  link.cut();
  await reconnect();
  const refused = await wing.reaches("offline");
  roost.refusal = undefined;
  wing.clock.advance(pauseOf(refused, wing.clock));
  await wing.reaches("online");
  expect((await roost.nextLink()).token).toBe("token 3");
});

test("a wing that connected from elsewhere is not thrown out at once", async () => {
  await using roost = await StandInRoost.start();
  await using wing = runLink(roost);
  await wing.reaches("online");
  wing.clock.advance(STABLE_MS);
  (await roost.nextLink()).close(CloseReason.REPLACED);
  expect(pauseOf(await wing.reaches("offline"), wing.clock)).toBe(LONGEST_PAUSE_MS);
});

test("a draining relay keeps its channels until they end, while the wing connects again when it was told to", async () => {
  await using roost = await StandInRoost.start();
  const served: PromiseWithResolvers<void>[] = [];
  const taken = Promise.withResolvers<void>();
  await using wing = runLink(roost, () => {
    const end = Promise.withResolvers<void>();
    served.push(end);
    taken.resolve();
    return end.promise;
  });
  await wing.reaches("online");
  const draining = await roost.nextLink();
  draining.openChannel();
  await taken.promise;
  draining.drain(700);
  expect(pauseOf(await wing.reaches("offline"), wing.clock)).toBe(700);
  wing.clock.advance(700);
  await wing.reaches("online");
  await roost.nextLink();
  expect(draining.isOpen).toBe(true);
  served[0]!.resolve();
  await draining.closed;
});

test("a channel that a browser opens is handed over and carries bytes both ways", async () => {
  await using roost = await StandInRoost.start();
  await using wing = runLink(roost, async (pipe) => {
    pipe.onMessage((message) => pipe.send(message.map((byte) => byte + 1)));
    await new Promise<void>((resolve) => pipe.onClose(() => resolve()));
  });
  await wing.reaches("online");
  const browser = (await roost.nextLink()).openChannel();
  const echoed = new Promise<Uint8Array>((resolve) => browser.onMessage(resolve));
  browser.send(new Uint8Array([1, 2, 3]));
  expect([...(await echoed)]).toEqual([2, 3, 4]);
});

test("a roost that is not there is tried again, and the wait ends with the wing", async () => {
  const roost = await StandInRoost.start();
  await roost[Symbol.asyncDispose]();
  await using wing = runLink(roost);
  await wing.reaches("offline");
});
