import type { HandlerContext } from "@connectrpc/connect";
import { InvalidCredentialError } from "../machines/device-credential.ts";
import type { MachineRegistry } from "../machines/machine-registry.ts";
import type { MachineRecord, UserRecord } from "../store/store.ts";

/** The caller is nobody that this roost knows. */
export class SignInRequiredError extends Error {
  override readonly name = "SignInRequiredError";
  constructor() {
    super("Sign in first. This roost has no sign-in page yet; local mode needs none: wt roost start");
  }
}

/** Finds out who calls. */
export interface Callers {
  /** Throws SignInRequiredError. */
  person(context: HandlerContext): UserRecord;
  /** Throws InvalidCredentialError. */
  wing(context: HandlerContext): Promise<MachineRecord>;
}

/** With a local person every call is theirs: the listener's guard let nobody else in. Without, people are nobody. */
export function createCallers(registry: MachineRegistry, localPerson: UserRecord | undefined): Callers {
  return {
    person() {
      if (!localPerson) throw new SignInRequiredError();
      return localPerson;
    },
    async wing({ requestHeader }) {
      const [, credential] = /^Bearer +(\S+)$/i.exec(requestHeader.get("authorization") ?? "") ?? [];
      if (credential === undefined) throw new InvalidCredentialError();
      return registry.authenticate(credential);
    },
  };
}
