import type { DescMethod } from "@bufbuild/protobuf";
import { parseUserId } from "@wingthing/contracts/ids";
import { expect, test } from "vitest";
import { WING_SERVICES } from "../testing/wing-services.ts";
import { Caller } from "./caller.ts";
import { admitCall, NotAllowedError, RULES, TicketRequiredError } from "./gate.ts";

const methods: [string, DescMethod][] = WING_SERVICES.flatMap((service) =>
  service.methods.map((method): [string, DescMethod] => [`${service.typeName}/${method.name}`, method]),
);

const userId = parseUserId(`u${"a".repeat(20)}`);

function admitted(role: "owner" | "member"): Caller {
  const caller = Caller.stranger(new Uint8Array(32));
  caller.admit({ userId, displayName: "Ada", role });
  return caller;
}

function answer(method: DescMethod, caller: Caller): string {
  try {
    admitCall(method, caller);
    return "admitted";
  } catch (error) {
    return error instanceof Error ? error.name : "unknown";
  }
}

test("every method of wingthing.wing.v1 has a row, and every row has its method", () => {
  expect(methods.map(([name]) => name).sort()).toEqual(Object.keys(RULES).sort());
});

test.each(methods)("%s: a stranger may only authenticate", (name, method) => {
  const expected = name.endsWith("AccessService/Authenticate") ? "admitted" : "TicketRequiredError";
  expect(answer(method, Caller.stranger(new Uint8Array(32)))).toBe(expected);
});

test.each(methods)("%s: somebody of whom nobody knows anything is refused", (_name, method) => {
  expect(answer(method, Caller.unknown())).toBe("TicketRequiredError");
});

test.each(methods)("%s: the owner is admitted, by ticket and by the wing's own socket", (_name, method) => {
  expect(answer(method, admitted("owner"))).toBe("admitted");
  expect(answer(method, Caller.local("ada"))).toBe("admitted");
});

test.each(methods)("%s: a member sees that the wing is there and nothing that is the owner's", (name, method) => {
  const open = ["AccessService/Authenticate", "InfoService/GetInfo"].some((method) => name.endsWith(method));
  expect(answer(method, admitted("member"))).toBe(open ? "admitted" : "NotAllowedError");
});

test("a method without a row is refused to everybody", () => {
  const method = { ...methods[0]![1], name: "New" } as DescMethod;
  for (const caller of [Caller.local("ada"), admitted("owner")]) {
    expect(() => admitCall(method, caller)).toThrow(NotAllowedError);
  }
});

test("the errors say what to do", () => {
  const [, method] = methods.find(([name]) => name.endsWith("SessionService/List"))!;
  expect(() => admitCall(method, Caller.stranger(new Uint8Array(32)))).toThrow(TicketRequiredError);
  expect(() => admitCall(method, Caller.stranger(new Uint8Array(32)))).toThrow("call AccessService.Authenticate");
  expect(() => admitCall(method, admitted("member"))).toThrow("is for the wing's owner; you are its member");
});
