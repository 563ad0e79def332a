import { Code, ConnectError } from "@connectrpc/connect";
import { NotEnforceableSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { AgentUnavailableSchema, ConsentRequiredSchema } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
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
      points: [],
      remedy: "sudo apt install nftables",
    });
  });

  it("lists what a project's egg.yaml would open", () => {
    const detail = { source: "~/shop/egg.yaml", loosens: ["network example.com", "rw:/home/eb/.cache"] };
    const error = new ConnectError("no", Code.FailedPrecondition, undefined, [
      { desc: ConsentRequiredSchema, value: detail },
    ]);
    expect(startFailure(error)).toMatchObject({
      title: "This project asks for a wider sandbox",
      text: expect.stringContaining("~/shop/egg.yaml"),
      points: detail.loosens,
    });
  });

  it("says how a missing agent is installed", () => {
    const detail = { agent: "codex", nearest: "", installHint: "npm install -g @openai/codex" };
    const error = new ConnectError("codex is not installed", Code.FailedPrecondition, undefined, [
      { desc: AgentUnavailableSchema, value: detail },
    ]);
    expect(startFailure(error)).toMatchObject({ text: "codex is not installed", remedy: detail.installHint });
  });

  it.each([
    [Code.NotFound, "Not found on the wing"],
    [Code.PermissionDenied, "Not allowed on this wing"],
    [Code.Internal, "The session did not start"],
  ])("has for code %i the title %j, and the wing's own words", (code, title) => {
    expect(startFailure(new ConnectError("/nowhere is not a folder", code))).toEqual({
      title,
      text: "/nowhere is not a folder",
      points: [],
      remedy: "",
    });
  });
});
