import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Code, ConnectError } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { StandInRoost } from "../testing/stand-in-roost.ts";
import { CredentialRefusedError, issueWingToken } from "./roost-api.ts";

const request = (roostUrl: string) => ({
  roostUrl,
  credential: "wtd_secret",
  publicKey: new Uint8Array(32),
  signal: new AbortController().signal,
});

test("the wing shows its credential and gets a token with its end", async () => {
  await using roost = await StandInRoost.start();
  roost.answer = (credential) => `for ${credential}`;
  const { token, expiresAtMs } = await issueWingToken(request(roost.url));
  expect(token).toBe("for Bearer wtd_secret");
  expect(expiresAtMs).toBeGreaterThan(Date.now());
});

test("a roost that does not know the credential is a refusal with what to do, and the credential is not repeated", async () => {
  await using roost = await StandInRoost.start();
  roost.answer = () => {
    throw new ConnectError("no such machine", Code.Unauthenticated);
  };
  const asking = issueWingToken(request(roost.url));
  await expect(asking).rejects.toThrow(CredentialRefusedError);
  await expect(asking).rejects.toThrow("(no such machine): run wt login");
  await expect(asking).rejects.not.toThrow("wtd_secret");
});

test.each([Code.Unavailable, Code.Internal, Code.PermissionDenied, Code.Unimplemented])(
  "an answer of code %i is no refusal of the credential",
  async (code) => {
    await using roost = await StandInRoost.start();
    roost.answer = () => {
      throw new ConnectError("store failed", code);
    };
    const error = await issueWingToken(request(roost.url)).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ConnectError);
    expect(error).not.toBeInstanceOf(CredentialRefusedError);
  },
);

test.each([502, 503, 404])("a proxy's page with status %i is no refusal of the credential", async (status) => {
  const proxy = createServer((_request, response) => response.writeHead(status).end("<html>"));
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { port } = proxy.address() as AddressInfo;
  const error = await issueWingToken(request(`http://127.0.0.1:${port}`)).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(ConnectError);
  proxy.closeAllConnections();
  proxy.close();
});
