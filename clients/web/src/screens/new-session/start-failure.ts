import { Code, ConnectError } from "@connectrpc/connect";
import { NotEnforceableSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { AgentUnavailableSchema, ConsentRequiredSchema } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import { plainText } from "../../wing/plain-text.ts";

/** Why a session did not start, and what to do. */
export interface StartFailure {
  readonly title: string;
  readonly text: string;
  /** One by one, what it is about; empty when the text says it all. */
  readonly points: readonly string[];
  /** A command for the wing's machine that helps; empty when there is none. */
  readonly remedy: string;
}

/** Longest text of a wing that is shown, in characters. */
const MAX_TEXT = 1_000;
/** Rules that are listed; a file with more of them is read on the machine. */
const MAX_POINTS = 20;

const TITLES: Partial<Record<Code, string>> = {
  [Code.NotFound]: "Not found on the wing",
  [Code.PermissionDenied]: "Not allowed on this wing",
  [Code.FailedPrecondition]: "The session could not start",
  [Code.InvalidArgument]: "The wing does not understand this",
  [Code.ResourceExhausted]: "The wing has no room for another session",
  [Code.Unavailable]: "The connection to the wing broke",
};

/** Reads what SessionService.Start failed with. */
export function startFailure(error: unknown): StartFailure {
  const failed = ConnectError.from(error);
  return (
    notEnforceable(failed) ??
    agentUnavailable(failed) ??
    consentRequired(failed) ?? {
      title: TITLES[failed.code] ?? "The session did not start",
      text: plainText(failed.rawMessage, MAX_TEXT),
      points: [],
      remedy: "",
    }
  );
}

function notEnforceable(failed: ConnectError): StartFailure | undefined {
  const [rule] = failed.findDetails(NotEnforceableSchema);
  if (rule === undefined) return undefined;
  return {
    title: `The sandbox cannot be enforced: ${plainText(rule.area, 40)}`,
    text: plainText(`${rule.found} Nothing was started.`, MAX_TEXT),
    points: [],
    remedy: rule.remedy.slice(0, MAX_TEXT),
  };
}

function agentUnavailable(failed: ConnectError): StartFailure | undefined {
  const [agent] = failed.findDetails(AgentUnavailableSchema);
  if (agent === undefined) return undefined;
  return {
    title: `${plainText(agent.agent, 64)} cannot be started on this wing`,
    text: plainText(failed.rawMessage, MAX_TEXT),
    points: [],
    remedy: agent.installHint.slice(0, MAX_TEXT),
  };
}

function consentRequired(failed: ConnectError): StartFailure | undefined {
  const [consent] = failed.findDetails(ConsentRequiredSchema);
  if (consent === undefined) return undefined;
  return {
    title: "This project asks for a wider sandbox",
    text: plainText(
      `${consent.source} opens more than your own egg.yaml allows. Take it out there, or allow it in ~/.wingthing/egg.yaml:`,
      MAX_TEXT,
    ),
    points: consent.loosens.slice(0, MAX_POINTS).map((rule) => plainText(rule, MAX_TEXT)),
    remedy: "",
  };
}
