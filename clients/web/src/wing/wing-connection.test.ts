import { Code, ConnectError } from "@connectrpc/connect";
import { signal } from "@preact/signals";
import { systemClock } from "@wingthing/attached-session/clock";
import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import { generateKeyPair } from "@wingthing/sealed-channel/key-pair";
import { RelayRefusedError } from "@wingthing/tunnel/relay-errors";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createMemoryStore, type RecordStore } from "../storage/record-store.ts";
import { InMemoryWing } from "../testing/in-memory-wing.ts";
import { DamagedPinError, type KeyPin } from "./key-pin.ts";
import { secureWingChannel } from "./secure-wing-channel.ts";
import { WingConnection, type WingConnectionOptions } from "./wing-connection.ts";

const random = (out: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(out);

const leaving: AbortController[] = [];
afterEach(() => {
  for (const controller of leaving.splice(0)) controller.abort();
});

/** A connection to a wing in memory, through the real handshake, tunnel and Authenticate. */
function stage(pins: RecordStore<KeyPin> = createMemoryStore(), change: Partial<WingConnectionOptions> = {}) {
  const wing = new InMemoryWing();
  const reachable = signal(true);
  let statedKey = wing.keyPair.publicKey;
  const connection = new WingConnection({
    wingId: wing.wingId,
    reachable,
    statedKey: () => statedKey,
    openPipe: wing.openPipe,
    ticket: wing.ticket,
    secure: secureWingChannel,
    pins,
    clock: systemClock,
    random,
    ...change,
  });
  const state = (key: Uint8Array) => {
    statedKey = key;
  };
  const start = () => {
    const leave = new AbortController();
    leaving.push(leave);
    return { leave, ran: connection.run(leave.signal) };
  };
  const is = (kind: string) => vi.waitFor(() => expect(connection.state.value.kind).toBe(kind));
  return { wing, reachable, connection, pins, start, is, state };
}

describe("WingConnection", () => {
  it("secures a channel, is admitted, and learns the wing's name and sessions", async () => {
    const { wing, connection, start, is } = stage();
    start();
    await is("online");
    await vi.waitFor(() => expect(connection.info.value?.label).toBe("studio"));
    await vi.waitFor(() =>
      expect(connection.sessions.value).toMatchObject({ kind: "listed", sessions: [{ id: wing.egg.sessionId }] }),
    );
    await vi.waitFor(() => expect(connection.roundTripMs.value).toBeGreaterThanOrEqual(0));
    expect(connection.state.value).toMatchObject({ person: { displayName: "Edda Brix", role: "owner" } });
  });

  it("pins the key at the first meeting, with the wing's name", async () => {
    const { wing, pins, start, is } = stage();
    start();
    await is("online");
    await vi.waitFor(async () => expect((await pins.get(wing.wingId))?.label).toBe("studio"));
    expect((await pins.get(wing.wingId))?.publicKey).toEqual(new Uint8Array(wing.keyPair.publicKey));
  });

  it("pins nothing that did not prove to hold the key", async () => {
    const { wing, pins, start, is, state } = stage();
    state(generateKeyPair().publicKey);
    start();
    await is("refused");
    expect(await pins.get(wing.wingId)).toBeUndefined();
  });

  it("waits while the relay does not see the wing, and goes on when it does", async () => {
    const { wing, reachable, start, is } = stage();
    reachable.value = false;
    start();
    await is("offline");
    expect(wing.opened).toBe(0);
    reachable.value = true;
    await is("online");
  });

  it("connects again by itself after the channel broke, and keeps what it knew meanwhile", async () => {
    const { wing, connection, start, is } = stage();
    start();
    await is("online");
    await vi.waitFor(() => expect(connection.sessions.value.kind).toBe("listed"));
    wing.cut();
    await vi.waitFor(() => expect(connection.state.value.kind).not.toBe("online"));
    expect(connection.sessions.value.kind).toBe("listed");
    await is("online");
    expect(wing.opened).toBe(2);
  });

  it("dials nobody when the roost states another key than the pinned one, until the person decides", async () => {
    const { wing, pins, connection, start, is, state } = stage();
    const old = generateKeyPair().publicKey;
    await pins.put(wing.wingId, {
      wingId: wing.wingId,
      publicKey: new Uint8Array(old),
      pinnedSince: 1,
      label: "studio",
    });
    state(wing.keyPair.publicKey);
    start();
    await is("key-changed");
    expect(connection.state.value).toMatchObject({ pinned: old, offered: wing.keyPair.publicKey });
    expect(wing.opened).toBe(0);
    await connection.trustKey(wing.keyPair.publicKey);
    await is("online");
    expect((await pins.get(wing.wingId))?.publicKey).toEqual(new Uint8Array(wing.keyPair.publicKey));
  });

  it("stops when the wing itself answers with another key than the pinned one", async () => {
    const { wing, pins, start, is, state } = stage();
    const old = generateKeyPair().publicKey;
    await pins.put(wing.wingId, { wingId: wing.wingId, publicKey: new Uint8Array(old), pinnedSince: 1, label: "" });
    state(old);
    start();
    await is("key-changed");
    expect((await pins.get(wing.wingId))?.publicKey).toEqual(new Uint8Array(old));
  });

  it("dials nobody when the pin cannot be read", async () => {
    const pins: RecordStore<KeyPin> = { ...createMemoryStore(), get: () => Promise.reject(new DamagedPinError()) };
    const { wing, connection, start, is } = stage(pins);
    const { ran } = start();
    await is("refused");
    await ran;
    expect(wing.opened).toBe(0);
    expect(connection.state.value).toMatchObject({ reason: expect.stringContaining("pinned key") });
  });

  it("stops when it is not admitted, and tries again when asked to", async () => {
    const { wing, connection, start, is } = stage();
    wing.refuseWith = new ConnectError("only the owner may come in", Code.PermissionDenied);
    start();
    await is("refused");
    expect(connection.state.value).toMatchObject({ reason: "only the owner may come in" });
    wing.refuseWith = undefined;
    connection.retry();
    await is("online");
  });

  it("tries again when a refused wing went away and came back", async () => {
    const { wing, reachable, start, is } = stage();
    wing.refuseWith = new ConnectError("no", Code.PermissionDenied);
    start();
    await is("refused");
    wing.refuseWith = undefined;
    reachable.value = false;
    await is("offline");
    reachable.value = true;
    await is("online");
  });

  it("retries, and says why, when the relay cannot reach the wing after all", async () => {
    const refusal = new RelayRefusedError(CloseReason.WING_OFFLINE, "the wing is not connected");
    let opens = 0;
    const { wing, connection, start, is } = stage(createMemoryStore(), {
      openPipe: () => {
        opens += 1;
        return opens === 1 ? Promise.reject(refusal) : wing.openPipe();
      },
    });
    start();
    await vi.waitFor(() => expect(connection.trouble.value).toBe("the wing is not connected"));
    await is("online");
    expect(connection.trouble.value).toBe("");
  });

  it("leaves its channel behind closed when the page is left", async () => {
    const { connection, start, is } = stage();
    const { leave, ran } = start();
    await is("online");
    leave.abort();
    await ran;
    expect(connection.state.value.kind).not.toBe("online");
  });
});
