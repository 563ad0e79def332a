import { describe, expect, it } from "vitest";
import { relayUrl } from "./relay-url.ts";

describe("relayUrl()", () => {
  it.each([
    ["http://127.0.0.1:8080/s/sabc?x#y", "ws://127.0.0.1:8080/relay"],
    ["https://roost.example/", "wss://roost.example/relay"],
    ["http://[::1]:8080/", "ws://[::1]:8080/relay"],
  ])("of %s is %s, without anything of the page's path", (page, relay) => {
    expect(relayUrl(page)).toBe(relay);
  });
});
