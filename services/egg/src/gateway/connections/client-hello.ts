/**
 * The longest first message of TLS that is read. With post-quantum keys one has 2 KB; a client that resumes with a big
 * ticket and many extensions stays below 16.
 */
export const MAX_CLIENT_HELLO_BYTES = 32_768;

/** What the first bytes of a connection are. */
export type Opening =
  /** A prefix of a ClientHello; the rest has not arrived. */
  | { readonly kind: "incomplete" }
  | { readonly kind: "not-tls" }
  | { readonly kind: "malformed"; readonly problem: string }
  /** A whole ClientHello; the server name is as it was sent, undefined when there is none. */
  | { readonly kind: "client-hello"; readonly serverName: string | undefined };

const RECORD_HEADER_BYTES = 5;
const RECORD_HANDSHAKE = 22;
const MAX_RECORD_BYTES = 16_384;
const HANDSHAKE_HEADER_BYTES = 4;
const HANDSHAKE_CLIENT_HELLO = 1;
const VERSION_AND_RANDOM_BYTES = 34;
const EXTENSION_SERVER_NAME = 0;
const NAME_TYPE_HOST = 0;

/**
 * Finds the server name in the first bytes that a client sent (RFC 8446, 4.1.2; RFC 6066, 3), whole or in any
 * fragments. Never throws and never reads past the end.
 */
export function readOpening(bytes: Uint8Array): Opening {
  const handshake = joinRecords(bytes);
  if (handshake instanceof Uint8Array) return readHandshake(handshake);
  return handshake;
}

/** The handshake bytes of the records so far, or why there are none. */
function joinRecords(bytes: Uint8Array): Uint8Array | Opening {
  if (bytes.length > 0 && bytes[0] !== RECORD_HANDSHAKE) return { kind: "not-tls" };
  if (bytes.length > 1 && bytes[1] !== 3) return { kind: "not-tls" };
  const fragments: Uint8Array[] = [];
  let position = 0;
  let joined = 0;
  while (position + RECORD_HEADER_BYTES <= bytes.length) {
    if (joined > 0 && joined >= handshakeBytes(fragments)) break;
    if (bytes[position] !== RECORD_HANDSHAKE) return malformed("another record inside the first message");
    const length = ((bytes[position + 3] ?? 0) << 8) | (bytes[position + 4] ?? 0);
    if (length === 0 || length > MAX_RECORD_BYTES) return malformed(`a record of ${length} bytes`);
    const start = position + RECORD_HEADER_BYTES;
    const fragment = bytes.subarray(start, start + length);
    fragments.push(fragment);
    joined += fragment.length;
    position = start + length;
  }
  return concatenate(fragments, joined);
}

/** How long the message is, header and all, as far as its header has arrived. */
function handshakeBytes(fragments: readonly Uint8Array[]): number {
  const start = concatenate(fragments, HANDSHAKE_HEADER_BYTES);
  const known = fragments.reduce((sum, fragment) => sum + fragment.length, 0) >= HANDSHAKE_HEADER_BYTES;
  return known ? HANDSHAKE_HEADER_BYTES + readUint24(start, 1) : Number.POSITIVE_INFINITY;
}

function readHandshake(handshake: Uint8Array): Opening {
  const type = handshake[0];
  if (type === undefined) return { kind: "incomplete" };
  if (type !== HANDSHAKE_CLIENT_HELLO) return malformed("a handshake that does not start with a ClientHello");
  if (handshake.length < HANDSHAKE_HEADER_BYTES) return { kind: "incomplete" };
  const end = HANDSHAKE_HEADER_BYTES + readUint24(handshake, 1);
  if (end > MAX_CLIENT_HELLO_BYTES) return malformed(`a ClientHello of ${end} bytes`);
  if (handshake.length < end) return { kind: "incomplete" };
  return readClientHello(new ByteReader(handshake.subarray(HANDSHAKE_HEADER_BYTES, end)));
}

function readClientHello(hello: ByteReader): Opening {
  hello.take(VERSION_AND_RANDOM_BYTES);
  hello.vector(1); // session id
  hello.vector(2); // cipher suites
  hello.vector(1); // compression methods
  if (hello.failed) return malformed("a ClientHello that ends too early");
  // TLS 1.2 and older may leave the extensions out.
  if (hello.remaining === 0) return { kind: "client-hello", serverName: undefined };
  const extensions = new ByteReader(hello.vector(2));
  if (hello.failed || hello.remaining > 0) return malformed("a ClientHello whose extensions do not fill it");
  return findServerName(extensions);
}

function findServerName(extensions: ByteReader): Opening {
  let found: Uint8Array | undefined;
  while (extensions.remaining > 0) {
    const type = extensions.uint(2);
    const data = extensions.vector(2);
    if (extensions.failed) return malformed("an extension that ends too early");
    if (type !== EXTENSION_SERVER_NAME) continue;
    // With two of them, this reader and the server could each believe another one.
    if (found !== undefined) return malformed("two server names");
    found = data;
  }
  return found === undefined ? { kind: "client-hello", serverName: undefined } : readServerName(found);
}

function readServerName(data: Uint8Array): Opening {
  const extension = new ByteReader(data);
  const list = new ByteReader(extension.vector(2));
  const type = list.uint(1);
  const name = list.vector(2);
  const isWhole = !extension.failed && !list.failed && extension.remaining === 0 && list.remaining === 0;
  if (!isWhole || type !== NAME_TYPE_HOST || name.length === 0) return malformed("an unreadable server name");
  return { kind: "client-hello", serverName: String.fromCharCode(...name) };
}

/** Reads forward; once something was missing, everything is empty and `failed` stays true. */
class ByteReader {
  failed = false;
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#position;
  }

  take(length: number): Uint8Array {
    if (this.failed || length > this.remaining) {
      this.failed = true;
      return new Uint8Array();
    }
    this.#position += length;
    return this.#bytes.subarray(this.#position - length, this.#position);
  }

  uint(bytes: 1 | 2): number {
    return this.take(bytes).reduce((value, byte) => (value << 8) | byte, 0);
  }

  /** Bytes behind their own length. */
  vector(lengthBytes: 1 | 2): Uint8Array {
    return this.take(this.uint(lengthBytes));
  }
}

function readUint24(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
}

/** The first bytes of all fragments together. */
function concatenate(fragments: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let position = 0;
  for (const fragment of fragments) {
    const part = fragment.subarray(0, length - position);
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}

function malformed(problem: string): Opening {
  return { kind: "malformed", problem };
}
