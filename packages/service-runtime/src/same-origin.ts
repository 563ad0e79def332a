import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { Refusal } from "./request-guard.ts";

/** Names under which a listener may be called. */
export interface HostPolicy {
  /** Any IP address may stand in Host: no foreign web page can make a browser send its own name there. */
  readonly anyAddress: boolean;
  /** Further names, "wing.example.org" or "wing.example.org:8443". */
  readonly allowedHosts: readonly string[];
}

/** Longest piece of a header that a refusal repeats. */
const MAX_QUOTED_CHARS = 100;
const HTTP_PORT = "80";
const LOOPBACK_NAMES: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Refuses a Host that is not ours. A page of evil.example whose name is made to point at 127.0.0.1 (DNS rebinding)
 * still sends "Host: evil.example".
 */
export function refuseForeignHost(request: IncomingMessage, policy: HostPolicy): Refusal | undefined {
  if (!request.url?.startsWith("/") || request.url.startsWith("//")) {
    return { status: 400, code: "invalid_argument", message: "The request's target must be a path." };
  }
  const hosts = request.headersDistinct["host"] ?? [];
  const [host = ""] = hosts;
  if (hosts.length === 1 && isAllowedHost(host, request.socket.localPort, policy)) return undefined;
  const found = hosts.length > 1 ? "Several Host headers" : `Host ${quoted(host)}`;
  const wanted = `localhost:${request.socket.localPort}`;
  return forbidden(`${found} is not a name of this server. Open http://${wanted} instead.`);
}

/** True when the Host header names this machine itself. */
export function hasLoopbackHost(request: IncomingMessage): boolean {
  return isAllowedHost(request.headers.host ?? "", request.socket.localPort, { anyAddress: false, allowedHosts: [] });
}

function isAllowedHost(host: string, localPort: number | undefined, policy: HostPolicy): boolean {
  const lower = host.toLowerCase();
  const [, name = "", port = HTTP_PORT] = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/.exec(lower) ?? [];
  if (name === "") return false;
  if (LOOPBACK_NAMES.has(name)) return port === String(localPort);
  if (policy.anyAddress && isIP(name.replace(/^\[|\]$/g, "")) !== 0) return true;
  return policy.allowedHosts.some((allowed) => [name, lower].includes(allowed.toLowerCase()));
}

/**
 * Refuses what another site's page sends. A browser states the Origin of every upgrade and of every request that is
 * not GET or HEAD; a request without one is no browser's, or changes nothing. Following a link to us is allowed.
 */
export function refuseForeignOrigin(request: IncomingMessage): Refusal | undefined {
  const origins = request.headersDistinct["origin"] ?? [];
  const host = request.headers.host?.toLowerCase();
  const ours = [`http://${host}`, `https://${host}`];
  const foreign = origins.find((origin) => !ours.includes(origin.toLowerCase()));
  if (foreign !== undefined) return forbidden(`Origin ${quoted(foreign)} may not use this server.`);
  const site = request.headers["sec-fetch-site"] ?? "none";
  if (site === "none" || site === "same-origin" || isNavigation(request)) return undefined;
  return forbidden(`A page of another site (Sec-Fetch-Site ${quoted(String(site))}) may not use this server.`);
}

/** A person follows a link or types the address: a whole new page, not a frame. */
function isNavigation({ method, headers }: IncomingMessage): boolean {
  return method === "GET" && headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
}

/** Headers that proxies add. */
const FORWARDING_HEADERS = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "cf-connecting-ip"];

/** True when a proxy says that somebody else is behind it. */
export function isForwarded({ headers }: IncomingMessage): boolean {
  return FORWARDING_HEADERS.some((name) => headers[name] !== undefined);
}

const forbidden = (message: string): Refusal => ({ status: 403, code: "permission_denied", message });
const quoted = (text: string): string => JSON.stringify(text.slice(0, MAX_QUOTED_CHARS));
