import { connect } from "node:net";
import { join } from "node:path";
import { type Client, createClient, type Transport } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { InfoService } from "@wingthing/contracts/gen/wingthing/wing/v1/info_pb";
import { SessionService } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";

/** The services of a wing as `wt` calls them. */
export interface WingClient {
  readonly sessions: Client<typeof SessionService>;
  readonly info: Client<typeof InfoService>;
}

function socketTransport(socketPath: string): Transport {
  return createGrpcTransport({
    baseUrl: "http://wing.local",
    // Both ends are on this machine: compressing would only cost.
    acceptCompression: [],
    nodeOptions: { createConnection: () => connect(socketPath) },
  });
}

/** Calls the wing that serves the socket of this state folder. */
export function createWingClient(stateDir: string): WingClient {
  const transport = socketTransport(join(stateDir, "wing.sock"));
  return { sessions: createClient(SessionService, transport), info: createClient(InfoService, transport) };
}

/** Whether a wing answers on the socket of this state folder. */
export function wingAnswers(stateDir: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(join(stateDir, "wing.sock"));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
