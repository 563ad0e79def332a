/** A resource record type that the name server treats differently from all others (RFC 1035, 3596, 6891). */
export const RecordType = { A: 1, AAAA: 28, OPT: 41, ANY: 255 } as const;

/** A response code (RFC 1035, 4.1.1; RFC 6891, 9). */
export const ResponseCode = {
  NO_ERROR: 0,
  FORMAT_ERROR: 1,
  NAME_ERROR: 3,
  NOT_IMPLEMENTED: 4,
  REFUSED: 5,
  BAD_VERSION: 16,
} as const;

/** One of the response codes. */
export type ResponseCode = (typeof ResponseCode)[keyof typeof ResponseCode];

/** A question with nothing else of interest; longer ones carry padding or data that nobody here wants. */
export const MAX_QUERY_BYTES = 1_232;

const HEADER_BYTES = 12;
const MAX_LABEL_BYTES = 63;
const MAX_NAME_BYTES = 255;
const CLASS_INTERNET = 1;
const CLASS_ANY = 255;
/** What a UDP answer may be without a fragment; ours stay below 600. */
const OUR_UDP_BYTES = 1_232;
/** "Blocked": the operator's own policy (RFC 8914, 4.16). */
const EXTENDED_ERROR_BLOCKED = 15;
const EXTENDED_ERROR_OPTION = 15;
/** A sentence; the answer then fits a UDP packet even with the longest name. */
const MAX_EXTENDED_TEXT_BYTES = 240;
/** A pointer to the question's name, which always starts right after the header. */
const POINTER_TO_QUESTION = 0xc000 | HEADER_BYTES;

/** What a client asked, with as much of the message as an answer must repeat. */
export interface DnsQuery {
  readonly id: number;
  readonly recursionDesired: boolean;
  /** The name as it was spelled, without a trailing dot; "" is the root. */
  readonly name: string;
  readonly type: number;
  /** The question as it came, for the answer must repeat it byte for byte (0x20 case randomisation). */
  readonly question: Uint8Array;
  /** Version of EDNS, when the client speaks it. */
  readonly edns: number | undefined;
}

/** What arrived: a query, something to answer with an error, or something to say nothing to. */
export type ParsedQuery =
  | { readonly kind: "query"; readonly query: DnsQuery }
  | { readonly kind: "error"; readonly id: number; readonly code: ResponseCode }
  | { readonly kind: "drop" };

/** What to answer: a code, at most one address of the name, and a reason for clients that speak EDNS. */
export interface DnsAnswer {
  readonly code: ResponseCode;
  readonly record?: { readonly type: number; readonly data: Uint8Array; readonly ttlSeconds: number };
  readonly reason?: string;
}

/** Reads a message of a client. Never throws and never reads past its end, whatever the bytes are. */
export function parseQuery(message: Uint8Array): ParsedQuery {
  if (message.length < HEADER_BYTES) return { kind: "drop" };
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const id = view.getUint16(0);
  const flags = view.getUint16(2);
  // An answer to an answer would let two name servers talk for ever.
  if ((flags & 0x8000) !== 0) return { kind: "drop" };
  const error = (code: ResponseCode): ParsedQuery => ({ kind: "error", id, code });
  if ((flags & 0x7800) !== 0) return error(ResponseCode.NOT_IMPLEMENTED);
  if (message.length > MAX_QUERY_BYTES) return error(ResponseCode.FORMAT_ERROR);
  // One question, no answers, no authorities: what every resolver sends.
  if (view.getUint16(4) !== 1 || view.getUint32(6) !== 0) return error(ResponseCode.FORMAT_ERROR);
  const name = readName(message, HEADER_BYTES);
  if (name === undefined || name.end + 4 > message.length) return error(ResponseCode.FORMAT_ERROR);
  const end = name.end + 4;
  const edns = readEdns(message, end, view.getUint16(10));
  if (edns === "malformed") return error(ResponseCode.FORMAT_ERROR);
  const recordClass = view.getUint16(name.end + 2);
  if (recordClass !== CLASS_INTERNET && recordClass !== CLASS_ANY) return error(ResponseCode.REFUSED);
  return {
    kind: "query",
    query: {
      id,
      recursionDesired: (flags & 0x0100) !== 0,
      name: name.text,
      type: view.getUint16(name.end),
      question: message.slice(HEADER_BYTES, end),
      edns,
    },
  };
}

/** Writes the answer to a query. */
export function encodeAnswer(query: DnsQuery, answer: DnsAnswer): Uint8Array {
  const record = answer.record === undefined ? new Uint8Array() : encodeRecord(answer.record);
  const opt = query.edns === undefined ? new Uint8Array() : encodeOpt(answer);
  const header = encodeHeader({
    id: query.id,
    recursionDesired: query.recursionDesired,
    code: answer.code & 0x0f,
    counts: [1, record.length > 0 ? 1 : 0, 0, opt.length > 0 ? 1 : 0],
  });
  return concatenate(header, query.question, record, opt);
}

/** Writes an answer to a message that was no query: the header alone. */
export function encodeError(id: number, code: ResponseCode): Uint8Array {
  return encodeHeader({ id, recursionDesired: false, code, counts: [0, 0, 0, 0] });
}

/** Labels up to the root; no compression, for a question comes first and has nothing to point at. */
function readName(message: Uint8Array, start: number): { text: string; end: number } | undefined {
  const labels: string[] = [];
  let position = start;
  for (;;) {
    const length = message[position];
    if (length === undefined || length > MAX_LABEL_BYTES) return undefined;
    position += 1;
    if (length === 0) return { text: labels.join("."), end: position };
    const label = message.subarray(position, position + length);
    position += length;
    // The root's byte must still follow within the limit.
    if (label.length < length || position - start >= MAX_NAME_BYTES) return undefined;
    const text = labelText(label);
    if (text === undefined) return undefined;
    labels.push(text);
  }
}

/** A label of a host name, or undefined: a dot or a byte that is not ASCII would be read as another name later. */
function labelText(label: Uint8Array): string | undefined {
  const text = String.fromCharCode(...label);
  return /^[\x21-\x2d\x2f-\x7e]+$/.test(text) ? text : undefined;
}

/** Version of EDNS in the additional records; undefined when the client does not speak it. */
function readEdns(message: Uint8Array, start: number, count: number): number | undefined | "malformed" {
  let position = start;
  let version: number | undefined;
  for (let index = 0; index < count; index += 1) {
    const name = readName(message, position);
    if (name === undefined || name.end + 10 > message.length) return "malformed";
    const view = new DataView(message.buffer, message.byteOffset + name.end, 10);
    position = name.end + 10 + view.getUint16(8);
    if (position > message.length) return "malformed";
    if (view.getUint16(0) !== RecordType.OPT) continue;
    if (version !== undefined || name.text !== "") return "malformed";
    version = view.getUint8(5);
  }
  return position === message.length ? version : "malformed";
}

interface Header {
  readonly id: number;
  readonly recursionDesired: boolean;
  readonly code: number;
  readonly counts: readonly [number, number, number, number];
}

function encodeHeader(header: Header): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, header.id);
  // A response (QR) of a server that recurses (RA), as clients expect of the one in resolv.conf.
  view.setUint16(2, 0x8080 | (header.recursionDesired ? 0x0100 : 0) | header.code);
  for (const [index, count] of header.counts.entries()) view.setUint16(4 + index * 2, count);
  return bytes;
}

function encodeRecord(record: NonNullable<DnsAnswer["record"]>): Uint8Array {
  const bytes = new Uint8Array(12 + record.data.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, POINTER_TO_QUESTION);
  view.setUint16(2, record.type);
  view.setUint16(4, CLASS_INTERNET);
  view.setUint32(6, record.ttlSeconds);
  view.setUint16(10, record.data.length);
  bytes.set(record.data, 12);
  return bytes;
}

function encodeOpt(answer: DnsAnswer): Uint8Array {
  const text = new TextEncoder().encode(answer.reason ?? "").subarray(0, MAX_EXTENDED_TEXT_BYTES);
  const option = text.length === 0 ? 0 : 6 + text.length;
  const bytes = new Uint8Array(11 + option);
  const view = new DataView(bytes.buffer);
  view.setUint16(1, RecordType.OPT);
  view.setUint16(3, OUR_UDP_BYTES);
  view.setUint8(5, answer.code >> 4);
  view.setUint16(9, option);
  if (option === 0) return bytes;
  view.setUint16(11, EXTENDED_ERROR_OPTION);
  view.setUint16(13, 2 + text.length);
  view.setUint16(15, EXTENDED_ERROR_BLOCKED);
  bytes.set(text, 17);
  return bytes;
}

function concatenate(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}
