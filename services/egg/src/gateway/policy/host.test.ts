import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseHost } from "./host.ts";

describe("spellings of one destination give the same text", () => {
  const spellings: readonly (readonly [text: string, ...spellings: string[]])[] = [
    [
      "example.com",
      "example.com",
      "EXAMPLE.com",
      "example.com.",
      "ｅｘａｍｐｌｅ．ｃｏｍ",
      "exa\u00admple.com",
      "example。com",
    ],
    ["xn--bcher-kva.example", "bücher.example", "BÜCHER.example", "xn--bcher-kva.example", "XN--BCHER-KVA.example."],
    ["127.0.0.1", "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.01"],
    [
      "127.0.0.1",
      "127.0.0.1.",
      "0X7F.0x0.0X0.1",
      "１２７.０.０.１",
      "127。0。0。1",
      "::ffff:127.0.0.1",
      "[::ffff:7f00:1]",
    ],
    ["169.254.169.254", "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518"],
    ["::1", "::1", "[::1]", "0:0:0:0:0:0:0:1", "0000::0001"],
    ["2001:db8::a", "2001:DB8:0:0:0:0:0:A", "[2001:db8::000a]"],
    ["localhost", "localhost", "LocalHost."],
    ["_dmarc.example.com", "_dmarc.example.com"],
  ];
  for (const [text, ...others] of spellings) {
    test.each(others)(`%s is ${text}`, (spelling) => expect(parseHost(spelling)?.text).toBe(text));
  }
});

test.each([
  ["nothing", ""],
  ["a space", "exa mple.com"],
  ["a path", "example.com/x"],
  ["a port", "example.com:443"],
  ["a user", "user@example.com"],
  ["a query", "example.com?x"],
  ["a fragment", "example.com#x"],
  ["a backslash", "evil.com\\example.com"],
  ["an escape that a URL parser would decode", "%65xample.com"],
  ["a line break", "example.com\r\nx"],
  ["a NUL", "example.com\0.evil.com"],
  ["two trailing dots", "example.com.."],
  ["an empty label", "a..b"],
  ["a leading dot", ".example.com"],
  ["only a dot", "."],
  ["a wildcard", "*.example.com"],
  ["a leading hyphen", "-a.example.com"],
  ["a label of 64", `${"a".repeat(64)}.com`],
  ["a name of 254", `${"a.".repeat(126)}aa`],
  ["an IPv4 with a number too big", "256.1.1.1"],
  ["an IPv4 with five parts", "1.2.3.4.5"],
  ["an IPv6 with a zone", "fe80::1%eth0"],
  ["a bracket alone", "[::1"],
  ["a name in brackets", "[example.com]"],
  ["a broken A-label", "xn--\u00fc.com"],
  ["a megabyte", "a".repeat(1_000_000)],
])("%s is no host", (_what, spelling) => expect(parseHost(spelling)).toBeUndefined());

test("a name of 253 characters is a host, and so is a label of 63", () => {
  const name = `${`${"a".repeat(63)}.`.repeat(3)}${"b".repeat(61)}`;
  expect(name).toHaveLength(253);
  expect(parseHost(name)?.text).toBe(name);
  expect(parseHost(`${name}b`)).toBeUndefined();
});

test("reading what was read changes nothing, whatever was read first", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.domain(), fc.ipV4Extended(), fc.ipV6()), (spelling) => {
      const host = parseHost(spelling);
      if (host !== undefined) expect(parseHost(host.text)).toEqual(host);
    }),
  );
});
