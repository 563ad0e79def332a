import { describe, expect, it } from "vitest";
import { mergedEnforcement } from "./wing-view.ts";

const area = (name: string, tier: string, reason = "") => ({ area: name, tier, reason });

describe("mergedEnforcement()", () => {
  it("lists every area once, and the one that is weaker with its reason", () => {
    const sessions = [
      { enforcement: [area("network", "nftables"), area("limits", "cgroup")] },
      { enforcement: [area("network", "ports", "nft is missing"), area("limits", "cgroup")] },
      { enforcement: [area("network", "nftables")] },
    ];
    expect(mergedEnforcement(sessions)).toEqual([area("network", "ports", "nft is missing"), area("limits", "cgroup")]);
  });

  it("is empty without sessions", () => {
    expect(mergedEnforcement([])).toEqual([]);
  });
});
