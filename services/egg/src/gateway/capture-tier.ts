import type { Socket } from "node:net";
import { create } from "@bufbuild/protobuf";
import { type Enforcement, EnforcementSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { NotEnforceableError } from "../sandbox/not-enforceable.ts";
import type { OriginalDestination } from "./connections/captured-connections.ts";
import { type NetworkPolicy, WEB_PORTS } from "./policy/network-policy.ts";

/**
 * How connections are brought to the gateway, weakest first. `ports` listens on the ports that the rules name and needs
 * `ip` alone; the others catch every port and leave all ports to programs inside.
 */
export type CaptureTier =
  | { readonly name: "ports"; readonly ports: readonly number[]; readonly reason: string }
  | { readonly name: "redirect"; readonly reason: string }
  | { readonly name: "tproxy"; readonly reason: string };

/** Each port costs a listener; rules that name more are a mistake. */
export const MAX_CAPTURED_PORTS = 128;

/**
 * What a rule `*` without ports means in the `ports` tier: ssh, the web, mail in its encrypted forms, git. All but the
 * last belong to root on any host, so a server that a program inside wants to start is not in the way.
 */
export const COMMON_PORTS: readonly number[] = [22, 80, 443, 465, 587, 993, 9418];

/** Name lookups arrive here, on every address. */
export const DNS_PORT = 53;

/**
 * The tier for a policy on this host.
 * @throws NotEnforceableError when the rules name more ports than can be served.
 */
export function chooseCaptureTier(policy: NetworkPolicy): CaptureTier {
  const { named, any } = policy.ports();
  const wanted = new Set([...WEB_PORTS, ...named, ...(any ? COMMON_PORTS : [])]);
  wanted.delete(DNS_PORT);
  const ports = [...wanted].sort((a, b) => a - b);
  if (ports.length > MAX_CAPTURED_PORTS) {
    throw new NotEnforceableError({
      area: "network",
      found: `the network rules name ${ports.length} ports; at most ${MAX_CAPTURED_PORTS} can be served`,
      remedy: "Name fewer ports in the network rules",
    });
  }
  return { name: "ports", ports, reason: reasonForPorts(ports, any) };
}

/** Where a captured connection was going. In the `ports` tier the socket itself was connected to that address. */
export function originalDestination(tier: CaptureTier, socket: Socket): OriginalDestination | undefined {
  switch (tier.name) {
    case "ports":
    case "tproxy":
      return localEnd(socket);
    case "redirect":
      // SO_ORIGINAL_DST would tell; nothing chooses this tier yet, and an unknown destination is refused.
      return undefined;
  }
}

/** The tier as people read it. */
export function networkEnforcement(tier: CaptureTier): Enforcement {
  return create(EnforcementSchema, { area: "network", tier: tier.name, reason: tier.reason });
}

function localEnd(socket: Socket): OriginalDestination | undefined {
  const { localAddress, localPort } = socket;
  if (localAddress === undefined || localPort === undefined) return undefined;
  // A listener for both families shows IPv4 as IPv6.
  return { address: localAddress.replace(/^::ffff:(?=\d+\.)/, ""), port: localPort };
}

function reasonForPorts(ports: readonly number[], any: boolean): string {
  const list = ports.join(", ");
  const served = any
    ? `any public host may be reached, but only on ports ${list}`
    : `hosts may be reached on the ports that the rules name: ${list}`;
  const price = "connections to other ports are reset, and programs inside cannot serve these ports themselves";
  return `${served}; ${price}; this version has no stronger tier`;
}
