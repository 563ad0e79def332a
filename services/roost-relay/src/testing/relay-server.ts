/**
 * A relay in a process of its own, for measurements: it takes `tokenOf` tokens and has no bound on links or opens.
 * Says its address as a line of JSON and ends with its standard input.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { silentLog } from "@wingthing/service-runtime/log";
import { startRoostRelay } from "../app.ts";
import { verifyTestToken } from "./test-identity.ts";

const MANY = 1_000_000;

const relay = startRoostRelay({
  verifyToken: verifyTestToken,
  log: silentLog,
  limits: { maxLinks: MANY, maxGreetings: MANY, maxLinksPerSubject: MANY, openBurst: MANY },
});
const server = createServer().on("upgrade", relay.handleUpgrade);
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ url: `ws://127.0.0.1:${port}/relay` }));
});
process.stdin.resume().on("end", () => process.exit());
