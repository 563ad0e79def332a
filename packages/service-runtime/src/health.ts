import type { ServerResponse } from "node:http";
import { pathOf, sendJson } from "./http-reply.ts";
import type { RequestHandler } from "./request-handler.ts";

/** Where it answers. */
export const HEALTH_PATH = "/healthz";

/** A part of a service that can fail: rejects or gives false when it does. */
export type HealthCheck = () => boolean | Promise<boolean>;

/** Answers GET /healthz with 200 when every check passes, else with 503 and the names of those that do not. */
export function healthHandler(checks: Readonly<Record<string, HealthCheck>> = {}): RequestHandler {
  return (request, response) => {
    if (pathOf(request) !== HEALTH_PATH || (request.method !== "GET" && request.method !== "HEAD")) return false;
    void answer(checks, response).catch(() => response.destroy());
    return true;
  };
}

async function answer(checks: Readonly<Record<string, HealthCheck>>, response: ServerResponse): Promise<void> {
  const failing = await failingChecks(checks);
  if (failing.length === 0) sendJson(response, 200, { status: "ok" });
  else sendJson(response, 503, { status: "failing", failing });
}

async function failingChecks(checks: Readonly<Record<string, HealthCheck>>): Promise<readonly string[]> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        return { name, passed: await check() };
      } catch {
        return { name, passed: false };
      }
    }),
  );
  return results.filter(({ passed }) => !passed).map(({ name }) => name);
}
