import type { IncomingMessage } from "node:http";
import type { Refusal } from "./request-guard.ts";

/** What RPC clients send; none of it can be sent by a form or, without a preflight, by another site's script. */
const RPC_CONTENT_TYPE =
  /^application\/(json|proto|connect\+(json|proto)|grpc-web(\+(json|proto))?|grpc(\+(json|proto))?)$/;

const READING_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** Refuses methods that nothing here has, CORS preflights among them, and bodies that are not those of an RPC. */
export function refuseForeignForm(request: IncomingMessage): Refusal | undefined {
  const method = request.method ?? "";
  if (READING_METHODS.has(method)) return undefined;
  if (method !== "POST") {
    const message = `${method.slice(0, 20)} is not used here; wanted GET, HEAD or POST.`;
    return { status: 405, code: "unimplemented", message, headers: { allow: "GET, HEAD, POST" } };
  }
  if (RPC_CONTENT_TYPE.test(mediaType(request))) return undefined;
  const message = "A POST needs the content type application/json, or one of Connect or gRPC.";
  return { status: 415, code: "invalid_argument", message, headers: { "accept-post": "application/json" } };
}

/** The content type without its parameters, in lower case. */
export function mediaType(request: IncomingMessage): string {
  return (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}
