import { create } from "@bufbuild/protobuf";
import { NetworkRuleSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { describe, expect, test } from "vitest";
import { NetworkPolicy } from "../policy/network-policy.ts";
import type { RefusedAttempt } from "../refusals.ts";
import { makeQuery } from "../testing/dns-query.ts";
import { RecordType, ResponseCode } from "./dns-message.ts";
import { FakeAddresses } from "./fake-addresses.ts";
import { NameAnswers } from "./name-answers.ts";

function answersFor(...hosts: readonly string[]) {
  const refusals: RefusedAttempt[] = [];
  const policy = new NetworkPolicy(hosts.map((host) => create(NetworkRuleSchema, { host })));
  const addresses = new FakeAddresses();
  const answers = new NameAnswers({ policy, addresses, onRefusal: (refusal) => refusals.push(refusal) });
  const ask = (name: string, type: number = RecordType.A, edns?: number) => {
    const answer = answers.answer(makeQuery(name, type, edns === undefined ? {} : { edns }));
    if (answer === undefined) throw new Error("expected an answer, found none");
    const bytes = Buffer.from(answer);
    const count = bytes.readUInt16BE(6);
    return { code: bytes.readUInt16BE(2) & 15, count, data: bytes.subarray(-4), bytes };
  };
  return { ask, addresses, refusals, answers };
}

test("an allowed name has an address that leads back to it, in any spelling", () => {
  const { ask, addresses } = answersFor("api.example.com", "*.wild.example");
  expect([...ask("api.example.com").data].join(".")).toBe("198.18.0.1");
  expect([...ask("API.Example.COM").data].join(".")).toBe("198.18.0.1");
  expect([...ask("a.wild.example").data].join(".")).toBe("198.18.0.2");
  expect(addresses.nameOf("198.18.0.2")).toBe("a.wild.example");
});

test("any other name does not exist, and the reason says so", () => {
  const { ask, refusals } = answersFor("api.example.com");
  const { code, count, bytes } = ask("evil.example", RecordType.A, 0);
  expect({ code, count }).toEqual({ code: ResponseCode.NAME_ERROR, count: 0 });
  expect(bytes.includes("wingthing: no network rule allows evil.example")).toBe(true);
  expect(refusals).toEqual([{ host: "evil.example", port: 0, reason: "no network rule allows evil.example" }]);
});

describe("an allowed name has nothing but an IPv4 address", () => {
  test.each([
    ["AAAA", 28],
    ["TXT", 16],
    ["MX", 15],
    ["NS", 2],
    ["SRV", 33],
    ["CNAME", 5],
    ["SVCB", 64],
    ["HTTPS", 65],
    ["NULL", 10],
    ["AXFR", 252],
  ])("%s is empty", (_name, type) => {
    const { ask, refusals } = answersFor("api.example.com");
    expect(ask("api.example.com", type)).toMatchObject({ code: ResponseCode.NO_ERROR, count: 0 });
    expect(refusals).toEqual([]);
  });

  test("ANY is answered with it (RFC 8482)", () => {
    expect(answersFor("api.example.com").ask("api.example.com", RecordType.ANY)).toMatchObject({ code: 0, count: 1 });
  });
});

test("names of the loopback are answered as RFC 6761 has it, and are no refusal", () => {
  const { ask, refusals } = answersFor("*");
  expect([...ask("app.localhost").data]).toEqual([127, 0, 0, 1]);
  expect(ask("localhost", RecordType.AAAA)).toMatchObject({ code: 0, count: 1 });
  expect(ask("localhost", 16)).toMatchObject({ code: 0, count: 0 });
  expect(refusals).toEqual([]);
});

test("a name that is another spelling of an address gets no address, or it would pass for a name", () => {
  const { ask } = answersFor("*");
  for (const name of ["127.0.0.1", "2130706433", "0x7f.1", "169.254.169.254"]) {
    expect(ask(name)).toMatchObject({ code: ResponseCode.NAME_ERROR, count: 0 });
  }
});

test("the root and names that are no host names do not exist", () => {
  const { ask } = answersFor("*");
  for (const name of ["", "*.example.com", "-a.example"]) expect(ask(name).code).toBe(ResponseCode.NAME_ERROR);
});

test("nobody is told about the reverse lookups that programs do for their logs", () => {
  const { ask, refusals } = answersFor("api.example.com");
  expect(ask("1.0.18.198.in-addr.arpa", 12).code).toBe(ResponseCode.NAME_ERROR);
  expect(refusals).toEqual([]);
});

test("an unknown version of EDNS is told so", () => {
  const { bytes } = answersFor("*").ask("a.example", RecordType.A, 1);
  expect(bytes.at(-6)).toBe(ResponseCode.BAD_VERSION >> 4);
});

test("a message that is no question gets an error or nothing", () => {
  const { answers } = answersFor("*");
  expect(answers.answer(new Uint8Array(3))).toBeUndefined();
  expect(answers.answer(new Uint8Array(12))).toHaveLength(12);
});
