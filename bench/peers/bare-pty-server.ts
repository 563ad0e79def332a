/**
 * The floor for a terminal in a browser with Node: a WebSocket for each program, node-pty behind it. No encryption, no
 * relay, no sandbox, no screen that outlives the socket. Output waits for the socket, which is all the care it takes.
 *
 * First message, text: {command, cols, rows}. Then binary messages are input and output; text is {cols, rows}.
 * Says its address as a line of JSON and ends with its standard input.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { spawn } from "@lydell/node-pty";
import { type WebSocket, WebSocketServer } from "ws";

/** Output that may wait in a socket before the program is paused. */
const HIGH_WATER_BYTES = 1024 * 1024;

const server = createServer();
const webSockets = new WebSocketServer({ server, perMessageDeflate: false });
webSockets.on("connection", (webSocket) => {
  webSocket.once("message", (message) => run(webSocket, JSON.parse(String(message))));
});
server.on("connection", (socket) => socket.setNoDelay(true));
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ url: `ws://127.0.0.1:${port}/` }));
});
process.stdin.resume().on("end", () => process.exit());

function run(webSocket: WebSocket, start: { command: readonly string[]; cols: number; rows: number }): void {
  const [program = "sh", ...args] = start.command;
  const { cols, rows } = start;
  const pty = spawn(program, args, { cols, rows, name: "xterm-256color", encoding: null });
  // With encoding null node-pty delivers Buffers, which its types do not know.
  pty.onData((chunk: string | Buffer) => {
    webSocket.send(chunk, () => {
      if (webSocket.bufferedAmount === 0) pty.resume();
    });
    if (webSocket.bufferedAmount > HIGH_WATER_BYTES) pty.pause();
  });
  pty.onExit(() => webSocket.close());
  webSocket.on("message", (message: Buffer, isBinary) => {
    if (isBinary) {
      pty.write(message.toString());
      return;
    }
    const size = JSON.parse(message.toString()) as { cols: number; rows: number };
    pty.resize(size.cols, size.rows);
  });
  webSocket.on("close", () => pty.kill("SIGKILL"));
  webSocket.send(JSON.stringify({ started: true }));
}
