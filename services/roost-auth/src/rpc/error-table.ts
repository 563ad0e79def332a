import { Code } from "@connectrpc/connect";
import { type ErrorTable, errorRule } from "@wingthing/service-runtime/errors";
import type { Log } from "@wingthing/service-runtime/log";
import { RateLimitedError } from "@wingthing/service-runtime/rate-limiter";
import { InvalidCredentialError } from "../machines/device-credential.ts";
import { StoreUnavailableError, TooManyMachinesError, WingTakenError } from "../store/store.ts";
import { NoSuchWingError } from "../tickets/ticket-office.ts";
import { SignInRequiredError } from "./caller.ts";

/** Domain errors of roost-auth and their codes. */
export function errorTable(log: Log): ErrorTable {
  return {
    rules: [
      errorRule(InvalidCredentialError, Code.Unauthenticated),
      errorRule(SignInRequiredError, Code.Unauthenticated),
      errorRule(NoSuchWingError, Code.NotFound),
      errorRule(WingTakenError, Code.AlreadyExists),
      errorRule(TooManyMachinesError, Code.ResourceExhausted),
      errorRule(RateLimitedError, Code.ResourceExhausted),
      errorRule(StoreUnavailableError, Code.Unavailable),
    ],
    log,
  };
}
