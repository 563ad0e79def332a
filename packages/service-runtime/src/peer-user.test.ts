import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cachedPerSocket, type PeerUser, peerUser } from "./peer-user.ts";
import { CAN_BE_OTHER_USER, OTHER_UID, runAsOtherUser } from "./testing/other-user.ts";

let server: Server;
let accepted: Promise<Socket>;

beforeEach(() => listenOn("127.0.0.1"));
afterEach(async () => {
  (await accepted).destroy();
  await new Promise((resolve) => server.close(resolve));
});

async function listenOn(host: string): Promise<void> {
  server = createServer();
  accepted = once(server, "connection").then(([socket]) => socket);
  server.listen(0, host);
  await once(server, "listening");
}

const port = () => (server.address() as AddressInfo).port;

async function relisten(host: string): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
  await listenOn(host);
}

describe.skipIf(process.platform !== "linux")("the other end of a connection on this machine", () => {
  test.each([
    { listen: "127.0.0.1", dial: "127.0.0.1" },
    { listen: "127.0.0.1", dial: "::ffff:127.0.0.1" },
    { listen: "::1", dial: "::1" },
    { listen: "::", dial: "127.0.0.1" },
  ])("belongs to this user, from $dial to $listen", async ({ listen, dial }) => {
    await relisten(listen);
    const client = connect(port(), dial);
    expect(await peerUser(await accepted)).toEqual({ kind: "uid", uid: process.getuid?.() });
    client.destroy();
  });

  test.skipIf(!CAN_BE_OTHER_USER)("belongs to another user (needs root to become one)", async () => {
    const fetching = runAsOtherUser([
      "bash",
      "-c",
      `exec 3<>/dev/tcp/127.0.0.1/${port()}; read -r line <&3; echo "$line"`,
    ]);
    const socket = await accepted;
    expect(await peerUser(socket)).toEqual({ kind: "uid", uid: OTHER_UID });
    socket.end("seen\n");
    expect(await fetching).toBe("seen\n");
  });

  test.skipIf(!CAN_BE_OTHER_USER)(
    "is unknown once another user has closed it: many kernels then say root (needs root to become one)",
    async () => {
      await Promise.all([
        accepted,
        runAsOtherUser(["bash", "-c", `exec 3<>/dev/tcp/127.0.0.1/${port()}; echo hi >&3`]),
      ]);
      const socket = await accepted;
      expect(await peerUser(socket)).toEqual({ kind: "unknown" });
    },
  );

  test("is asked for once a socket", async () => {
    const client = connect(port(), "127.0.0.1");
    let asked = 0;
    const lookup = cachedPerSocket(async (): Promise<PeerUser> => {
      asked += 1;
      return { kind: "uid", uid: asked };
    });
    const socket = await accepted;
    expect(await Promise.all([lookup(socket), lookup(socket)])).toEqual([
      { kind: "uid", uid: 1 },
      { kind: "uid", uid: 1 },
    ]);
    client.destroy();
  });
});
