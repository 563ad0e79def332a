import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AddressClass, classifyAddress } from "./address-class.ts";

describe("an address belongs to the class of its registry", () => {
  const table: Readonly<Record<Exclude<AddressClass, "this-machine">, readonly string[]>> = {
    public: [
      "1.1.1.1",
      "8.8.8.8",
      "172.15.255.255",
      "172.32.0.0",
      "100.63.255.255",
      "100.128.0.0",
      "192.0.1.0",
      "198.17.255.255",
      "198.20.0.0",
      "223.255.255.255",
      "2606:4700::1111",
      "2a00:1450::1",
      "2001:200::",
      "2003::1",
    ],
    private: [
      "10.0.0.0",
      "10.255.255.255",
      "172.16.0.0",
      "172.31.255.255",
      "192.168.0.0",
      "192.168.255.255",
      "fc00::",
      "fdff::1",
      "fec0::1",
    ],
    shared: ["100.64.0.0", "100.127.255.255"],
    loopback: ["127.0.0.0", "127.0.0.1", "127.255.255.255", "::1"],
    "link-local": ["169.254.0.0", "169.254.255.255", "fe80::1", "febf::1"],
    metadata: ["169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "fd00:ec2::254"],
    unspecified: ["0.0.0.0", "0.1.2.3", "0.255.255.255", "::"],
    multicast: ["224.0.0.0", "239.255.255.255", "ff00::", "ff02::1"],
    translated: [
      "::ffff:127.0.0.1",
      "::ffff:8.8.8.8",
      "::127.0.0.1",
      "64:ff9b::7f00:1",
      "64:ff9b::8.8.8.8",
      "64:ff9b:1::1",
      "2002:7f00:1::",
      "2002:a00:1::1",
      "2001::1",
      "2001:0:4136:e378::",
      "192.88.99.1",
    ],
    reserved: [
      "192.0.0.1",
      "192.0.2.1",
      "198.18.0.1",
      "198.19.255.255",
      "198.51.100.1",
      "203.0.113.1",
      "240.0.0.1",
      "255.255.255.255",
      "100::1",
      "2001:10::1",
      "2001:1ff::",
      "2001:db8::1",
      "3fff::1",
      "4000::1",
      "5f00::1",
    ],
  };
  for (const [wanted, addresses] of Object.entries(table)) {
    test.each(addresses)(`%s is ${wanted}`, (address) => expect(classifyAddress(address)).toBe(wanted));
  }
});

test.each(["", "example.com", "127.1", "0x7f.0.0.1", "1.2.3.4.5", "fe80::1%eth0", "[::1]"])(
  "%j is no address and so reserved",
  (text) => {
    expect(classifyAddress(text)).toBe("reserved");
  },
);

test("a public address of this machine is its own", () => {
  expect(classifyAddress("1.1.1.1", ["1.1.1.1"])).toBe("this-machine");
  expect(classifyAddress("1.1.1.2", ["1.1.1.1"])).toBe("public");
});

test("no IPv6 spelling that carries an IPv4 address is public", () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.constantFrom("::ffff:", "::", "64:ff9b::"), (address, prefix) => {
      expect(classifyAddress(`${prefix}${address}`)).not.toBe("public");
    }),
  );
});
