/** What came makes no sense here. The message tells the other end what was found and what was wanted; it never quotes. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}
