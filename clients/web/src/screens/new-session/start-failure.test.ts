import { Code, ConnectError } from "@connectrpc/connect";
import { NotEnforceableSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { describe, expect, it } from "vitest";
import { startFailure } from "./start-failure.ts";

describe("startFailure()", () => {
  it("names the rule that cannot be enforced and the command that helps", () => {
    const detail = { area: "network", found: "nft is not installed.", remedy: "sudo apt install nftables" };
    const error = new ConnectError("no", Code.FailedPrecondition, undefined, [
      { desc: NotEnforceableSchema, value: detail },
    ]);
    expect(startFailure(error)).toEqual({
      title: "The sandbox cannot be enforced: network",
      text: "nft is not installed. Nothing was started.",
      remedy: "sudo apt install nftables",
    });
  });

  it.each([
    [Code.NotFound, "Not found on the wing"],
    [Code.PermissionDenied, "Not allowed on this wing"],
    [Code.Internal, "The session did not start"],
  ])("has for code %i the title %j, and the wing's own words", (code, title) => {
    expect(startFailure(new ConnectError("/nowhere is not a folder", code))).toEqual({
      title,
      text: "/nowhere is not a folder",
      remedy: "",
    });
  });
});
