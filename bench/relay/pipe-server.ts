/**
 * The floor for a relay in Node: two WebSockets of the same ?pair= are joined, and what comes from one goes to the other
 * as it is. No tokens, no channels, no bounds. Says its address as a line of JSON and ends with its standard input.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

const waiting = new Map<string, WebSocket>();
const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
const server = createServer();

server.on("upgrade", (request, socket, head) => {
  const pair = new URL(request.url ?? "/", "ws://localhost").searchParams.get("pair") ?? "";
  webSockets.handleUpgrade(request, socket, head, (webSocket) => {
    const other = waiting.get(pair);
    if (!other) {
      waiting.set(pair, webSocket);
      return;
    }
    waiting.delete(pair);
    join(webSocket, other);
    join(other, webSocket);
  });
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ url: `ws://127.0.0.1:${port}/` }));
});
process.stdin.resume().on("end", () => process.exit());

function join(from: WebSocket, to: WebSocket): void {
  from.on("message", (message, isBinary) => to.send(message, { binary: isBinary }));
  from.on("close", () => to.terminate());
}
