import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { spawn } from "@lydell/node-pty";
import { BENCH_SIZE, OutputBuffer, type PeerSession, type TerminalPeer } from "./terminal-peer.ts";

const run = promisify(execFile);

/** tmux on this machine, no network: a server of its own, and a client in a PTY for each viewer. */
export async function tmuxPeer(): Promise<TerminalPeer> {
  // A socket name and no configuration of its own: nothing of the person's tmux is touched.
  const base = ["-L", `wt-bench-${process.pid}`, "-f", "/dev/null"];
  const tmux = (...args: string[]) => run("tmux", [...base, ...args]);
  const size = ["-x", String(BENCH_SIZE.cols), "-y", String(BENCH_SIZE.rows)];
  // Keeps the server alive between sessions, and draws no status line in what is measured.
  await tmux("new-session", "-d", "-s", "keeper", ...size, "sleep", "infinity");
  await tmux("set-option", "-g", "status", "off");
  let sessions = 0;
  return {
    name: "tmux",
    async open(command) {
      const session = `bench-${sessions++}`;
      await tmux("new-session", "-d", "-s", session, ...size, ...command);
      const end = async () => {
        // A program that ended has taken its session with it.
        await tmux("kill-session", "-t", session).catch(() => undefined);
      };
      return view(base, session, { end, attach: async () => view(base, session) });
    },
    async close() {
      await tmux("kill-server");
    },
  };
}

interface ViewExtras {
  readonly end?: () => Promise<void>;
  readonly attach?: () => Promise<PeerSession>;
}

function view(base: readonly string[], session: string, { end, attach }: ViewExtras = {}): PeerSession {
  const output = new OutputBuffer();
  const args = [...base, "attach-session", "-t", session];
  const client = spawn("tmux", args, { ...BENCH_SIZE, name: "xterm-256color", encoding: null });
  const exited = new Promise<void>((resolve) => client.onExit(() => resolve()));
  // With encoding null node-pty delivers Buffers, which its types do not know.
  client.onData((chunk: string | Buffer) => output.push(Buffer.from(chunk)));
  return {
    write: (bytes) => client.write(Buffer.from(bytes).toString()),
    onData: (handler) => output.onData(handler),
    resize: ({ cols, rows }) => client.resize(cols, rows),
    ...(attach ? { attach } : {}),
    async close() {
      await end?.();
      client.kill();
      await exited;
    },
  };
}
