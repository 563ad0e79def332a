import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { signal } from "@preact/signals-core";
import { AttachedSession } from "@wingthing/attached-session/attached-session";
import { systemClock } from "@wingthing/attached-session/clock";
import { parseSessionId } from "@wingthing/contracts/ids";
import { connectWing, type RemoteClient } from "@wingthing/testkit/remote-client";
import { TestRoost } from "@wingthing/testkit/test-roost";
import { BENCH_SIZE, OutputBuffer, type PeerSession, type TerminalPeer } from "./terminal-peer.ts";

const GRID = { columns: BENCH_SIZE.cols, rows: BENCH_SIZE.rows };

/** The whole path: browser's channel → relay → wing → egg → sandbox → PTY, in the processes that a person has. */
export async function wingthingPeer(): Promise<TerminalPeer> {
  const roost = await TestRoost.start({ proxied: false });
  const cwd = join(roost.home, "bench");
  mkdirSync(cwd);
  const client = await connectWing(roost.url, roost.wingId);
  return {
    name: "wingthing",
    async open(command) {
      const args = ["-c", 'exec "$@"', "bash", ...command];
      const { session } = await client.sessions.start({ agent: "shell", cwd, size: GRID, args });
      if (session === undefined) throw new Error("the wing started no session");
      return await attach(client, session.sessionId, true);
    },
    async close() {
      await client[Symbol.asyncDispose]();
      await roost[Symbol.asyncDispose]();
    },
  };
}

async function attach(client: RemoteClient, sessionId: string, owns: boolean): Promise<PeerSession> {
  const output = new OutputBuffer();
  const detached = new AbortController();
  const draw = (data: Uint8Array, parsed: () => void): void => {
    output.push(data);
    parsed();
  };
  const session = new AttachedSession({
    sessionId: parseSessionId(sessionId),
    service: signal(client.sessions),
    sink: { write: draw, redraw: draw, resize: () => {} },
    grid: GRID,
    clock: systemClock,
    random: (bytes) => crypto.getRandomValues(bytes),
  });
  const live = new Promise<void>((resolve) => {
    session.state.subscribe((state) => {
      if (state.kind === "live" || state.kind === "ended") resolve();
    });
  });
  const ended = session.run(detached.signal);
  await live;
  return {
    write: (bytes) => session.type(bytes),
    onData: (handler) => output.onData(handler),
    resize: (size) => session.resize({ columns: size.cols, rows: size.rows }),
    attach: () => attach(client, sessionId, false),
    async close() {
      if (owns) await client.sessions.stop({ sessionId });
      detached.abort();
      await ended;
    },
  };
}
