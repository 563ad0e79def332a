import { create } from "@bufbuild/protobuf";
import { NetworkRuleSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { expect, test } from "vitest";
import { NotEnforceableError } from "../sandbox/not-enforceable.ts";
import { COMMON_PORTS, chooseCaptureTier, MAX_CAPTURED_PORTS, networkEnforcement } from "./capture-tier.ts";
import { NetworkPolicy } from "./policy/network-policy.ts";

function tierFor(...rules: readonly (readonly [host: string, ...ports: number[]])[]) {
  return chooseCaptureTier(
    new NetworkPolicy(rules.map(([host, ...ports]) => create(NetworkRuleSchema, { host, ports }))),
  );
}

test("the web is caught even when no rule names it, so that its refusals can be read", () => {
  expect(tierFor()).toMatchObject({ name: "ports", ports: [80, 443] });
});

test("every port that a rule names is caught, but names are looked up on theirs", () => {
  expect(tierFor(["git.example", 22, 9418], ["db.example", 5432], ["x.example", 53])).toMatchObject({
    ports: [22, 80, 443, 5432, 9418],
  });
});

test("any host on any port means the common ports, and the report says which", () => {
  const tier = tierFor(["*"]);
  expect(tier).toMatchObject({ ports: [...COMMON_PORTS] });
  const { area, tier: name, reason } = networkEnforcement(tier);
  expect({ area, name }).toEqual({ area: "network", name: "ports" });
  expect(reason).toContain("only on ports 22, 80, 443, 465, 587, 993, 9418");
});

test.each([
  [-1, true],
  [0, true],
  [1, false],
])("rules that need the limit %+d ports are served: %s", (more, isServed) => {
  // 443 and 80 are always among them.
  const ports = Array.from({ length: MAX_CAPTURED_PORTS - 2 + more }, (_, index) => 1_000 + index);
  const choose = () => tierFor(["a.example", ...ports.slice(0, 64)], ["b.example", ...ports.slice(64)]);
  if (isServed) expect(choose()).toMatchObject({ name: "ports" });
  else expect(choose).toThrow(NotEnforceableError);
});
