import type { ServiceImpl } from "@connectrpc/connect";
import type { AccessService } from "@wingthing/contracts/gen/wingthing/wing/v1/access_pb";
import { authenticate, type TicketCheck } from "../access/authenticate.ts";
import { callerKey } from "../access/caller.ts";

/** Admits people to the wing. */
export function accessService(check: TicketCheck): ServiceImpl<typeof AccessService> {
  return {
    async authenticate({ ticket }, { values }) {
      const { displayName, role } = await authenticate(ticket, values.get(callerKey), check);
      return { displayName, role };
    },
  };
}
