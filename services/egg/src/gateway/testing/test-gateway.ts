import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, normalize } from "node:path";
import { create } from "@bufbuild/protobuf";
import { type NetworkRule, NetworkRuleSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import type { Refusal } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { type Gateway, openGateway } from "../gateway.ts";
import { Inside } from "./inside.ts";
import { type OutsideServers, startOutsideServers } from "./outside-servers.ts";
import { mapUpstreams } from "./upstream-map.ts";

/** What names resolve to when whoever owns them wants to reach the host's network through the gateway. */
export const REBINDING: Readonly<Record<string, string>> = {
  "metadata.wild.example": "169.254.169.254",
  "router.wild.example": "192.168.1.1",
  "self.wild.example": "127.0.0.1",
};

/** A gateway over stand-ins for the internet, and a way to run programs inside it. */
export interface TestGateway extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly inside: Inside;
  readonly outside: OutsideServers;
  /** A port of the host's loopback that is opened to the egg; HTTP. */
  readonly hostPort: number;
  /** What was refused since the last call, as "host:port reason". */
  takeRefusals(): string[];
}

/** A rule of a test. */
export function ruleFor(host: string, ...ports: number[]): NetworkRule {
  return create(NetworkRuleSchema, { host, ports, source: "test" });
}

/** Opens a gateway to allowed.example (web and a git repository), *.wild.example, echo.example:7 and bulk.example:5001. */
export async function openTestGateway(): Promise<TestGateway> {
  const folder = await mkdtemp(join(tmpdir(), "wt-gateway-"));
  makeRepository(join(folder, "repo.git"));
  const outside = await startOutsideServers(
    ["allowed.example", "*.wild.example", "evil.example"],
    async (incoming, answer) => {
      const path = normalize(new URL(incoming.url ?? "/", "http://x").pathname);
      if (!path.startsWith("/repo.git/"))
        return void answer.end(`hello from ${incoming.headers.host}${incoming.url}\n`);
      const content = await readFile(join(folder, path)).catch(() => undefined);
      answer.writeHead(content === undefined ? 404 : 200).end(content);
    },
  );
  const hostPort = Number(outside.http.split(":")[1]);
  const gateway = await openTo(outside, hostPort);
  const refusals: Refusal[] = [];
  gateway.onRefusal((refusal) => refusals.push(refusal));
  const ca = outside.certificate.certFile;
  const trust = { NODE_EXTRA_CA_CERTS: ca, SSL_CERT_FILE: ca, CURL_CA_BUNDLE: ca, GIT_SSL_CAINFO: ca };
  const inside = await Inside.create(gateway.entry, trust);
  return {
    gateway,
    inside,
    outside,
    hostPort,
    takeRefusals: () => refusals.splice(0).map(({ host, port, reason }) => `${host}:${port} ${reason}`),
    async [Symbol.asyncDispose]() {
      await inside[Symbol.asyncDispose]();
      await gateway.close();
      await outside[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function openTo(outside: OutsideServers, hostPort: number): Promise<Gateway> {
  const map = mapUpstreams({
    "allowed.example:80": outside.http,
    "allowed.example:443": outside.https,
    "a.wild.example:443": outside.https,
    "echo.example:7": outside.echo,
    "bulk.example:5001": outside.bulk,
  });
  const rules = [ruleFor("allowed.example"), ruleFor("*.wild.example"), ruleFor("dead.example", 80)];
  return openGateway({
    rules: [...rules, ruleFor("echo.example", 7), ruleFor("bulk.example", 5001)],
    hostPorts: [hostPort],
    dial: map.dial,
    resolve: async (host, signal) => {
      const rebound = REBINDING[host];
      return rebound === undefined ? await map.resolve(host, signal) : [rebound];
    },
  });
}

/** A bare repository with one empty commit, "first". */
function makeRepository(path: string): void {
  const git = (...argv: string[]) => execFileSync("git", ["-C", path, ...argv], { encoding: "utf8" }).trim();
  execFileSync("git", ["init", "-q", "--bare", "-b", "main", path]);
  const tree = git("hash-object", "-t", "tree", "-w", "/dev/null");
  const identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
  git("update-ref", "refs/heads/main", git(...identity, "commit-tree", tree, "-m", "first"));
  git("update-server-info");
}
