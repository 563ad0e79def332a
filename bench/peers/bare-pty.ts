import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { WebSocket } from "ws";
import { ServerProcess } from "../measure/server-process.ts";
import { BENCH_SIZE, OutputBuffer, type PeerSession, type TerminalPeer } from "./terminal-peer.ts";

const SERVER = fileURLToPath(new URL("./bare-pty-server.ts", import.meta.url));

/** node-pty behind a WebSocket, and nothing else. */
export async function barePtyPeer(): Promise<TerminalPeer> {
  const server = await ServerProcess.start(SERVER);
  return {
    name: "bare",
    open: (command) => openSession(server.url, command),
    close: () => server[Symbol.asyncDispose](),
  };
}

async function openSession(url: string, command: readonly string[]): Promise<PeerSession> {
  const webSocket = new WebSocket(url, { perMessageDeflate: false });
  const output = new OutputBuffer();
  await once(webSocket, "open");
  const started = new Promise<void>((resolve) => {
    webSocket.on("message", (message: Buffer, isBinary) => {
      if (isBinary) output.push(message);
      else resolve();
    });
  });
  webSocket.send(JSON.stringify({ command, ...BENCH_SIZE }));
  await started;
  return {
    write: (bytes) => webSocket.send(bytes),
    onData: (handler) => output.onData(handler),
    resize: (size) => webSocket.send(JSON.stringify(size)),
    async close() {
      webSocket.close();
      if (webSocket.readyState !== WebSocket.CLOSED) await once(webSocket, "close");
    },
  };
}
