import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Inside } from "./testing/inside.ts";
import { openTestGateway, type TestGateway } from "./testing/test-gateway.ts";

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

describe("an allowed name works for every program, with no proxy variable", () => {
  const fetching = (url: string) => `fetch("${url}").then((r) => r.text()).then((t) => process.stdout.write(t))`;
  const getting = (scheme: string) =>
    `require("node:${scheme}").get("${scheme}://allowed.example/node", (r) => r.pipe(process.stdout))`;
  test.each<[string, readonly string[], string]>([
    ["curl, plain", ["curl", "-sS", "http://allowed.example/c"], "hello from allowed.example/c\n"],
    ["curl, TLS", ["curl", "-sS", "https://allowed.example/c"], "hello from allowed.example/c\n"],
    ["curl, a name below a wildcard", ["curl", "-sS", "https://a.wild.example/w"], "hello from a.wild.example/w\n"],
    [
      "node fetch, plain",
      [process.execPath, "-e", fetching("http://allowed.example/f")],
      "hello from allowed.example/f\n",
    ],
    [
      "node fetch, TLS",
      [process.execPath, "-e", fetching("https://allowed.example/f")],
      "hello from allowed.example/f\n",
    ],
    ["node http", [process.execPath, "-e", getting("http")], "hello from allowed.example/node\n"],
    ["node https", [process.execPath, "-e", getting("https")], "hello from allowed.example/node\n"],
    [
      "python urllib, TLS",
      [
        "/usr/bin/python3",
        "-c",
        "import urllib.request as u; print(u.urlopen('https://allowed.example/p').read().decode(), end='')",
      ],
      "hello from allowed.example/p\n",
    ],
    ["git over http", ["git", "ls-remote", "--heads", "http://allowed.example/repo.git"], "refs/heads/main\n"],
    [
      "git over https",
      ["git", "-c", "http.sslVerify=true", "ls-remote", "--heads", "https://allowed.example/repo.git"],
      "refs/heads/main\n",
    ],
    [
      "raw TCP on a named port",
      [
        "bash",
        "-c",
        "exec 3<>/dev/tcp/echo.example/7; read -r line <&3; echo $line; echo hi >&3; read -r line <&3; echo $line",
      ],
      "banner\nhi\n",
    ],
    ["a hard-coded resolver", ["/usr/bin/python3", "-c", resolvingAt("8.8.8.8", "allowed.example")], "198.18.0."],
  ])("%s", async (_what, argv, wanted) => {
    const { code, stdout, stderr } = await inside.run(argv);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(wanted);
  });

  test("git clones", async () => {
    const log = await inside.sh(
      "git clone -q http://allowed.example/repo.git $HOME/clone && git -C $HOME/clone log --format=%s && rm -rf $HOME/clone",
    );
    expect(log).toBe("first\n");
    expect(outer.takeRefusals()).toEqual([]);
  });

  test("16 MB go up and come back whole", async () => {
    const script = `
      const socket = require("node:net").connect({ host: "bulk.example", port: 5001, allowHalfOpen: true });
      let got = 0; socket.on("data", (chunk) => { got += chunk.length; }).on("end", () => process.stdout.write(String(got)));
      socket.end(Buffer.alloc(16 << 20));`;
    const { stdout } = await inside.run([process.execPath, "-e", script]);
    expect(stdout).toBe(String(16 << 20));
  });
});

describe("loopback is the egg's own", () => {
  test("a server inside is reached inside, by name and by address", async () => {
    const script = `
      const server = require("node:http").createServer((q, r) => r.end("own\\n")).listen(3000, "127.0.0.1", async () => {
        for (const host of ["127.0.0.1", "localhost", "app.localhost"]) process.stdout.write(await (await fetch("http://" + host + ":3000/")).text());
        server.close();
      });`;
    expect((await inside.run([process.execPath, "-e", script])).stdout).toBe("own\nown\nown\n");
    expect(outer.takeRefusals()).toEqual([]);
  });

  test("a host port that was opened is reached on it, others of the host are not", async () => {
    expect(await inside.sh(`curl -sS http://127.0.0.1:${outer.hostPort}/h`)).toBe(
      `hello from 127.0.0.1:${outer.hostPort}/h\n`,
    );
    const closed = outer.outside.https.split(":")[1];
    expect((await inside.run(["curl", "-sSk", `https://127.0.0.1:${closed}/`])).stderr).toMatch(
      /Couldn't connect|Failed to connect/,
    );
  });

  test("a caught port is nobody on loopback", async () => {
    expect((await inside.run(["curl", "-sS", "http://127.0.0.1/"])).stderr).toMatch(/reset|Failed to connect/);
    expect(outer.takeRefusals()).toEqual([]);
  });
});

describe("the proxy is there for those who like it", () => {
  test("with its variables, curl, node and git work and get reasons", async () => {
    const { env } = outer.gateway.entry;
    expect(await inside.sh("curl -sS http://allowed.example/ http://evil.example/", env)).toBe(
      "hello from allowed.example/\nwingthing: no network rule allows evil.example\n",
    );
    expect(await inside.sh("curl -sS https://allowed.example/", env)).toBe("hello from allowed.example/\n");
    const script = `fetch("https://allowed.example/n").then((r) => r.text()).then((t) => process.stdout.write(t))`;
    expect((await inside.run([process.execPath, "-e", script], env)).stdout).toBe("hello from allowed.example/n\n");
    expect(await inside.sh("git ls-remote --heads https://allowed.example/repo.git", env)).toContain("refs/heads/main");
  });

  test("it is no way to the host's loopback", async () => {
    const { env } = outer.gateway.entry;
    for (const url of [`http://127.0.0.1:${outer.hostPort}/`, "http://localhost/", "http://[::1]/"]) {
      expect(await inside.sh(`curl -sS --noproxy '' ${url}`, env)).toContain("wingthing: ");
    }
  });
});

test("the report names the tier and the ports", () => {
  const { area, tier, reason } = outer.gateway.entry.enforcement;
  expect({ area, tier }).toEqual({ area: "network", tier: "ports" });
  expect(reason).toContain("7, 80, 443, 5001");
});

/** A program that asks one resolver for one name and prints the address. */
function resolvingAt(resolver: string, name: string): string {
  const question = [...name.split(".")].map((label) => String.fromCharCode(label.length) + label).join("");
  const hex = Buffer.from(question, "latin1").toString("hex");
  return `import socket
s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.settimeout(3); s.connect(("${resolver}",53))
s.send(bytes.fromhex("123401000001000000000000${hex}0000010001")); a=s.recv(600); print(".".join(str(b) for b in a[-4:]))`;
}
