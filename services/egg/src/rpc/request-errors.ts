/** The bytes of a request are no message of the method. */
export class MalformedRequestError extends Error {
  override readonly name = "MalformedRequestError";

  constructor(method: string, options?: ErrorOptions) {
    super(`The request is not a message that ${method} takes: its bytes could not be decoded.`, options);
  }
}

/** The messages of an attach do not follow the sequence of terminal.proto, or exceed its limits. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}
