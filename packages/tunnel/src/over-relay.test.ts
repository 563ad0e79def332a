import { createClient, createConnectRouter } from "@connectrpc/connect";
import { startHostTimer } from "@wingthing/sealed-channel/host";
import { acceptSealedChannel, openSealedChannel } from "@wingthing/sealed-channel/sealed-channel";
import { TEST_WING_ID, TEST_WING_KEY } from "@wingthing/sealed-channel/testing/channel-pair";
import { nodeAead } from "@wingthing/sealed-channel/testing/node-aead";
import { webCryptoAead } from "@wingthing/sealed-channel/webcrypto-aead";
import { expect, test } from "vitest";
import { CHUNK_BYTES, EchoService } from "./testing/echo-service.ts";
import { RelayDouble } from "./testing/relay-double.ts";
import { ECHO, Feed } from "./testing/tunnel-pair.ts";
import { createTunnelClient } from "./tunnel-client.ts";
import { serveTunnel, TUNNEL_ROUTER_OPTIONS } from "./tunnel-server.ts";

async function tunnelOverRelay() {
  const relay = new RelayDouble(startHostTimer);
  const [browserLink, wingLink] = await Promise.all([relay.connectBrowser(), relay.connectWing()]);
  const { handlers } = createConnectRouter(TUNNEL_ROUTER_OPTIONS).service(EchoService, ECHO);
  const served = new Promise((resolve) => {
    wingLink.onChannel(async (pipe) => {
      const channel = await acceptSealedChannel({ pipe, keyPair: TEST_WING_KEY, wingId: TEST_WING_ID, aead: nodeAead });
      resolve(serveTunnel(channel, handlers).closed);
    });
  });
  const channel = await openSealedChannel({
    pipe: await browserLink.openChannel(TEST_WING_ID),
    wingId: TEST_WING_ID,
    wingPublicKey: TEST_WING_KEY.publicKey,
    aead: webCryptoAead,
  });
  const client = createTunnelClient(channel);
  return { relay, browserLink, client, served, echo: createClient(EchoService, client.transport) };
}

test("keystrokes are echoed while 20 MB come down, all of it through the relay", async () => {
  const { client, echo, served } = await tunnelOverRelay();
  const feed = new Feed<{ value: Uint8Array }>();
  const replies = echo.echo(feed)[Symbol.asyncIterator]();
  let bytes = 0;
  const flooded = (async () => {
    for await (const { value } of echo.flood({ value: 640 })) bytes += value.length;
  })();
  for (let index = 0; index < 50; index += 1) {
    feed.push({ value: Uint8Array.of(index) });
    expect((await replies.next()).value).toMatchObject({ value: Uint8Array.of(index) });
  }
  feed.end();
  await flooded;
  expect(bytes).toBe(640 * CHUNK_BYTES);
  client.close("enough");
  expect(await served).toEqual({ kind: "closed", text: "enough" });
});

test("a link that breaks ends the tunnel at both ends", async () => {
  const { relay, client, served } = await tunnelOverRelay();
  relay.cut();
  expect(await client.closed).toMatchObject({ kind: "lost" });
  expect(await served).toMatchObject({ kind: "lost" });
});

test("a tunnel that is closed together with its link ends quietly", async () => {
  const { client, browserLink, served } = await tunnelOverRelay();
  client.close("left the page");
  browserLink.close();
  expect(await client.closed).toEqual({ kind: "closed", text: "left the page" });
  expect(await served).toMatchObject({ kind: expect.stringMatching(/closed|lost/) });
});
