import type { PublishedKeys } from "@wingthing/access-token/published-keys";
import { pathOf, sendJson } from "@wingthing/service-runtime/http-reply";
import type { RequestHandler } from "@wingthing/service-runtime/request-handler";

/** Where verifiers look for the keys (RFC 7517). */
const KEY_SET_PATH = "/.well-known/jwks.json";

/** Publishes the public keys. */
export function keySetHandler(published: PublishedKeys): RequestHandler {
  return (request, response) => {
    if (pathOf(request) !== KEY_SET_PATH || (request.method !== "GET" && request.method !== "HEAD")) return false;
    sendJson(response, 200, published);
    return true;
  };
}
