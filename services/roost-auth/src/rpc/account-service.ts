import type { ServiceImpl } from "@connectrpc/connect";
import type { AccountService } from "@wingthing/contracts/gen/wingthing/auth/v1/auth_pb";
import type { Callers } from "./caller.ts";

/** AccountService. */
export function accountService(
  callers: Callers,
  roost: { local: boolean; version: string },
): ServiceImpl<typeof AccountService> {
  return {
    getAccount(_request, context) {
      const { userId, displayName, email = "" } = callers.person(context);
      return { account: { userId, displayName, email }, ...roost };
    },
  };
}
