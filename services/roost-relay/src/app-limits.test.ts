import { KeysUnavailableError } from "@wingthing/access-token/token-error";
import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import { ManualClock } from "@wingthing/service-runtime/manual-clock";
import { describe, expect, test, vi } from "vitest";
import type { RelayLimits } from "./relay-limits.ts";
import { person, tokenOf, wingId, wingOf } from "./testing/test-identity.ts";
import type { TestLink } from "./testing/test-link.ts";
import { startTestRelay } from "./testing/test-relay.ts";

const LAPTOP = wingId("laptop");

async function withWing(limits: Partial<RelayLimits>, clock = new ManualClock()) {
  const roost = await startTestRelay({ limits, clock });
  const wing = await roost.connect(wingOf("ada", "laptop", "org:acme"));
  const browser = await roost.connect(person("ada"));
  return { roost, wing, browser, clock };
}

/** Opens a channel and returns the reason of a refusal, or undefined. */
async function refusal(
  browser: TestLink,
  channelId: number,
): Promise<{ reason: CloseReason; text: string } | undefined> {
  browser.send({ case: "open", value: { channelId, wingId: LAPTOP } });
  const answer = await browser.nextOf("opened", "close");
  return answer.case === "close" ? { reason: answer.value.reason, text: answer.value.text } : undefined;
}

const reasonOf = async (browser: TestLink, channelId: number) => (await refusal(browser, channelId))?.reason;

describe("the hello", () => {
  test("is waited for 5 s and not a millisecond more", async () => {
    const clock = new ManualClock();
    await using roost = await startTestRelay({ clock });
    const inTime = await roost.dial();
    const late = await roost.dial();
    clock.advance(4_999);
    inTime.hello(tokenOf(person("ada")));
    await inTime.next("welcome");
    clock.advance(1);
    expect(await late.next("close")).toMatchObject({
      reason: CloseReason.UNAUTHENTICATED,
      text: "No Hello came within 5 s.",
    });
    expect(await late.ended).toEqual({ code: 4_007, reason: "UNAUTHENTICATED" });
    await roost.until((stats) => stats.greetings === 0 && stats.browsers === 1);
  });

  test("with a wrong token is refused with the verifier's words", async () => {
    await using roost = await startTestRelay();
    const link = await roost.dial();
    link.hello("forged");
    expect(await link.next("close")).toMatchObject({
      reason: CloseReason.UNAUTHENTICATED,
      text: "The token is not signed by this roost.",
    });
    expect(await link.ended).toEqual({ code: 4_007, reason: "UNAUTHENTICATED" });
  });

  test("whose token cannot be checked is told to try again", async () => {
    const failures = [new KeysUnavailableError("The roost's keys could not be had."), new Error("bug")];
    const verifyToken = () => Promise.reject(failures.shift());
    await using roost = await startTestRelay({ verifyToken });
    for (const text of [/keys could not be had/, /try again; the cause is in the relay's log/]) {
      const link = await roost.dial();
      link.hello("token");
      const close = await link.next("close");
      expect(close.reason).toBe(CloseReason.UNAVAILABLE);
      expect(close.text).toMatch(text);
    }
  });

  test("whose token is being checked for too long is told to try again", async () => {
    const clock = new ManualClock();
    const asked = Promise.withResolvers<void>();
    const verifyToken = () => {
      asked.resolve();
      return new Promise<never>(() => {});
    };
    await using roost = await startTestRelay({ verifyToken, clock });
    const link = await roost.dial();
    link.hello("token");
    await asked.promise;
    clock.advance(4_999);
    expect(roost.relay.stats().greetings).toBe(1);
    clock.advance(1);
    expect(await link.next("close")).toMatchObject({ reason: CloseReason.UNAVAILABLE });
  });

  test("is answered with the link's name, its bound of channels and the version", async () => {
    await using roost = await startTestRelay({ limits: { maxChannelsPerLink: 12, maxChannelsPerWing: 34 } });
    for (const [identity, maxChannels] of [
      [person("ada"), 12],
      [wingOf("ada", "laptop"), 34],
    ] as const) {
      const link = await roost.dial();
      link.hello(tokenOf(identity));
      const welcome = await link.next("welcome");
      expect(welcome).toMatchObject({ maxChannels, version: 1 });
      expect(welcome.linkId).toMatch(/^l[a-z2-7]{16}$/);
    }
  });
});

describe("links", () => {
  test("without a hello, and of the process, are bounded; the next is refused by HTTP and told when to come back", async () => {
    await using roost = await startTestRelay({ limits: { maxGreetings: 1, maxLinks: 2 } });
    const link = await roost.dial();
    expect(await roost.refusedUpgrade()).toMatchObject({ status: 503, retryAfter: "5" });
    link.hello(tokenOf(person("ada")));
    await link.next("welcome");
    await roost.connect(person("ada"));
    const full = await roost.refusedUpgrade();
    expect(full.body).toContain("The relay has as many links as it takes");
    link.destroy();
    await vi.waitFor(() => roost.dial(), { interval: 5 });
  });

  test("of one person are bounded, tabs and wings together; the next is told so, another person is not concerned", async () => {
    await using roost = await startTestRelay({ limits: { maxLinksPerSubject: 2 } });
    await roost.connect(wingOf("ada", "laptop"));
    const tab = await roost.connect(person("ada"));
    const third = await roost.dial();
    third.hello(tokenOf(person("ada")));
    const close = await third.next("close");
    expect(close).toMatchObject({ channelId: 0, reason: CloseReason.TOO_MANY_LINKS });
    expect(close.text).toContain("You have 2 connections");
    await third.ended;
    await roost.connect(person("bob"));
    tab.destroy();
    await roost.until((stats) => stats.browsers === 1);
    await roost.connect(person("ada"));
  });
});

describe("channels", () => {
  test("of a browser are bounded, and one that closes makes room", async () => {
    const { roost, browser } = await withWing({ maxChannelsPerLink: 2 });
    await using _ = roost;
    expect([await reasonOf(browser, 1), await reasonOf(browser, 2)]).toEqual([undefined, undefined]);
    expect(await refusal(browser, 3)).toEqual({
      reason: CloseReason.TOO_MANY_CHANNELS,
      text: "This link has 2 channels, which is the most: close one first.",
    });
    browser.send({ case: "close", value: { channelId: 1 } });
    expect(await reasonOf(browser, 4)).toBeUndefined();
    expect(await reasonOf(browser, 5)).toBe(CloseReason.TOO_MANY_CHANNELS);
  });

  test("of a wing are bounded over all browsers", async () => {
    const { roost, wing, browser } = await withWing({ maxChannelsPerWing: 2 });
    await using _ = roost;
    const other = await roost.connect(person("ada"));
    expect([await reasonOf(browser, 1), await reasonOf(other, 1)]).toEqual([undefined, undefined]);
    expect(await refusal(other, 2)).toEqual({
      reason: CloseReason.TOO_MANY_CHANNELS,
      text: "The wing has 2 channels, which is the most: close one first.",
    });
    const { channelId } = await wing.next("open");
    wing.send({ case: "close", value: { channelId } });
    await browser.next("close");
    expect(await reasonOf(other, 3)).toBeUndefined();
  });

  test("of one person at a wing are bounded, so that a colleague gets in", async () => {
    const { roost, browser } = await withWing({ maxChannelsPerWingAndSubject: 2 });
    await using _ = roost;
    const otherTab = await roost.connect(person("ada"));
    const colleague = await roost.connect(person("bob", "org:acme"));
    expect([await reasonOf(browser, 1), await reasonOf(otherTab, 1)]).toEqual([undefined, undefined]);
    expect((await refusal(otherTab, 2))?.text).toContain("You have 2 channels to this wing");
    expect(await reasonOf(colleague, 1)).toBeUndefined();
    browser.send({ case: "close", value: { channelId: 1 } });
    await roost.until((stats) => stats.channels === 2);
    expect(await reasonOf(otherTab, 3)).toBeUndefined();
  });

  test("are opened at a bounded rate, counted over all links of a person", async () => {
    const { roost, browser, clock } = await withWing({ openBurst: 2, opensPerSecond: 1 });
    await using _ = roost;
    const otherTab = await roost.connect(person("ada"));
    expect([await reasonOf(browser, 1), await reasonOf(otherTab, 1)]).toEqual([undefined, undefined]);
    expect(await refusal(browser, 2)).toEqual({
      reason: CloseReason.TOO_MANY_CHANNELS,
      text: "Too many channels in a short time: wait, 1 a second are allowed.",
    });
    clock.advance(999);
    expect(await reasonOf(browser, 3)).toBe(CloseReason.TOO_MANY_CHANNELS);
    clock.advance(1);
    expect(await reasonOf(browser, 4)).toBeUndefined();
  });
});

describe("the age of a link", () => {
  test("ends in a request to come again, then, a while later, in a close that says why", async () => {
    const clock = new ManualClock();
    await using roost = await startTestRelay({ clock, limits: { maxLinkAgeMs: 2_000, retireMs: 1_000 } });
    const link = await roost.connect(person("ada"));
    clock.advance(1_999);
    const younger = await roost.connect(person("ada"));
    clock.advance(1);
    expect(await link.next("drain")).toMatchObject({ reconnectAfterMs: 0 });
    clock.advance(999);
    expect(roost.relay.stats().browsers).toBe(2);
    clock.advance(1);
    expect(await link.next("close")).toMatchObject({ channelId: 0, reason: CloseReason.UNAUTHENTICATED });
    younger.destroy();
  });
});
