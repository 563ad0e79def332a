import { create, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { AnySchema, anyPack } from "@bufbuild/protobuf/wkt";
import { Code, type ConnectError } from "@connectrpc/connect";
import { Metadata } from "@grpc/grpc-js";
import { NotEnforceableSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { InvalidIdError } from "@wingthing/contracts/ids";
import { type ErrorRule, errorRule, toConnectError } from "@wingthing/service-runtime/errors";
import type { Log } from "@wingthing/service-runtime/log";
import { NativePtyError } from "../pty/native-pty.ts";
import { InputQueueFullError, PtySpawnError } from "../pty/pty.ts";
import { EggFolderError } from "../sandbox/egg-folder-error.ts";
import { WorkingFolderError } from "../sandbox/host/working-folder.ts";
import { NotEnforceableError } from "../sandbox/not-enforceable.ts";
import { AttachReplacedError, TooManyViewersError } from "../session/audience.ts";
import { InputGapError } from "../session/client-ledger.ts";
import {
  AgentMissingError,
  AlreadyStartedError,
  GatewayFailedError,
  NotStartedError,
  StoppedWhileStartingError,
} from "../session/egg-life-errors.ts";
import { TooManyWatchesError } from "../session/event-watch.ts";
import { WatcherInputError } from "../session/session.ts";
import { MalformedRequestError, ProtocolError } from "./request-errors.ts";

/** The one place where errors of the egg become codes. */
const RULES: readonly ErrorRule[] = [
  errorRule(MalformedRequestError, Code.InvalidArgument),
  errorRule(ProtocolError, Code.InvalidArgument),
  errorRule(InvalidIdError, Code.InvalidArgument),
  errorRule(NotEnforceableError, Code.FailedPrecondition, ({ area, found, remedy }) => [
    { desc: NotEnforceableSchema, value: { area, found, remedy } },
  ]),
  errorRule(AlreadyStartedError, Code.FailedPrecondition),
  errorRule(NotStartedError, Code.FailedPrecondition),
  errorRule(WorkingFolderError, Code.FailedPrecondition),
  errorRule(AgentMissingError, Code.NotFound),
  errorRule(WatcherInputError, Code.PermissionDenied),
  errorRule(InputGapError, Code.OutOfRange),
  errorRule(AttachReplacedError, Code.Aborted),
  errorRule(StoppedWhileStartingError, Code.Aborted),
  errorRule(GatewayFailedError, Code.Aborted),
  errorRule(TooManyViewersError, Code.ResourceExhausted),
  errorRule(TooManyWatchesError, Code.ResourceExhausted),
  errorRule(InputQueueFullError, Code.ResourceExhausted),
  errorRule(EggFolderError, Code.ResourceExhausted),
  errorRule(PtySpawnError, Code.FailedPrecondition),
  errorRule(NativePtyError, Code.FailedPrecondition),
];

/** The message and details in the form that gRPC calls google.rpc.Status. */
function statusDetails(error: ConnectError): Buffer {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Varint).int32(error.code);
  writer.tag(2, WireType.LengthDelimited).string(error.rawMessage);
  for (const detail of error.details) {
    if (!("desc" in detail)) continue;
    const packed = anyPack(detail.desc, create(detail.desc, detail.value));
    writer.tag(3, WireType.LengthDelimited).bytes(toBinary(AnySchema, packed));
  }
  return Buffer.from(writer.finish());
}

/** Status of a call, as grpc-js takes it. */
export interface CallStatus {
  /** A gRPC code; Connect's have the same numbers. */
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata;
}

/** What the caller of a failed call is told. */
export function statusOfError(error: unknown, log: Log): CallStatus {
  const mapped = toConnectError(error, { rules: RULES, log });
  const metadata = new Metadata();
  if (mapped.details.length > 0) metadata.set("grpc-status-details-bin", statusDetails(mapped));
  return { code: mapped.code, details: mapped.rawMessage, metadata };
}
