import { afterEach, expect, test } from "vitest";
import { type HealthCheck, healthHandler } from "./health.ts";
import { silentLog } from "./log.ts";
import { type HttpListener, serve } from "./serve.ts";
import { send } from "./testing/http-request.ts";

let listener: HttpListener;
afterEach(() => listener.close());

test.each<{ what: string; checks: Record<string, HealthCheck>; status: number; body: object }>([
  { what: "no checks", checks: {}, status: 200, body: { status: "ok" } },
  { what: "a check that passes", checks: { store: async () => true }, status: 200, body: { status: "ok" } },
  {
    what: "one that says no",
    checks: { store: () => false },
    status: 503,
    body: { status: "failing", failing: ["store"] },
  },
  {
    what: "one that rejects, without its reason",
    checks: { store: () => Promise.reject(new Error("/home/ada/db is gone")), keys: () => true },
    status: 503,
    body: { status: "failing", failing: ["store"] },
  },
])("$what: $status", async ({ checks, status, body }) => {
  listener = await serve({ port: 0, handlers: [healthHandler(checks)], log: silentLog });
  const answer = await send({ port: listener.port, path: "/healthz?x" });
  expect({ status: answer.status, body: JSON.parse(answer.body) }).toEqual({ status, body });
  expect((await send({ port: listener.port, path: "/healthy" })).status).toBe(404);
});
