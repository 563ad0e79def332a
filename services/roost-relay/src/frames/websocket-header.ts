/**
 * Header of a whole, unmasked, binary WebSocket message (RFC 6455 section 5.2), as a server sends it. Written by hand so
 * that many messages leave in one buffer by one system call; no extension is ever negotiated, so there is nothing else.
 */

/** FIN and opcode 2. */
const BINARY_MESSAGE = 0x82;
/** Longest payload whose length stands in the second byte. */
const MAX_7_BIT = 125;
/** Longest payload whose length takes two bytes more. */
const MAX_16_BIT = 0xffff;

/** Bytes that `writeWebSocketHeader` will write. */
export function webSocketHeaderBytes(messageBytes: number): number {
  if (messageBytes <= MAX_7_BIT) return 2;
  return messageBytes <= MAX_16_BIT ? 4 : 10;
}

/** Writes the header of a message of that many bytes (below 2^32) and returns the offset behind it. */
export function writeWebSocketHeader(target: Buffer, offset: number, messageBytes: number): number {
  target[offset] = BINARY_MESSAGE;
  if (messageBytes <= MAX_7_BIT) {
    target[offset + 1] = messageBytes;
    return offset + 2;
  }
  if (messageBytes <= MAX_16_BIT) {
    target[offset + 1] = 126;
    return target.writeUInt16BE(messageBytes, offset + 2);
  }
  target[offset + 1] = 127;
  target.writeUInt32BE(0, offset + 2);
  return target.writeUInt32BE(messageBytes, offset + 6);
}
