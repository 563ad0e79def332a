import { ManualClock } from "@wingthing/service-runtime/manual-clock";
import { describe, expect, test } from "vitest";
import { DEFAULT_RELAY_LIMITS, type RelayLimits } from "../relay-limits.ts";
import { Admission, type Seat, TooManyLinksError } from "./admission.ts";

function admissionWith(limits: Partial<RelayLimits>): { admission: Admission; clock: ManualClock } {
  const clock = new ManualClock();
  return { admission: new Admission({ ...DEFAULT_RELAY_LIMITS, ...limits }, clock), clock };
}

function seated(admission: Admission, subject: string): Seat {
  const seat = admission.enter();
  if (!seat) throw new Error("no seat");
  seat.take(subject);
  return seat;
}

describe("Admission", () => {
  test("sockets without a Hello are taken up to their limit, and a place is free again when one leaves or is admitted", () => {
    const { admission } = admissionWith({ maxGreetings: 2 });
    const first = admission.enter();
    const second = admission.enter();
    expect([first, second].every(Boolean)).toBe(true);
    expect(admission.enter()).toBeUndefined();
    first?.take("ada");
    expect(admission.enter()).toBeDefined();
    expect(admission.enter()).toBeUndefined();
    second?.leave();
    expect(admission.enter()).toBeDefined();
  });

  test("admitted and waiting sockets together stay within the limit of the process", () => {
    const { admission } = admissionWith({ maxLinks: 2 });
    const link = seated(admission, "ada");
    const waiting = admission.enter();
    expect(waiting).toBeDefined();
    expect(admission.enter()).toBeUndefined();
    link.leave();
    expect(admission.enter()).toBeDefined();
  });

  test("a person has links up to the limit; another person is not concerned", () => {
    const { admission } = admissionWith({ maxLinksPerSubject: 2 });
    const first = seated(admission, "ada");
    seated(admission, "ada");
    expect(() => seated(admission, "ada")).toThrow(TooManyLinksError);
    expect(() => seated(admission, "ada")).toThrow("You have 2 connections to this roost, which is the most");
    seated(admission, "bob");
    first.leave();
    first.leave();
    seated(admission, "ada");
    expect(() => seated(admission, "ada")).toThrow(TooManyLinksError);
  });

  test("a refused link frees its waiting place", () => {
    const { admission } = admissionWith({ maxLinksPerSubject: 1 });
    seated(admission, "ada");
    const refused = admission.enter();
    expect(() => refused?.take("ada")).toThrow(TooManyLinksError);
    expect(admission.greetings).toBe(1);
    refused?.leave();
    expect(admission.greetings).toBe(0);
  });

  test("opens of one person share a bucket over all links, and a reconnect does not refill it", () => {
    const { admission, clock } = admissionWith({ openBurst: 2, opensPerSecond: 1 });
    const first = seated(admission, "ada");
    const second = seated(admission, "ada");
    expect([first.mayOpen(), second.mayOpen(), first.mayOpen()]).toEqual([true, true, false]);
    first.leave();
    second.leave();
    expect(seated(admission, "ada").mayOpen()).toBe(false);
    expect(seated(admission, "bob").mayOpen()).toBe(true);
    clock.advance(1_000);
    expect(seated(admission, "ada").mayOpen()).toBe(true);
  });

  test("whoever left is forgotten once the bucket is full", () => {
    const { admission, clock } = admissionWith({ openBurst: 2, opensPerSecond: 1 });
    for (let person = 0; person < 100; person++) {
      const seat = seated(admission, `person ${person}`);
      seat.mayOpen();
      seat.leave();
    }
    expect(admission.rememberedSubjects).toBe(100);
    clock.advance(1_000);
    seated(admission, "ada");
    expect(admission.rememberedSubjects).toBe(1);
  });
});
