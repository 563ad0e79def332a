import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type ConnectRouter,
  type ContextValues,
  createConnectRouter,
  type HandlerContext,
  type Interceptor,
} from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import { universalRequestFromNodeRequest, universalResponseToNodeResponse } from "@connectrpc/connect-node";
import { pathOf, sendRefusal } from "./http-reply.ts";
import type { Log } from "./log.ts";
import type { RequestHandler } from "./request-handler.ts";

/** Services behind a listener. */
export interface ConnectHandlerOptions {
  /** Registers services: `(router) => router.service(AccountService, …)`. */
  readonly routes: (router: ConnectRouter) => void;
  /** Outermost first; `mapErrors` belongs at the front. */
  readonly interceptors?: readonly Interceptor[];
  /** Runs before a body is read: the place to refuse callers who are nobody. */
  readonly requestGate?: (context: HandlerContext) => void | Promise<void>;
  /** Values for the handlers, taken from the request: who calls, from where. */
  readonly contextValues?: (request: IncomingMessage) => ContextValues;
  /** One message; more is refused with `resource_exhausted`. */
  readonly readMaxBytes: number;
  /** Aborted when the service closes; running calls see it. */
  readonly shutdownSignal?: AbortSignal;
  readonly log: Log;
}

/** A client may not ask a call to wait longer. */
const MAX_TIMEOUT_MS = 60_000;

/** Serves Connect and gRPC-Web over HTTP/1.1; unknown methods of its services are answered, other paths are left. */
export function connectHandler(options: ConnectHandlerOptions): RequestHandler {
  const router = createConnectRouter({
    grpc: false,
    acceptCompression: [],
    interceptors: [...(options.interceptors ?? [])],
    readMaxBytes: options.readMaxBytes,
    maxTimeoutMs: MAX_TIMEOUT_MS,
    ...(options.requestGate && { requestGate: options.requestGate }),
    ...(options.shutdownSignal && { shutdownSignal: options.shutdownSignal }),
  });
  options.routes(router);
  const methods = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
  const services = new Set(router.handlers.map((handler) => handler.service.typeName));

  return (request, response) => {
    const path = pathOf(request);
    const handler = methods.get(path);
    if (handler) {
      void call(handler, request, response);
      return true;
    }
    const [, service = "", method = ""] = path.split("/");
    if (!services.has(service)) return false;
    const message = `${service} has no method ${JSON.stringify(method.slice(0, 100))}.`;
    sendRefusal(response, { status: 404, code: "unimplemented", message });
    return true;
  };

  async function call(handler: UniversalHandler, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const universal = universalRequestFromNodeRequest(request, response, undefined, options.contextValues?.(request));
      await universalResponseToNodeResponse(await handler(universal), response);
    } catch (error) {
      // The caller is gone or its connection broke; what a handler throws has been made a response before.
      options.log.debug("call ended early", { method: handler.method.name, error });
      response.destroy();
    }
  }
}
