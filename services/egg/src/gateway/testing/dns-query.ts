/** What of a query is not the default. */
export interface QueryOptions {
  readonly id?: number;
  /** Version of EDNS; without it the query does not speak EDNS. */
  readonly edns?: number;
  /** Bytes of data in the OPT record. */
  readonly padding?: number;
}

/** A query as a resolver sends it: one question, recursion desired. */
export function makeQuery(name: string, type: number, options: QueryOptions = {}): Buffer {
  const labels = name.split(".").filter((label) => label !== "");
  const question = labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, "latin1")]));
  const header = Buffer.alloc(12);
  header.writeUInt16BE(options.id ?? 0x1234);
  header.writeUInt16BE(0x0100, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(options.edns === undefined ? 0 : 1, 10);
  const end = Buffer.from([0, type >> 8, type & 255, 0, 1]);
  return Buffer.concat([header, ...question, end, options.edns === undefined ? Buffer.alloc(0) : makeOpt(options)]);
}

function makeOpt({ edns = 0, padding = 0 }: QueryOptions): Buffer {
  const opt = Buffer.alloc(11 + padding);
  opt.writeUInt16BE(41, 1);
  opt.writeUInt16BE(1_232, 3);
  opt.writeUInt8(edns, 6);
  opt.writeUInt16BE(padding, 9);
  return opt;
}
