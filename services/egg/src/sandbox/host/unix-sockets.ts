import type { HostFiles } from "./host-files.ts";
import { resolveRealPath } from "./real-path.ts";

/** One line of /proc/net/unix that ends in a path; abstract names begin with "@" and stay in the host's network. */
const BOUND_SOCKET = /^[0-9a-f]+: \S+ \S+ \S+ \S+ \S+ +\d+ (\/.+)$/;

/**
 * Real paths of the sockets that programs of the host have bound. connect() works through a read-only mount, so each of
 * them that stays visible must be covered.
 */
export function findBoundSockets(procNetUnix: string, files: HostFiles): readonly string[] {
  const found = new Set<string>();
  for (const line of procNetUnix.split("\n")) {
    const path = BOUND_SOCKET.exec(line)?.[1];
    if (path === undefined) continue;
    // A path of another mount namespace (a container's) names nothing here, or something that is no socket.
    const real = resolveRealPath(path, files);
    if (real.kind === "socket") found.add(real.path);
  }
  return [...found];
}
