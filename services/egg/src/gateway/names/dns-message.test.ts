import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeQuery } from "../testing/dns-query.ts";
import { encodeAnswer, encodeError, MAX_QUERY_BYTES, parseQuery, RecordType, ResponseCode } from "./dns-message.ts";

const TXT = 16;

test("a question is read as it was asked", () => {
  const parsed = parseQuery(makeQuery("ExAmple.com", RecordType.A, { id: 0xbeef }));
  expect(parsed).toMatchObject({
    kind: "query",
    query: { id: 0xbeef, name: "ExAmple.com", type: 1, recursionDesired: true },
  });
  expect(parsed).toMatchObject({ query: { edns: undefined } });
});

test("EDNS is recognised with its version", () => {
  expect(parseQuery(makeQuery("a.example", TXT, { edns: 0 }))).toMatchObject({ query: { edns: 0, type: TXT } });
  expect(parseQuery(makeQuery("a.example", TXT, { edns: 7 }))).toMatchObject({ query: { edns: 7 } });
});

describe("what is no question of one name is refused, not guessed at", () => {
  const good = makeQuery("a.example", RecordType.A);
  const changed = (at: number, ...bytes: number[]) => {
    const copy = Uint8Array.from(good);
    copy.set(bytes, at);
    return copy;
  };
  const withName = (...bytes: number[]) => Uint8Array.from([...good.subarray(0, 12), ...bytes, 0, 1, 0, 1]);
  const error = (code: number) => ({ kind: "error", code });
  test.each<[string, Uint8Array, object]>([
    ["nothing", new Uint8Array(), { kind: "drop" }],
    ["half a header", good.subarray(0, 11), { kind: "drop" }],
    ["an answer", changed(2, 0x80), { kind: "drop" }],
    ["a status request", changed(2, 0x10), error(ResponseCode.NOT_IMPLEMENTED)],
    ["an update", changed(2, 0x28), error(ResponseCode.NOT_IMPLEMENTED)],
    ["no question", changed(4, 0, 0), error(ResponseCode.FORMAT_ERROR)],
    ["two questions", changed(4, 0, 2), error(ResponseCode.FORMAT_ERROR)],
    ["an answer section", changed(6, 0, 1), error(ResponseCode.FORMAT_ERROR)],
    ["an authority section", changed(8, 0, 1), error(ResponseCode.FORMAT_ERROR)],
    ["an additional record that is missing", changed(10, 0, 1), error(ResponseCode.FORMAT_ERROR)],
    ["bytes after the end", Uint8Array.from([...good, 0]), error(ResponseCode.FORMAT_ERROR)],
    ["a name that points at itself", withName(0xc0, 12), error(ResponseCode.FORMAT_ERROR)],
    ["a name that points forward", withName(1, 97, 0xc0, 40), error(ResponseCode.FORMAT_ERROR)],
    ["a label of a kind that never was", withName(0x41, 97, 0), error(ResponseCode.FORMAT_ERROR)],
    ["a label with a dot inside", withName(3, 97, 46, 98, 0), error(ResponseCode.FORMAT_ERROR)],
    ["a label with a NUL", withName(2, 97, 0, 0), error(ResponseCode.FORMAT_ERROR)],
    ["a label with a byte of Latin-1", withName(2, 97, 0xe4, 0), error(ResponseCode.FORMAT_ERROR)],
    ["a name without an end", good.subarray(0, good.length - 5), error(ResponseCode.FORMAT_ERROR)],
    ["the class of Chaos", changed(good.length - 2, 0, 3), error(ResponseCode.REFUSED)],
  ])("%s", (_what, message, wanted) => expect(parseQuery(message)).toMatchObject(wanted));

  test("two OPT records", () => {
    const twice = makeQuery("a.example", RecordType.A, { edns: 0 });
    const opt = twice.subarray(twice.length - 11);
    const message = Uint8Array.from([...twice, ...opt]);
    message[11] = 2;
    expect(parseQuery(message)).toMatchObject(error(ResponseCode.FORMAT_ERROR));
  });
});

test.each([
  [-1, "query"],
  [0, "query"],
  [1, "error"],
])("a name of 255 bytes %+d is a %s", (more, kind) => {
  // Three labels of 63 and one of 61 make 255 with their lengths and the root.
  const name = `${`${"a".repeat(63)}.`.repeat(3)}${"b".repeat(61 + more)}`;
  expect(parseQuery(makeQuery(name, RecordType.A)).kind).toBe(kind);
});

test.each([
  [-1, "query"],
  [0, "query"],
  [1, "error"],
])("a message of the longest size %+d is a %s", (more, kind) => {
  const bare = makeQuery("a.example", RecordType.A, { edns: 0 }).length;
  const message = makeQuery("a.example", RecordType.A, { edns: 0, padding: MAX_QUERY_BYTES - bare + more });
  expect(parseQuery(message).kind).toBe(kind);
});

test("no bytes at all make the reader throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => void parseQuery(bytes)),
    { numRuns: 2_000 },
  );
});

test("no damage to a good question makes the reader throw, and what it still accepts can be answered", () => {
  const edits = fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 6 });
  fc.assert(
    fc.property(edits, fc.nat(80), (changes, cut) => {
      const message = Uint8Array.from(makeQuery("some.name.example", RecordType.A, { edns: 0 }));
      for (const [at, byte] of changes) message[at % message.length] = byte;
      const parsed = parseQuery(message.subarray(0, message.length - (cut % 3)));
      if (parsed.kind === "query") encodeAnswer(parsed.query, { code: ResponseCode.NAME_ERROR, reason: "no" });
    }),
    { numRuns: 2_000 },
  );
});

describe("answers", () => {
  const queryOf = (name: string, edns?: number) => {
    const parsed = parseQuery(makeQuery(name, RecordType.A, edns === undefined ? {} : { edns }));
    if (parsed.kind !== "query") throw new Error("expected a query");
    return parsed.query;
  };

  test("an address is written byte for byte as RFC 1035 has it", () => {
    const record = { type: 1, data: Uint8Array.of(198, 18, 0, 1), ttlSeconds: 30 };
    const answer = encodeAnswer(queryOf("aB.c"), { code: ResponseCode.NO_ERROR, record });
    expect(Buffer.from(answer).toString("hex")).toBe(
      "1234" +
        "8180" +
        "0001" +
        "0001" +
        "0000" +
        "0000" +
        "02614201630000010001" +
        "c00c00010001" +
        "0000001e" +
        "0004c6120001",
    );
  });

  test("a reason travels as an extended error to clients that speak EDNS, and to no others", () => {
    const refused = { code: ResponseCode.NAME_ERROR, reason: "wingthing: no" } as const;
    const withEdns = Buffer.from(encodeAnswer(queryOf("a.b", 0), refused));
    expect(withEdns.readUInt16BE(10)).toBe(1);
    expect(withEdns.subarray(-17).toString("hex")).toBe(
      `000f000f000f${Buffer.from("wingthing: no").toString("hex")}`.slice(-34),
    );
    const without = Buffer.from(encodeAnswer(queryOf("a.b"), refused));
    expect(without.readUInt16BE(10)).toBe(0);
    expect(without.includes("wingthing")).toBe(false);
  });

  test("a code above 15 is split over header and OPT", () => {
    const answer = Buffer.from(encodeAnswer(queryOf("a.b", 1), { code: ResponseCode.BAD_VERSION }));
    expect(answer.readUInt16BE(2) & 15).toBe(0);
    expect(answer.at(-6)).toBe(1);
  });

  test("the longest answer fits a packet that is never fragmented", () => {
    const name = `${`${"a".repeat(63)}.`.repeat(3)}${"b".repeat(61)}`;
    const answer = encodeAnswer(queryOf(name, 0), { code: ResponseCode.NAME_ERROR, reason: "x".repeat(10_000) });
    expect(answer.length).toBeLessThanOrEqual(1_232);
  });

  test("an error is a header alone", () => {
    expect(Buffer.from(encodeError(0xabcd, ResponseCode.FORMAT_ERROR)).toString("hex")).toBe(
      "abcd80810000000000000000",
    );
  });
});
