import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** Takes a request or leaves it; true when it took it and will end the response. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Takes over the socket of an upgrade request. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
