import { randomBytes } from "node:crypto";
import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import type { Log } from "./log.ts";

/** A typed detail on the wire, which says what a person can do. */
export interface ErrorDetail {
  readonly desc: DescMessage;
  readonly value: MessageInitShape<DescMessage>;
}

/** One row of a service's table: errors of this class leave with this code and their own message. */
export interface ErrorRule {
  readonly matches: (error: unknown) => error is Error;
  readonly code: Code;
  readonly details: (error: Error) => readonly ErrorDetail[];
}

/** What `mapErrors` needs. */
export interface ErrorTable {
  /** First match wins, so a subclass stands above its base. */
  readonly rules: readonly ErrorRule[];
  readonly log: Log;
}

type ErrorClass<E extends Error> = abstract new (...args: never[]) => E;

/** Makes a row of the table. The error's message goes to the caller: it must hold nothing secret. */
export function errorRule<E extends Error>(
  errorClass: ErrorClass<E>,
  code: Code,
  details: (error: E) => readonly ErrorDetail[] = () => [],
): ErrorRule {
  const matches = (error: unknown): error is E => error instanceof errorClass;
  return { matches, code, details: (error) => (matches(error) ? details(error) : []) };
}

/** Turns what a call threw into what its caller sees: by the table, else `internal` with an id that is in the log. */
export function toConnectError(error: unknown, table: ErrorTable): ConnectError {
  if (error instanceof ConnectError) return error;
  for (const rule of table.rules) {
    if (!rule.matches(error)) continue;
    return new ConnectError(error.message, rule.code, undefined, [...rule.details(error)], error);
  }
  const errorId = randomBytes(6).toString("hex");
  table.log.error("unexpected error in a call", { errorId, error });
  return new ConnectError(`Unexpected error ${errorId}: its cause is in the log under this id.`, Code.Internal);
}

/** The one place of a service where domain errors become codes; put it first in `interceptors`. */
export function mapErrors(table: ErrorTable): Interceptor {
  return (next) => async (request) => {
    try {
      const response = await next(request);
      return response.stream ? { ...response, message: mapStreamErrors(response.message, table) } : response;
    } catch (error) {
      throw toConnectError(error, table);
    }
  };
}

async function* mapStreamErrors<T>(messages: AsyncIterable<T>, table: ErrorTable): AsyncIterable<T> {
  try {
    yield* messages;
  } catch (error) {
    throw toConnectError(error, table);
  }
}
