import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type Client, Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { keysFromUrl } from "@wingthing/access-token/remote-keys";
import { createVerifier } from "@wingthing/access-token/verify";
import { AccountService, MachineService, TicketService } from "@wingthing/contracts/gen/wingthing/auth/v1/auth_pb";
import { parseWingId } from "@wingthing/contracts/ids";
import { createLocalGuard } from "@wingthing/service-runtime/local-guard";
import { silentLog } from "@wingthing/service-runtime/log";
import { ManualClock } from "@wingthing/service-runtime/manual-clock";
import { type HttpListener, serve } from "@wingthing/service-runtime/serve";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LocalModeOnlyError, type RoostAuth, type RoostAuthOptions, startRoostAuth } from "./app.ts";
import { PERSON_LIMIT, WING_LIMIT } from "./tickets/ticket-office.ts";

const wingId = parseWingId("waaaaaaaaaaaaaaaaaaaa");
const otherWingId = parseWingId("wbbbbbbbbbbbbbbbbbbbb");
const publicKey = new Uint8Array(32).fill(3);
const channelBinding = new Uint8Array(32).fill(4);

let dataDir: string;
let clock: ManualClock;
let auth: RoostAuth;
let listener: HttpListener;
let clients: {
  account: Client<typeof AccountService>;
  machines: Client<typeof MachineService>;
  tickets: Client<typeof TicketService>;
};

beforeEach(async () => {
  dataDir = join(mkdtempSync(join(tmpdir(), "wt-auth-")), "roost");
  clock = new ManualClock(Date.now());
  await start();
});

afterEach(async () => {
  await stop();
  rmSync(join(dataDir, ".."), { recursive: true });
});

async function start(options: Partial<RoostAuthOptions> = {}): Promise<void> {
  auth = await startRoostAuth({
    dataDir,
    local: true,
    version: "1.2.3",
    log: silentLog,
    clock,
    localName: "ada",
    ...options,
  });
  listener = await serve({ port: 0, guard: createLocalGuard({}), handlers: [auth.handle], log: silentLog });
  const transport = createConnectTransport({ baseUrl: listener.url, httpVersion: "1.1" });
  clients = {
    account: createClient(AccountService, transport),
    machines: createClient(MachineService, transport),
    tickets: createClient(TicketService, transport),
  };
}

async function stop(): Promise<void> {
  await listener.close();
  await auth[Symbol.asyncDispose]();
}

async function restart(options: Partial<RoostAuthOptions> = {}): Promise<void> {
  await stop();
  await start(options);
}

const bearer = (credential: string) => ({ headers: { authorization: `Bearer ${credential}` } });

async function refusalOf(call: Promise<unknown>): Promise<ConnectError> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(outcome instanceof ConnectError)) expect.unreachable("the call was answered");
  return outcome as ConnectError;
}

describe("in local mode", () => {
  test("whoever calls is the one person, the same after a restart", async () => {
    const { account, local, version } = await clients.account.getAccount({});
    expect(account).toMatchObject({ userId: expect.stringMatching(/^u[a-z2-7]{20}$/), displayName: "ada", email: "" });
    expect({ local, version }).toEqual({ local: true, version: "1.2.3" });
    await restart({ localName: "somebody else" });
    expect((await clients.account.getAccount({})).account).toEqual(account);
  });

  test("a browser gets a relay token that the published keys prove", async () => {
    const { token, expiresAt } = await clients.tickets.issueRelayToken({});
    const { account } = await clients.account.getAccount({});
    const verifier = createVerifier(keysFromUrl({ url: `${listener.url}/.well-known/jwks.json` }));
    const claims = await verifier.verifyRelayToken(token);
    expect(claims).toMatchObject({ sub: account?.userId, groups: [`user:${account?.userId}`] });
    expect(claims.wing).toBeUndefined();
    expect(timestampMs(expiresAt!)).toBe(claims.exp * 1000);
  });

  test("verifiers in the same process need no network", async () => {
    const { token } = await clients.tickets.issueRelayToken({});
    await listener.close();
    await expect(createVerifier(auth.keys).verifyRelayToken(token)).resolves.toBeDefined();
  });
});

describe("the wing of this machine", () => {
  test("has one credential, kept for its owner only, that holds over restarts", async () => {
    const credential = await auth.localWingCredential(wingId);
    expect(statSync(join(dataDir, "local-wing.json")).mode & 0o777).toBe(0o600);
    expect(await auth.localWingCredential(wingId)).toBe(credential);
    await restart();
    expect(await auth.localWingCredential(wingId)).toBe(credential);
    await expect(clients.machines.issueWingToken({ publicKey }, bearer(credential))).resolves.toBeDefined();
  });

  test("asked for ten times at once is still one", async () => {
    const credentials = await Promise.all(Array.from({ length: 10 }, () => auth.localWingCredential(wingId)));
    expect(new Set(credentials).size).toBe(1);
  });

  test.each([
    { what: "is damaged", harm: (path: string) => writeFileSync(path, "{") },
    { what: "is gone", harm: (path: string) => rmSync(path) },
    {
      what: "holds something else",
      harm: (path: string) => writeFileSync(path, JSON.stringify({ wingId, credential: "wtd_x" })),
    },
  ])("gets a new credential when the file $what, and the old one is worthless", async ({ harm }) => {
    const old = await auth.localWingCredential(wingId);
    harm(join(dataDir, "local-wing.json"));
    const fresh = await auth.localWingCredential(wingId);
    expect(fresh).not.toBe(old);
    await expect(clients.machines.issueWingToken({ publicKey }, bearer(fresh))).resolves.toBeDefined();
    expect((await refusalOf(clients.machines.issueWingToken({ publicKey }, bearer(old)))).code).toBe(
      Code.Unauthenticated,
    );
  });

  test("trades its credential for a relay token with its id, and is then listed with its key", async () => {
    const credential = await auth.localWingCredential(wingId);
    const [before] = (await clients.machines.listMachines({})).machines;
    expect(before).toMatchObject({ wingId, publicKey: new Uint8Array() });
    expect(before?.seenAt).toBeUndefined();

    clock.advance(5_000);
    const { token } = await clients.machines.issueWingToken({ publicKey }, bearer(credential));
    const claims = await createVerifier(auth.keys, { now: () => clock.now() }).verifyRelayToken(token);
    const { account } = await clients.account.getAccount({});
    expect(claims).toMatchObject({ wing: wingId, sub: account?.userId, groups: [`user:${account?.userId}`] });

    const { machines } = await clients.machines.listMachines({});
    expect(machines).toHaveLength(1);
    expect(machines[0]).toMatchObject({ wingId, publicKey });
    expect(timestampMs(machines[0]!.seenAt!) - timestampMs(machines[0]!.createdAt!)).toBe(5_000);
  });

  test.each([
    { what: "no credential", headers: {} },
    { what: "an empty one", headers: { authorization: "Bearer " } },
    { what: "one of another roost", headers: { authorization: `Bearer wtd_${"A".repeat(43)}` } },
    { what: "a relay token", headers: { authorization: "Bearer eyJhbGciOiJFUzI1NiJ9.e30.AAAA" } },
    { what: "a credential as a password", headers: { authorization: `Basic ${btoa(`wing:wtd_${"A".repeat(43)}`)}` } },
  ])("is nobody with $what", async ({ headers }) => {
    await auth.localWingCredential(wingId);
    const error = await refusalOf(clients.machines.issueWingToken({ publicKey }, { headers }));
    expect({ code: error.code, text: error.rawMessage }).toEqual({
      code: Code.Unauthenticated,
      text: expect.stringMatching(/not a device credential .*wt login/),
    });
  });

  test.each([31, 33, 0])("is told which field is wrong with a key of %i bytes", async (bytes) => {
    const credential = await auth.localWingCredential(wingId);
    const call = clients.machines.issueWingToken({ publicKey: new Uint8Array(bytes) }, bearer(credential));
    const error = await refusalOf(call);
    expect(error.code).toBe(Code.InvalidArgument);
    expect(error.rawMessage).toContain("public_key");
  });

  test("waits its turn when it asks without pause", async () => {
    const credential = await auth.localWingCredential(wingId);
    const ask = () => clients.machines.issueWingToken({ publicKey }, bearer(credential));
    for (let i = 0; i < WING_LIMIT.burst; i += 1) await ask();
    const error = await refusalOf(ask());
    expect({ code: error.code, text: error.rawMessage }).toEqual({
      code: Code.ResourceExhausted,
      text: "Too many requests. Try again in 2 s.",
    });
    clock.advance(2_000);
    await ask();
  });
});

describe("a ticket for a channel", () => {
  const ticketFor = (id: string) => clients.tickets.issueChannelTicket({ wingId: id, channelBinding });

  test("is for this wing, this channel and this person, for a minute", async () => {
    await auth.localWingCredential(wingId);
    const { ticket, expiresAt } = await ticketFor(wingId);
    expect(timestampMs(expiresAt!) - clock.now()).toBeLessThanOrEqual(60_000);
    const verifier = createVerifier(auth.keys, { now: () => clock.now() });
    const claims = await verifier.verifyChannelTicket(ticket, { wingId, channelBinding });
    expect(claims).toMatchObject({ name: "ada", role: "owner", aud: wingId });
    expect(claims.email).toBeUndefined();
    const stolen = verifier.verifyChannelTicket(ticket, { wingId, channelBinding: new Uint8Array(32) });
    await expect(stolen).rejects.toThrow(/another channel/);
  });

  test("is not to be had for a wing that is not there", async () => {
    await auth.localWingCredential(wingId);
    const error = await refusalOf(ticketFor(otherWingId));
    expect(error.code).toBe(Code.NotFound);
  });

  test.each(["", "w", "waaaaaaaaaaaaaaaaaaa1", "saaaaaaaaaaaaaaaa", `${wingId}\n`, "../../etc/passwd"])(
    "is not to be had for %j",
    async (id) => {
      expect((await refusalOf(ticketFor(id))).code).toBe(Code.InvalidArgument);
    },
  );

  test("is not made without end", async () => {
    await auth.localWingCredential(wingId);
    for (let i = 0; i < PERSON_LIMIT.burst; i += 1) await ticketFor(wingId);
    expect((await refusalOf(ticketFor(wingId))).code).toBe(Code.ResourceExhausted);
    clock.advance(1_000);
    await ticketFor(wingId);
  });
});

describe("without local mode", () => {
  test("people are nobody, because there is no sign-in yet", async () => {
    await restart({ local: false });
    const calls = [
      clients.account.getAccount({}),
      clients.machines.listMachines({}),
      clients.tickets.issueRelayToken({}),
      clients.tickets.issueChannelTicket({ wingId, channelBinding }),
    ];
    for (const { code } of await Promise.all(calls.map(refusalOf))) expect(code).toBe(Code.Unauthenticated);
    await expect(auth.localWingCredential(wingId)).rejects.toThrow(LocalModeOnlyError);
  });

  test("a wing still is who its credential says", async () => {
    const credential = await auth.localWingCredential(wingId);
    await restart({ local: false });
    await expect(clients.machines.issueWingToken({ publicKey }, bearer(credential))).resolves.toBeDefined();
  });
});

describe("over plain HTTP", () => {
  const post = (path: string, body: BodyInit, type = "application/json") =>
    fetch(`${listener.url}${path}`, { method: "POST", body, headers: { "content-type": type } });
  const account = "/wingthing.auth.v1.AccountService/GetAccount";

  test("JSON is enough", async () => {
    const answer = await post(account, "{}");
    expect({ status: answer.status, body: await answer.json() }).toMatchObject({
      status: 200,
      body: { account: { displayName: "ada" }, local: true },
    });
    expect(answer.headers.get("cache-control")).not.toBe("public");
  });

  test.each([
    { what: "malformed JSON", body: "{", status: 400, code: "invalid_argument" },
    { what: "a form", body: "a=b", type: "application/x-www-form-urlencoded", status: 415, code: "invalid_argument" },
    { what: "plain text", body: "{}", type: "text/plain", status: 415, code: "invalid_argument" },
    {
      what: "a body that is too large",
      body: `{"a":"${"x".repeat(20_000)}"}`,
      status: 429,
      code: "resource_exhausted",
    },
    { what: "a body that is far too large", body: "x".repeat(2_000_000), status: 413, code: "resource_exhausted" },
    {
      what: "an unknown method",
      path: "/wingthing.auth.v1.AccountService/Nope",
      body: "{}",
      status: 404,
      code: "unimplemented",
    },
    {
      what: "an unknown service",
      path: "/wingthing.auth.v1.NopeService/Nope",
      body: "{}",
      status: 404,
      code: "unimplemented",
    },
  ])("$what is answered with $code", async ({ path = account, body, type, status, code }) => {
    const answer = await post(path, body, type);
    expect({ status: answer.status, code: (await answer.json()).code }).toEqual({ status, code });
  });

  test("the key set has public keys only", async () => {
    const keySet = await (await fetch(`${listener.url}/.well-known/jwks.json`)).json();
    expect(keySet.keys).toHaveLength(1);
    expect(keySet.keys[0]).not.toHaveProperty("d");
  });
});

describe("the data folder", () => {
  test("and everything in it is for its owner only", async () => {
    await auth.localWingCredential(wingId);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(dataDir)) expect(statSync(join(dataDir, name)).mode & 0o077, name).toBe(0);
  });

  test("holds no credential in the database, only its hash", async () => {
    const credential = await auth.localWingCredential(wingId);
    const files = readdirSync(dataDir).filter((name) => name.startsWith("roost.db"));
    const raw = Buffer.from(credential.slice(4), "base64url");
    for (const name of files) {
      const bytes = readFileSync(join(dataDir, name));
      expect(bytes.includes(credential.slice(4)) || bytes.includes(raw), name).toBe(false);
    }
  });

  test("that others could read is closed to them", async () => {
    await stop();
    chmodSync(dataDir, 0o755);
    await start();
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  });
});

test("it is healthy while its store answers", async () => {
  expect(await auth.isHealthy()).toBe(true);
});
