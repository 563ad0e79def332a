import { endianness } from "node:os";
import { describe, expect, test } from "vitest";
import { findPeerRow } from "./peer-user.ts";
import { addressHex, isLoopbackAddress, parseTcpTable } from "./proc-net-tcp.ts";

const HEADING =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                   ";
const queues = "00000000:00000000 00:00000000 00000000";
const tail = "1 000000005a433423 100 0 0 10 0";

/** Port 8080 is 1F90, 50000 is C350. */
const V4 = `${HEADING}
   0: 0100007F:1F90 00000000:0000 0A ${queues}  1000        0 11 ${tail}
   1: 0100007F:1F90 0100007F:C350 01 ${queues}  1000        0 12 ${tail}
   2: 0100007F:C350 0100007F:1F90 01 ${queues}  1001        0 13 ${tail}
   3: 0100007F:C351 0100007F:1F90 05 ${queues}     0        0 0 ${tail}
`;
const V6 = `${HEADING}
   0: 00000000000000000000000001000000:C350 00000000000000000000000001000000:1F90 01 ${queues}  1002        0 14 ${tail}
   1: 0000000000000000FFFF00000100007F:C352 0000000000000000FFFF00000100007F:1F90 01 ${queues}  1003        0 15 ${tail}
`;

const ends = (remoteAddress: string, remotePort: number, localAddress = remoteAddress) => ({
  localAddress,
  localPort: 8080,
  remoteAddress,
  remotePort,
});

describe.skipIf(endianness() !== "LE")("the table of sockets, as a little-endian kernel prints it", () => {
  test("rows are read, headings and blank lines are not", () => {
    const rows = [...parseTcpTable(V4)];
    expect(rows).toHaveLength(4);
    expect(rows[0]).toMatchObject({ listening: true, uid: 1000, inode: 11, local: { port: 8080 } });
    expect(rows[2]?.local).toEqual({ address: addressHex("127.0.0.1"), port: 50_000 });
  });

  test.each([
    { what: "IPv4", table: V4, at: ends("127.0.0.1", 50_000), uid: 1001 },
    { what: "IPv6", table: V6, at: ends("::1", 50_000), uid: 1002 },
    { what: "an IPv6 program that dialled an IPv4 address", table: V6, at: ends("127.0.0.1", 50_002), uid: 1003 },
    { what: "the same, with both ends printed as mapped", table: V6, at: ends("::ffff:127.0.0.1", 50_002), uid: 1003 },
    { what: "our own end, which is not the peer's", table: V4, at: ends("127.0.0.1", 8080), uid: undefined },
    {
      what: "a socket that nobody holds any more and that shows root",
      table: V4,
      at: ends("127.0.0.1", 50_001),
      uid: undefined,
    },
    { what: "another port", table: V4, at: ends("127.0.0.1", 50_009), uid: undefined },
    { what: "another address", table: V4, at: ends("127.0.0.2", 50_000), uid: undefined },
    { what: "an empty table", table: "", at: ends("127.0.0.1", 50_000), uid: undefined },
  ])("the peer's row is found by both ends: $what", ({ table, at, uid }) => {
    expect(findPeerRow(table, at)?.uid).toBe(uid);
  });
});

test.each([
  ["127.0.0.1", "00000000000000000000ffff7f000001"],
  ["::ffff:127.0.0.1", "00000000000000000000ffff7f000001"],
  ["::1", "00000000000000000000000000000001"],
  ["::", "00000000000000000000000000000000"],
  ["fe80::1%eth0", "fe800000000000000000000000000001"],
  ["2001:db8:0:1:2:3:4:5", "20010db8000000010002000300040005"],
  ["2001:DB8::", "20010db8000000000000000000000000"],
])("%s is %s", (text, hex) => {
  expect(addressHex(text)).toBe(hex);
});

test.each([
  ["127.0.0.1", true],
  ["127.255.255.254", true],
  ["::1", true],
  ["::ffff:127.0.0.1", true],
  ["0.0.0.0", false],
  ["::", false],
  ["128.0.0.1", false],
  ["10.0.0.1", false],
  ["::2", false],
  ["127.0.0.1.evil.example", false],
  ["localhost", false],
  ["127", false],
  ["", false],
])("%s stays on this machine: %s", (text, loopback) => {
  expect(isLoopbackAddress(text)).toBe(loopback);
});
