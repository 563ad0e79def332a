import { connect, type Socket } from "node:net";
import type { Dialer, Resolver } from "../connections/outbound.ts";

/** Any public address does: the dialer below never dials it. */
const STAND_IN_ADDRESS = "93.184.215.14";

/** What a gateway that must not touch the real network is opened with. */
export interface UpstreamMap {
  readonly resolve: Resolver;
  readonly dial: Dialer;
}

/**
 * Leads "api.example.com:443" to "127.0.0.1:PORT". Names that are not in the map do not resolve. The address check sees
 * a public address, so everything else of the gateway is real.
 */
export function mapUpstreams(upstreams: Readonly<Record<string, string>>): UpstreamMap {
  const names = new Set(Object.keys(upstreams).map((target) => target.slice(0, target.lastIndexOf(":"))));
  return {
    resolve: async (host) => {
      if (!names.has(host)) throw new Error(`${host} is not in the map of upstreams`);
      return [STAND_IN_ADDRESS];
    },
    dial: ({ host, port }, signal) => dialMapped(upstreams[`${host}:${port}`], signal),
  };
}

function dialMapped(upstream: string | undefined, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const separator = upstream?.lastIndexOf(":") ?? -1;
    if (upstream === undefined || separator < 0)
      return reject(new Error("connection refused: not in the map of upstreams"));
    const port = Number(upstream.slice(separator + 1));
    const socket = connect({ host: upstream.slice(0, separator), port, allowHalfOpen: true, signal });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(socket);
    });
  });
}
