import { create } from "@bufbuild/protobuf";
import { NetworkRuleSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { describe, expect, test } from "vitest";
import { NotEnforceableError } from "../../sandbox/not-enforceable.ts";
import { parseHost } from "./host.ts";
import { NetworkPolicy } from "./network-policy.ts";

function policyOf(...rules: readonly (readonly [host: string, ...ports: number[]])[]): NetworkPolicy {
  return new NetworkPolicy(
    rules.map(([host, ...ports]) => create(NetworkRuleSchema, { host, ports, source: "egg.yaml" })),
  );
}

function decide(policy: NetworkPolicy, host: string, port: number): string {
  const parsed = parseHost(host);
  if (parsed === undefined) return "no host";
  const decision = policy.decide(parsed, port);
  return decision.kind === "allow" ? "allow" : decision.reason;
}

describe("names and ports", () => {
  const policy = policyOf(
    ["api.example.com"],
    ["*.wild.example"],
    ["git.example.com", 22, 9418],
    ["10.1.2.3", 5432],
    ["Bücher.example"],
  );
  test.each([
    ["api.example.com", 443, "allow"],
    ["api.example.com", 80, "allow"],
    ["API.example.com.", 443, "allow"],
    ["api.example.com", 22, "the network rules allow api.example.com on ports 80, 443, not on port 22"],
    ["example.com", 443, "no network rule allows example.com"],
    ["x.api.example.com", 443, "no network rule allows x.api.example.com"],
    ["evil-api.example.com", 443, "no network rule allows evil-api.example.com"],
    ["a.wild.example", 443, "allow"],
    ["a.b.wild.example", 443, "allow"],
    ["wild.example", 443, "no network rule allows wild.example"],
    ["notwild.example", 443, "no network rule allows notwild.example"],
    ["git.example.com", 22, "allow"],
    ["git.example.com", 443, "the network rules allow git.example.com on ports 22, 9418, not on port 443"],
    ["10.1.2.3", 5432, "allow"],
    ["167838211", 5432, "allow"],
    ["10.1.2.3", 443, "the network rules allow 10.1.2.3 on port 5432, not on port 443"],
    ["10.1.2.4", 5432, "no network rule allows 10.1.2.4"],
    ["bücher.example", 443, "allow"],
    ["localhost", 443, "localhost is the egg itself; host_ports opens a port of the host's loopback"],
  ])("%s:%d → %s", (host, port, wanted) => expect(decide(policy, host, port)).toBe(wanted));

  test("no rules allow nothing", () =>
    expect(decide(policyOf(), "example.com", 443)).toBe("no network rule allows example.com"));

  test("the decision names the rule and where it stands", () => {
    const host = parseHost("api.example.com")!;
    expect(policy.decide(host, 443)).toEqual({ kind: "allow", rule: "api.example.com (egg.yaml)" });
  });

  test("two rules for one host add up", () => {
    const both = policyOf(["a.example", 22], ["a.example", 443]);
    expect([22, 443].map((port) => decide(both, "a.example", port))).toEqual(["allow", "allow"]);
  });

  test("* allows any name and any port, but never the egg's own names", () => {
    const any = policyOf(["*"]);
    expect(decide(any, "anything.example", 22)).toBe("allow");
    expect(decide(any, "8.8.8.8", 443)).toBe("allow");
    expect(decide(any, "a.localhost", 443)).toContain("the egg itself");
    expect(any.ports()).toEqual({ named: [], any: true });
  });

  test("* with ports allows any name on these", () => {
    const any = policyOf(["*", 443]);
    expect(decide(any, "anything.example", 443)).toBe("allow");
    expect(decide(any, "anything.example", 80)).toContain("not on port 80");
  });

  test("the ports of all rules are told in order", () => {
    expect(policy.ports()).toEqual({ named: [22, 80, 443, 5432, 9418], any: false });
  });
});

describe("addresses that a name resolved to", () => {
  const policy = policyOf(
    ["*"],
    ["api.example.com"],
    ["nas.local", 80],
    ["db", 5432],
    ["git.corp.example"],
    ["10.1.2.3"],
    ["127.0.0.1"],
    ["169.254.169.254", 80],
    ["5.6.7.8", 22],
  );
  test.each([
    ["a public address", "api.example.com", 443, "93.184.215.14", "allow"],
    ["an exact public name on a private address", "api.example.com", 443, "10.0.0.1", "deny"],
    ["any name on a private address", "rebind.example", 443, "192.168.1.1", "deny"],
    ["any name on loopback", "rebind.example", 443, "127.0.0.1", "deny"],
    ["any name on metadata", "rebind.example", 80, "169.254.169.254", "allow"],
    ["metadata on a port that no rule names", "rebind.example", 443, "169.254.169.254", "deny"],
    ["a private name that is named, on a private address", "nas.local", 80, "192.168.1.9", "allow"],
    ["a private name that is named, on another port", "nas.local", 443, "192.168.1.9", "deny"],
    ["a private name that is named, on the carrier's range", "nas.local", 80, "100.64.0.9", "allow"],
    ["a private name that is named, on loopback", "nas.local", 80, "127.0.0.1", "deny"],
    ["a private name that is named, on metadata", "db", 5432, "169.254.169.254", "deny"],
    ["a private name that is not named", "printer.local", 443, "192.168.1.9", "deny"],
    ["a name without a dot that is named", "db", 5432, "10.0.0.7", "allow"],
    ["a public name on an address that is named", "git.corp.example", 443, "10.1.2.3", "allow"],
    ["a public name on an address that is named for other ports", "git.corp.example", 22, "10.1.2.3", "deny"],
    ["an address that is named", "10.1.2.3", 443, "10.1.2.3", "allow"],
    ["loopback, although it is named", "127.0.0.1", 443, "127.0.0.1", "deny"],
    ["an IPv6 form that hides a named address", "api.example.com", 443, "::ffff:10.1.2.3", "deny"],
    ["this machine", "api.example.com", 443, "5.6.7.8", "deny"],
    ["this machine, which is named", "5.6.7.8", 22, "5.6.7.8", "allow"],
  ])("%s", (_what, name, port, address, wanted) => {
    const host = parseHost(name)!;
    expect(policy.decideAddress({ host, port, address, ownAddresses: ["5.6.7.8"] }).kind).toBe(wanted);
  });

  test("the reason says what was found and which rule would allow it", () => {
    const host = parseHost("git.corp.example")!;
    const decision = policy.decideAddress({ host, port: 443, address: "10.9.9.9", ownAddresses: [] });
    expect(decision).toEqual({
      kind: "deny",
      reason: 'git.corp.example (10.9.9.9) is a private address; a network rule "10.9.9.9" would allow it',
    });
  });
});

test.each(["", "exa mple.com", "*.*.example.com", "*.10.0.0.1", "http://example.com", "*example.com"])(
  "the rule %j is refused",
  (host) => expect(() => policyOf([host])).toThrow(NotEnforceableError),
);
