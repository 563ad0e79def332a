import { type ChildProcess, spawn } from "node:child_process";
import { Socket as UdpSocket } from "node:dgram";
import { getCompileCacheDir } from "node:module";
import { type Server as TcpServer, Server as TcpServerClass } from "node:net";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { NotEnforceableError } from "../../sandbox/not-enforceable.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import type { SocketMakerMessage, WantedSocket } from "./socket-maker.ts";

/** A cold start takes 50 to 100 ms; a host so loaded that it needs this long could not carry an agent either. */
const SOCKETS_READY_MS = 15_000;

/** Enough for a stack trace. */
const MAX_ERROR_TEXT_BYTES = 4_096;

/** A socket of the namespace that this process owns alone. */
export type InsideSocket =
  | { readonly kind: "tcp"; readonly port: number; readonly server: TcpServer }
  | { readonly kind: "udp"; readonly port: number; readonly socket: UdpSocket };

/** How to run socket-maker: a single executable runs itself, the sources are run by Node. */
export interface SocketMakerProgram {
  readonly file: string;
  readonly args: readonly string[];
}

const BY_NODE: SocketMakerProgram = {
  file: process.execPath,
  args: [fileURLToPath(new URL("./socket-maker.ts", import.meta.url))],
};

/** Runs socket-maker in a namespace and collects what it makes. Starting it early hides the start of its Node. */
export class InsideSockets {
  readonly #process: ChildProcess;
  readonly #ended: Promise<string>;
  #errorText = "";

  constructor(namespace: NetworkNamespace, program: SocketMakerProgram = BY_NODE) {
    const [enter, ...prefix] = namespace.enter;
    if (enter === undefined) throw new TypeError("expected a program that enters the namespace, found an empty prefix");
    this.#process = spawn(enter, [...prefix, program.file, ...program.args], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      env: compileCache(),
      cwd: "/",
    });
    this.#process.stderr?.on("data", (chunk: Buffer) => {
      if (this.#errorText.length < MAX_ERROR_TEXT_BYTES) this.#errorText += chunk.toString("utf8");
    });
    this.#ended = ending(this.#process);
  }

  /**
   * Makes the sockets, in order, and waits until the other process is gone, so that no second copy accepts.
   * @throws NotEnforceableError when one cannot be made; the others are closed.
   */
  async make(wanted: readonly WantedSocket[]): Promise<readonly InsideSocket[]> {
    const made = new Map<number, InsideSocket>();
    const failures: string[] = [];
    this.#process.on("message", (message: SocketMakerMessage, handle) => {
      if (message.said === "failed") failures.push(`${describe(wanted[message.index])}: ${message.text}`);
      else if (handle instanceof TcpServerClass) {
        made.set(message.index, { kind: "tcp", port: message.port, server: handle });
      } else if (handle instanceof UdpSocket) {
        made.set(message.index, { kind: "udp", port: message.port, socket: handle });
      }
    });
    this.#process.send([...wanted], (error) => {
      if (error !== null) failures.push(error.message);
    });
    const how = await this.#endedInTime();
    const sockets = wanted.flatMap((_, index) => made.get(index) ?? []);
    if (failures.length === 0 && sockets.length === wanted.length) return sockets;
    for (const socket of sockets) closeSocket(socket);
    throw new NotEnforceableError({
      area: "network",
      found: `the egg's listeners could not be made (${how}): ${failures.join("; ") || this.#errorText.trim()}`,
      remedy: "Run: wt doctor; where a port is named, remove it from the network rules or host_ports",
    });
  }

  /** Ends the process when it still waits for its request. */
  async stop(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#ended;
  }

  async #endedInTime(): Promise<string> {
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), SOCKETS_READY_MS);
    try {
      return await this.#ended;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Waits for the exit and for the last message: either may be seen first. */
async function ending(process: ChildProcess): Promise<string> {
  const lastMessage = new Promise<void>((resolve) => {
    process.once("disconnect", resolve);
    process.once("error", () => resolve());
  });
  const how = await new Promise<string>((resolve) => {
    process.once("error", (error) => resolve(error.message));
    process.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  await lastMessage;
  return how;
}

/** Stops listening; connections that were accepted live on. */
export function closeSocket(made: InsideSocket): void {
  if (made.kind === "tcp") made.server.close();
  else made.socket.close();
}

function describe(wanted: WantedSocket | undefined): string {
  return wanted === undefined ? "unknown socket" : `${wanted.kind} ${wanted.address} port ${wanted.port}`;
}

/** Stripping types doubles the start of the process; where this one has a compile cache, that one shares it. */
function compileCache(): Record<string, string> {
  const folder = getCompileCacheDir();
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}
