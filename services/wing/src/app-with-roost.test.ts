import { createClient } from "@connectrpc/connect";
import { createTokenIssuer } from "@wingthing/access-token/issue";
import { AccessService } from "@wingthing/contracts/gen/wingthing/wing/v1/access_pb";
import { InfoService } from "@wingthing/contracts/gen/wingthing/wing/v1/info_pb";
import { SessionService } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import { newUserId } from "@wingthing/contracts/ids";
import { fingerprint } from "@wingthing/sealed-channel/key-pair";
import { nobleAead } from "@wingthing/sealed-channel/noble-aead";
import { openSealedChannel } from "@wingthing/sealed-channel/sealed-channel";
import { createTunnelClient } from "@wingthing/tunnel/tunnel-client";
import { expect, test } from "vitest";
import type { WingApp } from "./app.ts";
import { makeRoostKey } from "./testing/roost-key.ts";
import { StandInRoost, type WingLinkAtRelay } from "./testing/stand-in-roost.ts";
import { startTestWing } from "./testing/test-wing.ts";
import { Viewer } from "./testing/viewer.ts";

const userId = newUserId((bytes) => crypto.getRandomValues(bytes));

/** A roost that signs tickets, and a browser's way to a wing that is linked to it. */
async function startRoost() {
  const key = await makeRoostKey();
  const roost = await StandInRoost.start(key.published);
  const issuer = createTokenIssuer({ key: key.signing });

  async function browserOn(link: WingLinkAtRelay, { wingId, publicKey: wingPublicKey }: WingApp) {
    const channel = await openSealedChannel({ pipe: link.openChannel(), wingPublicKey, wingId, aead: nobleAead });
    const tunnel = createTunnelClient(channel);
    const subject = { userId, name: "Ada", role: "owner" } as const;
    const { channelBinding } = channel;
    const { token: ticket } = await issuer.issueChannelTicket({ subject, wingId, channelBinding });
    await createClient(AccessService, tunnel.transport).authenticate({ ticket });
    return {
      tunnel,
      info: createClient(InfoService, tunnel.transport),
      sessions: createClient(SessionService, tunnel.transport),
    };
  }
  return { roost, browserOn };
}

test("a browser types into a session through roost and sealed channel, and reads what the egg answers", async () => {
  const { roost, browserOn } = await startRoost();
  await using _roost = roost;
  await using wing = await startTestWing({ roost: { url: roost.url, credential: "wtd_x" }, spare: false });
  const browser = await browserOn(await roost.nextLink(), wing.app);
  const facts = await browser.info.getInfo({});
  expect(facts.wingId).toBe(wing.app.wingId);
  expect(Buffer.from(facts.keyFingerprint)).toEqual(Buffer.from(fingerprint(wing.app.publicKey)));

  const size = { columns: 80, rows: 24 };
  const { session } = await browser.sessions.start({ agent: "shell", cwd: wing.home.project, size });
  const viewer = Viewer.attach(browser.sessions, session!.sessionId);
  expect((await viewer.next())?.case).toBe("opened");
  viewer.type("hello");
  await viewer.sees("hello");
  expect(wing.app.status()).toMatchObject({ roost: { kind: "online" }, sessions: 1, channels: 1 });
  await viewer[Symbol.asyncDispose]();
});

test("an egg.yaml is not taken from a browser", async () => {
  const { roost, browserOn } = await startRoost();
  await using _roost = roost;
  await using wing = await startTestWing({ roost: { url: roost.url, credential: "wtd_x" }, spare: false });
  const browser = await browserOn(await roost.nextLink(), wing.app);
  const size = { columns: 80, rows: 24 };
  const starting = browser.sessions.start({ agent: "shell", cwd: wing.home.project, size, eggYaml: "env: [X]" });
  await expect(starting).rejects.toThrow("on the wing's own machine only");
});

test("the credential may depend on the wing's id, which the roost of the same machine needs to make it", async () => {
  const { roost } = await startRoost();
  await using _roost = roost;
  const seen = Promise.withResolvers<string>();
  roost.answer = (credential) => {
    seen.resolve(credential);
    return "token";
  };
  const credential = async (wingId: string) => `wtd_for_${wingId}`;
  await using wing = await startTestWing({ roost: { url: roost.url, credential }, spare: false });
  expect(await seen.promise).toBe(`Bearer wtd_for_${wing.app.wingId}`);
});

test("a wing that stops says goodbye on its channels, and its sessions live on", async () => {
  const { roost, browserOn } = await startRoost();
  await using _roost = roost;
  await using wing = await startTestWing({ roost: { url: roost.url, credential: "wtd_x" }, spare: false });
  const browser = await browserOn(await roost.nextLink(), wing.app);
  const size = { columns: 80, rows: 24 };
  await browser.sessions.start({ agent: "shell", cwd: wing.home.project, size });
  await wing.restart();
  expect((await browser.tunnel.closed).text).toContain("the wing stops");
  const again = await browserOn(await roost.nextLink(), wing.app);
  expect((await again.sessions.list({})).sessions).toMatchObject([{ cwd: wing.home.project }]);
});
