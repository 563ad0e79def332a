import { describe, expect, it } from "vitest";
import { parseWebLink } from "./web-link.ts";

describe("parseWebLink()", () => {
  it.each([
    ["https://example.com/a?b#c", "example.com"],
    ["http://localhost:3000", "localhost:3000"],
    ["https://xn--fsq.example/", "xn--fsq.example"],
    ["https://раураl.example/", "xn--l-7sba6dbr.example"],
    ["javascript:alert(1)", undefined],
    ["data:text/html,x", undefined],
    ["file:///etc/passwd", undefined],
    ["vscode://open", undefined],
    ["https://bank.example@evil.example/", undefined],
    ["not a link", undefined],
  ])("reads %j: host %j", (text, host) => {
    expect(parseWebLink(text)?.host).toBe(host);
  });
});
