/** An extension of a ClientHello; `length` lies about its size. */
export interface HelloExtension {
  readonly type: number;
  readonly data: Buffer;
  readonly length?: number;
}

/** A ClientHello with these extensions and nothing else that matters, in records of at most `recordBytes`. */
export function makeClientHello(extensions: readonly HelloExtension[], recordBytes = 16_384): Buffer {
  const parts = extensions.map(({ type, data, length = data.length }) =>
    Buffer.concat([uint16(type), uint16(length), data]),
  );
  const joined = Buffer.concat(parts);
  const versionAndRandom = Buffer.alloc(34, 3);
  const noSession = Buffer.from([0]);
  const oneCipher = Buffer.from([0, 2, 0x13, 0x01]);
  const noCompression = Buffer.from([1, 0]);
  const body = Buffer.concat([versionAndRandom, noSession, oneCipher, noCompression, uint16(joined.length), joined]);
  return toRecords(
    Buffer.concat([Buffer.from([1, body.length >> 16]), uint16(body.length & 0xffff), body]),
    recordBytes,
  );
}

/** Handshake bytes in records. */
export function toRecords(handshake: Buffer, recordBytes: number): Buffer {
  const records: Buffer[] = [];
  for (let position = 0; position < handshake.length; position += recordBytes) {
    const part = handshake.subarray(position, position + recordBytes);
    records.push(Buffer.from([22, 3, 1]), uint16(part.length), part);
  }
  return Buffer.concat(records);
}

function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255]);
}
