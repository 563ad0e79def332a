import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { expect, test } from "vitest";
import { routeEverythingToLoopback } from "./loopback-routes.ts";
import { type NamespaceDiedError, openNetworkNamespace } from "./network-namespace.ts";

function runInside(enter: readonly string[], ...argv: readonly string[]): string {
  const [program, ...rest] = [...enter, ...argv];
  return execFileSync(program!, rest, { encoding: "utf8" });
}

/** Children of this process that bubblewrap is or was. */
function holders(): number[] {
  const tasks = readdirSync(`/proc/${process.pid}/task`);
  const children = tasks.flatMap((task) =>
    readFileSync(`/proc/${process.pid}/task/${task}/children`, "utf8").split(" "),
  );
  return children
    .filter(Boolean)
    .map(Number)
    .filter((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--unshare-net"));
}

test("the namespace has a loopback that is up, and nothing else", async () => {
  await using namespace = await openNetworkNamespace();
  const links = runInside(namespace.enter, "/bin/cat", "/proc/self/net/dev").split("\n").slice(2).filter(Boolean);
  expect(links.map((line) => line.trim().split(":")[0])).toEqual(["lo"]);
  expect(runInside(namespace.enter, "/usr/bin/readlink", "/proc/self/ns/net").trim()).not.toContain(
    String(statSync("/proc/self/ns/net").ino),
  );
});

test("who enters has the network's capabilities at once: the holder was ready", async () => {
  for (let round = 0; round < 5; round += 1) {
    await using namespace = await openNetworkNamespace();
    await routeEverythingToLoopback(namespace);
    const routes = runInside(namespace.enter, "/bin/cat", "/proc/self/net/fib_trie");
    expect(routes).toContain("/0 host LOCAL");
  }
});

test("closing leaves no holder and no descriptor behind", async () => {
  const descriptors = () => readdirSync("/proc/self/fd").length;
  const before = descriptors();
  const namespace = await openNetworkNamespace();
  expect(holders()).toHaveLength(1);
  await namespace.close();
  await namespace.close();
  expect(holders()).toEqual([]);
  expect(descriptors()).toBe(before);
});

test("the death of the holder is told, its closing is not", async () => {
  const deaths: NamespaceDiedError[] = [];
  await using namespace = await openNetworkNamespace();
  const died = new Promise<NamespaceDiedError>((resolve) => namespace.onDeath(resolve));
  process.kill(holders()[0]!, "SIGKILL");
  expect((await died).message).toContain("SIGKILL");
  const closed = await openNetworkNamespace();
  closed.onDeath((error) => deaths.push(error));
  await closed.close();
  expect(deaths).toEqual([]);
});

test("nothing of this process's environment is in the holder", async () => {
  await using _namespace = await openNetworkNamespace();
  expect(readFileSync(`/proc/${holders()[0]}/environ`, "utf8")).toBe("");
});
