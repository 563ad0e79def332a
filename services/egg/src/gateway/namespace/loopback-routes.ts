import { spawn } from "node:child_process";
import { NotEnforceableError } from "../../sandbox/not-enforceable.ts";
import { findHostProgram } from "./host-program.ts";
import type { NetworkNamespace } from "./network-namespace.ts";

/** `ip -batch`: one process for both families. */
const ROUTES = "route add local 0.0.0.0/0 dev lo\nroute add local ::/0 dev lo\n";

/** What `ip` says when a host has IPv6 switched off: then no program can send any, and the second line may fail. */
const WITHOUT_IPV6 = /Command failed -:2/;
const WITHOUT_IPV4 = /Command failed -:1/;

/** Two lines of complaint; anything longer is not from `ip`. */
const MAX_COMPLAINT_BYTES = 4_096;

/**
 * Delivers every address of the internet to the namespace's own loopback interface, so that a connection to any of
 * them arrives at a listener of the gateway, or is reset when there is none for its port.
 * @throws NotEnforceableError when `ip` is missing or the kernel refuses.
 */
export async function routeEverythingToLoopback(namespace: NetworkNamespace): Promise<void> {
  const [program, ...prefix] = namespace.enter;
  if (program === undefined) throw new TypeError("expected a program that enters the namespace, found an empty prefix");
  const ip = spawn(program, [...prefix, findHostProgram("ip"), "-force", "-batch", "-"], { env: {}, cwd: "/" });
  let complaint = "";
  ip.stderr.on("data", (chunk: Buffer) => {
    if (complaint.length < MAX_COMPLAINT_BYTES) complaint += chunk.toString("utf8");
  });
  ip.stdin.on("error", () => {
    // It ended before it read the routes; the exit code tells.
  });
  ip.stdin.end(ROUTES);
  const code = await new Promise<number | string>((resolve) => {
    ip.once("error", (error) => resolve(error.message));
    ip.once("close", (exitCode, signal) => resolve(exitCode ?? signal ?? "no exit code"));
  });
  if (code === 0) return;
  if (WITHOUT_IPV6.test(complaint) && !WITHOUT_IPV4.test(complaint)) return;
  throw new NotEnforceableError({
    area: "network",
    found: `the egg's namespace could not be routed to its own loopback (${code}): ${complaint.trim()}`,
    remedy:
      "Run: sudo apt-get install iproute2; the kernel needs CONFIG_IP_MULTIPLE_TABLES, which every distribution has",
  });
}
