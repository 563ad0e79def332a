import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { TicketService } from "@wingthing/contracts/gen/wingthing/auth/v1/auth_pb";
import { parseWingId } from "@wingthing/contracts/ids";
import type { TicketOffice } from "../tickets/ticket-office.ts";
import type { Callers } from "./caller.ts";

/** TicketService. */
export function ticketService(callers: Callers, tickets: TicketOffice): ServiceImpl<typeof TicketService> {
  return {
    async issueRelayToken(_request, context) {
      const { token, expiresAt } = await tickets.relayToken(callers.person(context));
      return { token, expiresAt: timestampFromMs(expiresAt) };
    },
    async issueChannelTicket({ wingId, channelBinding }, context) {
      const wanted = { wingId: parseWingId(wingId), channelBinding };
      const { token, expiresAt } = await tickets.channelTicket(callers.person(context), wanted);
      return { ticket: token, expiresAt: timestampFromMs(expiresAt) };
    },
  };
}
