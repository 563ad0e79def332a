import type { ConnectRouter, ConnectRouterOptions, ServiceImpl } from "@connectrpc/connect";
import { AccessService } from "@wingthing/contracts/gen/wingthing/wing/v1/access_pb";
import { InfoService } from "@wingthing/contracts/gen/wingthing/wing/v1/info_pb";
import { SessionService } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import { WorkspaceService } from "@wingthing/contracts/gen/wingthing/wing/v1/workspace_pb";
import { mapErrors, toConnectError } from "@wingthing/service-runtime/errors";
import type { Log } from "@wingthing/service-runtime/log";
import { validateRequests } from "@wingthing/service-runtime/validate";
import { TUNNEL_ROUTER_OPTIONS } from "@wingthing/tunnel/tunnel-server";
import { callerKey } from "../access/caller.ts";
import { admitCall } from "../access/gate.ts";
import { wingErrors } from "./error-table.ts";

/** The implementation of each service. */
export interface WingServices {
  readonly access: ServiceImpl<typeof AccessService>;
  readonly info: ServiceImpl<typeof InfoService>;
  readonly session: ServiceImpl<typeof SessionService>;
  readonly workspace: ServiceImpl<typeof WorkspaceService>;
}

/** How calls are taken, on a sealed channel and on the wing's own socket alike: the gate sees each before its first byte. */
export function wingRouterOptions(log: Log): ConnectRouterOptions {
  const errors = wingErrors(log);
  return {
    ...TUNNEL_ROUTER_OPTIONS,
    interceptors: [mapErrors(errors), validateRequests()],
    requestGate: ({ method, values }) => {
      try {
        admitCall(method, values.get(callerKey));
      } catch (error) {
        throw toConnectError(error, errors);
      }
    },
  };
}

/** Registers every service. */
export function registerServices(router: ConnectRouter, services: WingServices): void {
  router
    .service(AccessService, services.access)
    .service(InfoService, services.info)
    .service(SessionService, services.session)
    .service(WorkspaceService, services.workspace);
}
