import { ManualClock } from "@wingthing/service-runtime/manual-clock";
import { expect, test } from "vitest";
import { MAX_REMEMBERED_TICKETS, TicketUsedError, TooManyTicketsError, UsedTickets } from "./used-tickets.ts";

test("a ticket is taken once, whatever signature stands behind it", () => {
  const clock = new ManualClock();
  const used = new UsedTickets(clock);
  used.take("head.claims.signature", clock.now() + 60_000);
  expect(() => used.take("head.claims.signature", clock.now() + 60_000)).toThrow(TicketUsedError);
  expect(() => used.take("head.claims.another", clock.now() + 60_000)).toThrow(TicketUsedError);
  used.take("head.others.signature", clock.now() + 60_000);
});

test("the last ticket that fits is taken, one more is refused, and time makes room", () => {
  const clock = new ManualClock();
  const used = new UsedTickets(clock);
  const take = (n: number) => used.take(`head.${n}.signature`, clock.now() + 60_000);
  for (let n = 0; n < MAX_REMEMBERED_TICKETS; n++) take(n);
  expect(() => take(MAX_REMEMBERED_TICKETS)).toThrow(TooManyTicketsError);
  clock.advance(179_999);
  expect(() => take(MAX_REMEMBERED_TICKETS)).toThrow(TooManyTicketsError);
  clock.advance(1);
  take(MAX_REMEMBERED_TICKETS);
});
