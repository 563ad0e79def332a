import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import { KeysUnavailableError, TokenError } from "@wingthing/access-token/token-error";
import { AgentUnavailableSchema, ConsentRequiredSchema } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import { EggConfigError } from "@wingthing/egg-config/egg-config-error";
import { type ErrorTable, errorRule } from "@wingthing/service-runtime/errors";
import type { Log } from "@wingthing/service-runtime/log";
import { NoRoostError } from "../access/authenticate.ts";
import { AlreadyAuthenticatedError } from "../access/caller.ts";
import { NotAllowedError, TicketRequiredError } from "../access/gate.ts";
import { TicketUsedError, TooManyTicketsError } from "../access/used-tickets.ts";
import { AgentNotInstalledError, UnknownAgentError } from "../eggs/agent-command.ts";
import { EggUnreachableError } from "../eggs/egg-errors.ts";
import { EggDiedError, EggNotReadyError, EggProgramError } from "../eggs/egg-process.ts";
import {
  SessionNotFoundError,
  SessionRunsError,
  TooManySessionsError,
  WingStopsError,
} from "../eggs/egg-supervisor.ts";
import { TooManyWatchersError } from "../eggs/session-list.ts";
import { ConsentRequiredError, EggConfigMissingError, FolderTooWideError } from "../eggs/session-plan.ts";
import { DiskFullError, UnusableFileError } from "../identity/private-file.ts";
import { FolderMissingError, FolderOutsideRootsError, PathNotAbsoluteError } from "../workspace/roots.ts";
import { EggYamlNotAllowedError } from "./session-service.ts";

/** The one place where the wing's errors become codes. An egg's own refusals pass with their code and details. */
export function wingErrors(log: Log): ErrorTable {
  return { rules: RULES, log };
}

const RULES = [
  errorRule(TicketRequiredError, Code.Unauthenticated),
  errorRule(KeysUnavailableError, Code.Unavailable),
  errorRule(TokenError, Code.Unauthenticated),
  errorRule(TicketUsedError, Code.Unauthenticated),
  errorRule(TooManyTicketsError, Code.ResourceExhausted),
  errorRule(AlreadyAuthenticatedError, Code.FailedPrecondition),
  errorRule(NoRoostError, Code.FailedPrecondition),
  errorRule(NotAllowedError, Code.PermissionDenied),
  errorRule(EggYamlNotAllowedError, Code.PermissionDenied),
  errorRule(UnknownAgentError, Code.NotFound, ({ agent, nearest = "" }) => [
    { desc: AgentUnavailableSchema, value: create(AgentUnavailableSchema, { agent, nearest }) },
  ]),
  errorRule(AgentNotInstalledError, Code.FailedPrecondition, ({ agent, installHint }) => [
    { desc: AgentUnavailableSchema, value: create(AgentUnavailableSchema, { agent, installHint }) },
  ]),
  errorRule(ConsentRequiredError, Code.FailedPrecondition, ({ source, loosens }) => [
    { desc: ConsentRequiredSchema, value: create(ConsentRequiredSchema, { source, loosens: [...loosens] }) },
  ]),
  errorRule(EggConfigError, Code.FailedPrecondition),
  errorRule(EggConfigMissingError, Code.FailedPrecondition),
  errorRule(FolderTooWideError, Code.FailedPrecondition),
  errorRule(PathNotAbsoluteError, Code.InvalidArgument),
  errorRule(FolderMissingError, Code.NotFound),
  errorRule(FolderOutsideRootsError, Code.PermissionDenied),
  errorRule(SessionNotFoundError, Code.NotFound),
  errorRule(SessionRunsError, Code.FailedPrecondition),
  errorRule(TooManySessionsError, Code.ResourceExhausted),
  errorRule(WingStopsError, Code.Unavailable),
  errorRule(TooManyWatchersError, Code.ResourceExhausted),
  errorRule(EggUnreachableError, Code.Unavailable),
  errorRule(EggDiedError, Code.Unavailable),
  errorRule(EggNotReadyError, Code.Unavailable),
  errorRule(EggProgramError, Code.FailedPrecondition),
  errorRule(DiskFullError, Code.ResourceExhausted),
  errorRule(UnusableFileError, Code.FailedPrecondition),
];
