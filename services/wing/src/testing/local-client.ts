import { connect } from "node:net";
import { type Client, createClient } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { AccessService } from "@wingthing/contracts/gen/wingthing/wing/v1/access_pb";
import { InfoService } from "@wingthing/contracts/gen/wingthing/wing/v1/info_pb";
import { SessionService } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import { WorkspaceService } from "@wingthing/contracts/gen/wingthing/wing/v1/workspace_pb";

/** A program of the same user, as `wt` is one. */
export interface LocalClient extends Disposable {
  readonly access: Client<typeof AccessService>;
  readonly info: Client<typeof InfoService>;
  readonly sessions: Client<typeof SessionService>;
  readonly workspace: Client<typeof WorkspaceService>;
}

/** Connects to a wing's own socket. */
export function connectLocally(socketPath: string): LocalClient {
  const baseUrl = "http://wing.local";
  const sessionManager = new Http2SessionManager(baseUrl, undefined, { createConnection: () => connect(socketPath) });
  const transport = createGrpcTransport({ baseUrl, sessionManager, acceptCompression: [] });
  return {
    access: createClient(AccessService, transport),
    info: createClient(InfoService, transport),
    sessions: createClient(SessionService, transport),
    workspace: createClient(WorkspaceService, transport),
    [Symbol.dispose]: () => sessionManager.abort(),
  };
}
