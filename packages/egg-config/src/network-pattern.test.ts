import { expect, test } from "vitest";
import { AGENT_PROFILES } from "./agent-profiles.ts";
import { EggValueError } from "./egg-config-error.ts";
import { type NetworkPattern, parseNetworkPattern } from "./network-pattern.ts";

const host = (name: string, ...ports: number[]): NetworkPattern => ({ kind: "host", host: name, ports });

test.each<[string, NetworkPattern]>([
  ["github.com", host("github.com")],
  ["GitHub.COM.", host("github.com")],
  ["*.githubusercontent.com", host("*.githubusercontent.com")],
  ["example.com:8443", host("example.com", 8443)],
  ["*.example.co.uk", host("*.example.co.uk")],
  ["xn--bcher-kva.example", host("xn--bcher-kva.example")],
  ["_dmarc.example.com", host("_dmarc.example.com")],
  ["intranet", host("intranet")],
  ["*", host("*")],
  ["localhost:11434", { kind: "host-port", port: 11434 }],
  ["example.com:65535", host("example.com", 65535)],
])("%s is understood", (text, pattern) => {
  expect(parseNetworkPattern(text)).toEqual(pattern);
});

test.each([
  ["*.com", /too wide/],
  ["*.co.uk", /too wide/],
  ["*.com.au", /too wide/],
  ["*.", /no host name|star/],
  ["**.example.com", /star in the middle/],
  ["a.*.example.com", /star in the middle/],
  ["foo*", /star in the middle/],
  ["https://github.com", /host alone/],
  ["github.com/wingthing", /host alone/],
  ["localhost", /name the port/],
  ["example.com:0", /valid port/],
  ["example.com:65536", /valid port/],
  ["example.com:", /valid port/],
  ["example.com:8o", /valid port/],
  ["10.0.0.1", /IP address/],
  ["0x7f.1", /no host name|IP address/],
  ["2130706433", /IP address/],
  ["[::1]:80", /IPv6/],
  ["::1", /IPv6/],
  ["bücher.example", /xn--/],
  ["exa mple.com", /no host name/],
  ["-a.example", /no host name/],
  ["a..b", /no host name/],
  ["", /no host name/],
  [`${"a".repeat(64)}.com`, /no host name/],
  [`${"a.".repeat(126)}com`, /no host name/],
  ["user@example.com", /no host name/],
])("%j is refused", (text, reason) => {
  expect(() => parseNetworkPattern(text)).toThrow(EggValueError);
  expect(() => parseNetworkPattern(text)).toThrow(reason);
});

test("a name of 253 characters is the longest", () => {
  const longest = `${"a.".repeat(125)}com`;
  expect(longest).toHaveLength(253);
  expect(parseNetworkPattern(longest)).toEqual(host(longest));
});

test("every domain of every profile is a pattern that is not too wide", () => {
  for (const domain of AGENT_PROFILES.flatMap((profile) => profile.domains)) {
    expect(parseNetworkPattern(domain)).toMatchObject({ kind: "host", host: domain });
  }
});
