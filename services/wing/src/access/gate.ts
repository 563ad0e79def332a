import type { DescMethod } from "@bufbuild/protobuf";
import type { Caller, Person } from "./caller.ts";

/** Who may call a method. */
export type Rule =
  /** Whoever opened a channel, before and after its ticket. */
  | "anyone"
  /** People with a ticket for this wing, and programs of this machine. */
  | "member"
  /** Its owner, and programs of this machine. */
  | "owner";

/**
 * The one table of who may call what. Members of an org see that the wing is there; its sessions and folders are the
 * owner's alone until folders can be shared with them.
 */
export const RULES: Readonly<Record<string, Rule>> = {
  "wingthing.wing.v1.AccessService/Authenticate": "anyone",
  "wingthing.wing.v1.InfoService/GetInfo": "member",
  "wingthing.wing.v1.SessionService/Start": "owner",
  "wingthing.wing.v1.SessionService/Attach": "owner",
  "wingthing.wing.v1.SessionService/List": "owner",
  "wingthing.wing.v1.SessionService/Watch": "owner",
  "wingthing.wing.v1.SessionService/Stop": "owner",
  "wingthing.wing.v1.SessionService/Forget": "owner",
  "wingthing.wing.v1.WorkspaceService/ListProjects": "owner",
  "wingthing.wing.v1.WorkspaceService/CompletePath": "owner",
};

/** The caller has not shown a ticket yet. */
export class TicketRequiredError extends Error {
  override readonly name = "TicketRequiredError";
  constructor(method: string) {
    super(`${method} needs to know who calls: call AccessService.Authenticate with a ticket of the roost first`);
  }
}

/** The caller is known and may not. */
export class NotAllowedError extends Error {
  override readonly name = "NotAllowedError";
  constructor(method: string, wanted: string, found: string) {
    super(`${method} is for the wing's ${wanted}; you are its ${found}: ask the owner`);
  }
}

/** Lets a call pass or throws. A method without a row is refused to everybody. @throws TicketRequiredError, NotAllowedError. */
export function admitCall(method: DescMethod, caller: Caller): void {
  const name = `${method.parent.typeName}/${method.name}`;
  const rule = RULES[name];
  if (rule === undefined) throw new NotAllowedError(name, "nobody (it has no rule yet)", "caller");
  const { person, standing } = caller;
  if (rule === "anyone") {
    if (standing.kind === "unknown") throw new TicketRequiredError(name);
    return;
  }
  if (person === undefined) throw new TicketRequiredError(name);
  if (!satisfies(person, rule)) throw new NotAllowedError(name, rule, person.role);
}

function satisfies(person: Person, rule: "member" | "owner"): boolean {
  switch (rule) {
    case "owner":
      return person.role === "owner";
    case "member":
      return true;
  }
}
