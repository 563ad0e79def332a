import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { signal } from "@preact/signals";
import { AttachedSession, type AttachService } from "@wingthing/attached-session/attached-session";
import { systemClock } from "@wingthing/attached-session/clock";
import { MAX_UNDRAWN_BYTES } from "@wingthing/attached-session/draw-window";
import { SessionService } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import { parseSessionId } from "@wingthing/contracts/ids";
import { openSealedChannel } from "@wingthing/sealed-channel/sealed-channel";
import { webCryptoAead } from "@wingthing/sealed-channel/webcrypto-aead";
import { createTunnelClient } from "@wingthing/tunnel/tunnel-client";
import { afterEach, describe, expect, it, vi } from "vitest";
import { FakeTerminal } from "../testing/fake-terminal.ts";
import { InMemoryWing } from "../testing/in-memory-wing.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);
const random = (out: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(out);

const leaving: AbortController[] = [];
afterEach(() => {
  for (const controller of leaving.splice(0)) controller.abort();
});

/** A wing with one egg, and a viewer attached to it through the real channel and tunnel. */
function stage() {
  const wing = new InMemoryWing();
  const terminal = new FakeTerminal();
  const service = signal<AttachService | undefined>(undefined);
  const session = new AttachedSession({
    sessionId: parseSessionId(wing.egg.sessionId),
    service,
    sink: terminal,
    grid: { columns: 80, rows: 24 },
    clock: systemClock,
    random,
  });
  const leave = new AbortController();
  leaving.push(leave);
  const ran = session.run(leave.signal);
  const connect = async () => {
    const channel = await openSealedChannel({
      pipe: await wing.openPipe(),
      wingId: wing.wingId,
      wingPublicKey: wing.keyPair.publicKey,
      aead: webCryptoAead,
    });
    const tunnel = createTunnelClient(channel);
    tunnel.closed.then(() => {
      service.value = undefined;
    });
    service.value = createClient(SessionService, tunnel.transport);
  };
  const sees = (wanted: string) => vi.waitFor(() => expect(terminal.text).toContain(wanted));
  const is = (kind: string) => vi.waitFor(() => expect(session.state.value.kind).toBe(kind));
  return { wing, egg: wing.egg, terminal, session, connect, sees, is, leave, ran };
}

describe("AttachedSession", () => {
  it("draws the screen first, then what the program prints", async () => {
    const { egg, terminal, connect, sees, session } = stage();
    egg.print("before");
    await connect();
    await sees("<screen at 6>");
    egg.print(" and after");
    await sees(" and after");
    expect(terminal.text).toBe("<screen at 6> and after");
    expect(session.drawnSeq.value).toBe(16n);
  });

  it("goes on at the very byte where a broken connection stopped", async () => {
    const { wing, egg, terminal, connect, sees, is } = stage();
    await connect();
    await is("live");
    let printed = "";
    for (let round = 0; round < 6; round++) {
      const line = `line ${round}\r\n`;
      egg.print(line);
      printed += line;
      await sees(line);
      wing.cut();
      egg.print(`while away ${round}\r\n`);
      printed += `while away ${round}\r\n`;
      await connect();
    }
    await sees("while away 5");
    expect(terminal.text).toBe(`<screen at 0>${printed}`);
    expect(egg.opens.slice(1).every((open) => open.resumeFromSeq !== undefined)).toBe(true);
  });

  it("takes a new screen when the egg no longer has what is missing", async () => {
    const { wing, egg, terminal, connect, sees } = stage();
    egg.print("0123456789");
    await connect();
    await sees("<screen at 10>");
    wing.cut();
    egg.print("gone for good");
    egg.ringStart = 20;
    await connect();
    await sees("<screen at 23>");
    expect(terminal.text).toBe("<screen at 23>");
  });

  it("types every byte exactly once across breaks, also what was typed while away", async () => {
    const { wing, egg, session, connect, is } = stage();
    session.type(bytes("early "));
    await connect();
    await is("live");
    egg.silentAboutInput = true;
    session.type(bytes("sent but not confirmed "));
    await vi.waitFor(() => expect(text(egg.input)).toContain("confirmed"));
    wing.cut();
    await is("waiting");
    session.type(bytes("while away "));
    egg.silentAboutInput = false;
    await connect();
    session.type(bytes("after"));
    await vi.waitFor(() => expect(text(egg.input)).toContain("after"));
    expect(text(egg.input)).toBe("early sent but not confirmed while away after");
    expect(new Set(egg.opens.map((open) => open.clientId)).size).toBe(1);
  });

  it("keeps a random transcript whole in both directions while the connection breaks at random", async () => {
    const { wing, egg, terminal, session, connect, is } = stage();
    let typed = "";
    let printed = "";
    for (let step = 0; step < 60; step++) {
      if (session.state.value.kind !== "live" && Math.random() < 0.5) {
        await connect();
        await is("live");
      }
      const piece = `${step}.${"x".repeat(Math.floor(Math.random() * 50))} `;
      if (Math.random() < 0.5) {
        session.type(bytes(piece));
        typed += piece;
      } else {
        egg.print(piece);
        printed += piece;
      }
      if (Math.random() < 0.2) wing.cut();
      if (Math.random() < 0.3) await new Promise((resolve) => setImmediate(resolve));
    }
    wing.cut();
    await is("waiting");
    await connect();
    await vi.waitFor(() => expect(text(egg.input)).toBe(typed));
    await vi.waitFor(() => expect(session.drawnSeq.value).toBe(BigInt(printed.length)));
    const screen = /^<screen at (\d+)>/.exec(terminal.text);
    expect(terminal.text.slice(screen?.[0].length)).toBe(printed.slice(Number(screen?.[1])));
  });

  it("stops the egg when the terminal does not keep up, and loses nothing when it does again", async () => {
    const { egg, terminal, connect, sees, is } = stage();
    await connect();
    await is("live");
    await sees("<screen at 0>");
    terminal.quick = false;
    egg.print(new Uint8Array(8 * MAX_UNDRAWN_BYTES).fill(0x61));
    const screen = terminal.drawnBytes;
    await vi.waitFor(() => expect(terminal.drawnBytes - screen).toBe(MAX_UNDRAWN_BYTES));
    await new Promise((resolve) => setImmediate(resolve));
    expect(terminal.drawnBytes - screen).toBe(MAX_UNDRAWN_BYTES);
    terminal.quick = true;
    terminal.catchUp();
    await vi.waitFor(() => expect(terminal.drawnBytes - screen).toBe(8 * MAX_UNDRAWN_BYTES));
  });

  it("draws in the session's grid, states its own, and takes it back only when asked to", async () => {
    const { egg, terminal, session, connect, is } = stage();
    await connect();
    await is("live");
    session.resize({ columns: 100, rows: 30 });
    session.resize({ columns: 101, rows: 31 });
    await vi.waitFor(() => expect(terminal.grids.at(-1)).toBe("101x31"));
    expect(egg.grids).toEqual(["101x31"]);
    egg.resizeTo(60, 20);
    await vi.waitFor(() => expect(session.grid.value).toEqual({ columns: 60, rows: 20 }));
    session.resize({ columns: 101, rows: 31 });
    session.resize({ columns: 101, rows: 31 }, true);
    await vi.waitFor(() => expect(egg.grids).toEqual(["101x31", "101x31"]));
  });

  it("ends with the program, after its last byte was drawn", async () => {
    const { egg, terminal, session, connect, is, ran } = stage();
    await connect();
    await is("live");
    egg.print("the last words");
    egg.exit(3);
    await ran;
    expect(session.state.value).toEqual({ kind: "ended", exit: { kind: "code", code: 3 } });
    expect(terminal.text).toContain("the last words");
  });

  it.each([
    [Code.NotFound, { kind: "missing" }],
    [Code.PermissionDenied, { kind: "refused", reason: "not yours" }],
  ])("gives up when the wing answers code %i", async (code, state) => {
    const { egg, session, connect, ran } = stage();
    egg.failWith = new ConnectError("not yours", code);
    await connect();
    await ran;
    expect(session.state.value).toEqual(state);
  });

  it("comes back by itself when the egg cannot answer for a moment", async () => {
    const { egg, connect, is } = stage();
    egg.failWith = new ConnectError("the egg is busy", Code.Unavailable);
    await connect();
    await is("retrying");
    egg.failWith = undefined;
    await is("live");
  });

  it("becomes a new viewer, and loses no input, when the egg does not know it any more", async () => {
    const { wing, egg, session, connect, is } = stage();
    await connect();
    await is("live");
    session.type(bytes("abc"));
    await vi.waitFor(() => expect(text(egg.input)).toBe("abc"));
    wing.cut();
    await is("waiting");
    session.type(bytes("def"));
    egg.expectInputSeq = 0n;
    await connect();
    await vi.waitFor(() => expect(text(egg.input)).toBe("abcdef"));
    expect(new Set(egg.opens.map((open) => open.clientId)).size).toBe(2);
  });

  it("leaves at once when the page is left, also in the middle of a draw", async () => {
    const { egg, terminal, connect, is, leave, ran } = stage();
    await connect();
    await is("live");
    terminal.quick = false;
    egg.print(new Uint8Array(2 * MAX_UNDRAWN_BYTES));
    await vi.waitFor(() => expect(terminal.drawnBytes).toBeGreaterThanOrEqual(MAX_UNDRAWN_BYTES));
    leave.abort();
    await ran;
  });
});
