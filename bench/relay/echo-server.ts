/** A WebSocket that answers what it hears: one hop, for comparison. Says its address, ends with its standard input. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

const server = createServer();
const webSockets = new WebSocketServer({ server, perMessageDeflate: false });
webSockets.on("connection", (webSocket) => {
  webSocket.on("message", (message, isBinary) => webSocket.send(message, { binary: isBinary }));
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ url: `ws://127.0.0.1:${port}/` }));
});
process.stdin.resume().on("end", () => process.exit());
