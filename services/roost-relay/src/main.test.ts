import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createTokenIssuer } from "@wingthing/access-token/issue";
import { afterEach, expect, test } from "vitest";
import { userId, wingId } from "./testing/test-identity.ts";
import { TestLink } from "./testing/test-link.ts";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
let child: ChildProcess | undefined;
let keyServer: Server | undefined;

afterEach(() => {
  child?.kill("SIGKILL");
  keyServer?.close();
});

function run(env: Record<string, string>) {
  const started = spawn(process.execPath, [main], {
    env: { WT_RELAY_PORT: "0", ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  child = started;
  const lines = createInterface({ input: started.stderr });
  const exited = once(started, "exit").then(([code]) => code);
  return { started, lines, exited };
}

/** A roost-auth as far as a relay sees it: published keys, and the tokens that they sign. */
async function publishKeys() {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid: "k1", use: "sig", alg: "ES256" };
  const server = createServer((_, response) => {
    response.setHeader("content-type", "application/json").end(JSON.stringify({ keys: [jwk] }));
  });
  keyServer = server;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const pkcs8 = privateKey.export({ format: "der", type: "pkcs8" });
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"]);
  const issuer = createTokenIssuer({ key: { kid: "k1", privateKey: key } });
  return { issuer, jwksUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json` };
}

test("the process takes real tokens, pairs links, tells its counts, and drains on SIGTERM", async () => {
  const { issuer, jwksUrl } = await publishKeys();
  const { started, lines, exited } = run({ WT_JWKS_URL: jwksUrl });
  let url = "";
  for await (const line of lines) {
    const logged = JSON.parse(line);
    if (logged.event !== "listening") continue;
    url = logged.url;
    break;
  }
  const identity = { userId: userId("ada"), groups: ["user:ada"] };
  const dial = async (token: string) => {
    const link = await TestLink.dial(`${url.replace("http:", "ws:")}/relay`);
    link.hello(token);
    await link.next("welcome");
    return link;
  };
  const wing = await dial((await issuer.issueWingToken({ ...identity, wingId: wingId("laptop") })).token);
  const browser = await dial((await issuer.issueRelayToken(identity)).token);
  await browser.open(1, wingId("laptop"));
  browser.data(1, "hello");
  await wing.next("open");
  expect(Buffer.from((await wing.next("data")).payload).toString()).toBe("hello");

  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect(await (await fetch(`${url}/metrics`)).text()).toContain("wingthing_relay_forwarded_bytes_total 5");

  started.kill("SIGTERM");
  await browser.next("drain");
  await wing.next("drain");
  browser.webSocket.close();
  wing.webSocket.close();
  expect(await exited).toBe(0);
});

test.each([
  ["no address of the keys", {}, "WT_JWKS_URL: found nothing, wanted the address of roost-auth's keys"],
  ["a wrong address", { WT_JWKS_URL: "ftp://keys" }, 'WT_JWKS_URL: found "ftp://keys", wanted the address'],
  [
    "a wrong port",
    { WT_JWKS_URL: "http://k/", WT_RELAY_PORT: "x" },
    'WT_RELAY_PORT: found "x", wanted a port from 0 to 65535',
  ],
])("%s ends it with a word and not a stack", async (_, env, message) => {
  const { lines, exited } = run(env);
  let text = "";
  for await (const line of lines) text += `${line}\n`;
  expect(await exited).toBe(1);
  expect(text).toContain(message);
  expect(text).not.toContain("    at ");
});
