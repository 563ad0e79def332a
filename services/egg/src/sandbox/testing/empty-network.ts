import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { createInterface } from "node:readline";
import { create } from "@bufbuild/protobuf";
import { EnforcementSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import type { NetworkEntry } from "../../gateway/gateway.ts";

/** A network with nothing in it but a loopback interface, which lives until disposed. */
export interface EmptyNetwork extends AsyncDisposable {
  readonly entry: NetworkEntry;
}

/** Makes user and network namespaces held by a process that sleeps, the way the gateway does but with nobody inside. */
export async function openEmptyNetwork(): Promise<EmptyNetwork> {
  const options = [
    "--unshare-user",
    "--uid",
    "0",
    "--gid",
    "0",
    "--unshare-net",
    "--die-with-parent",
    "--dev-bind",
    "/",
    "/",
  ];
  const holder = spawn("/usr/bin/bwrap", [...options, "--json-status-fd", "3", "--", "/bin/cat"], {
    stdio: ["pipe", "pipe", "inherit", "pipe"],
  });
  const ended = once(holder, "exit");
  const status = holder.stdio[3] as NodeJS.ReadableStream;
  const [line] = await once(createInterface(status), "line");
  const pid: number = JSON.parse(line)["child-pid"];
  // The echo comes after bubblewrap has written the id maps; before, nobody may enter.
  holder.stdin!.write("ready\n");
  await once(holder.stdout!, "data");
  const namespaces = ["user", "net"].map((name) => openSync(`/proc/${pid}/ns/${name}`, "r"));
  const [user, net] = namespaces.map((descriptor) => `/proc/${process.pid}/fd/${descriptor}`);
  return {
    entry: {
      enter: ["/usr/bin/nsenter", "--preserve-credentials", `--user=${user}`, `--net=${net}`, "--"],
      resolvConf: "nameserver 127.0.0.1\n",
      env: {},
      enforcement: create(EnforcementSchema, { area: "network", tier: "none" }),
    },
    async [Symbol.asyncDispose]() {
      for (const descriptor of namespaces) closeSync(descriptor);
      holder.kill("SIGKILL");
      await ended;
    },
  };
}
