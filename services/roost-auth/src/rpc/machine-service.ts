import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { MachineService } from "@wingthing/contracts/gen/wingthing/auth/v1/auth_pb";
import type { MachineRegistry } from "../machines/machine-registry.ts";
import type { Store } from "../store/store.ts";
import type { TicketOffice } from "../tickets/ticket-office.ts";
import type { Callers } from "./caller.ts";

/** MachineService. */
export function machineService(
  callers: Callers,
  parts: { store: Store; registry: MachineRegistry; tickets: TicketOffice },
): ServiceImpl<typeof MachineService> {
  const { store, registry, tickets } = parts;
  return {
    async listMachines(_request, context) {
      const machines = await store.listMachines(callers.person(context).userId);
      return {
        machines: machines.map(({ wingId, publicKey, createdAt, seenAt }) => ({
          wingId,
          publicKey: publicKey ?? new Uint8Array(),
          createdAt: timestampFromMs(createdAt),
          ...(seenAt !== undefined && { seenAt: timestampFromMs(seenAt) }),
        })),
      };
    },
    async issueWingToken({ publicKey }, context) {
      const machine = await callers.wing(context);
      const { token, expiresAt } = await tickets.wingToken(machine);
      await registry.recordSeen(machine, publicKey);
      return { token, expiresAt: timestampFromMs(expiresAt) };
    },
  };
}
