import { expect, test } from "vitest";
import { MadeUpFiles } from "../testing/made-up-files.ts";
import { findBoundSockets } from "./unix-sockets.ts";

const HEAD = "Num       RefCount Protocol Flags    Type St Inode Path\n";
const line = (path: string, type = "0001", inode = 20261) =>
  `0000000000000000: 00000002 00000000 00010000 ${type} 01 ${inode} ${path}\n`;

const FILES = new MadeUpFiles({
  "/run/docker.sock": "socket",
  "/var/run": { link: "/run" },
  "/home/ada/with space.sock": "socket",
  "/home/ada/gone-and-replaced": { text: "" },
  "/dev/log": "socket",
});

test("listening and datagram sockets with a path are found, each once, where they really are", () => {
  const table = [
    HEAD,
    "0000000017a0b84d: 00000003 00000000 00000000 0001 03  1457\n",
    line("/run/docker.sock"),
    line("/var/run/docker.sock"),
    line("/home/ada/with space.sock", "0001", 7),
    line("/dev/log", "0002"),
    line("@/tmp/.X11-unix/X0"),
    line("/home/ada/gone-and-replaced"),
    line("/in/another/container.sock"),
    line("relative.sock"),
  ].join("");
  expect(findBoundSockets(table, FILES)).toEqual(["/run/docker.sock", "/home/ada/with space.sock", "/dev/log"]);
});

test("an empty table has none", () => {
  expect(findBoundSockets(HEAD, FILES)).toEqual([]);
  expect(findBoundSockets("", FILES)).toEqual([]);
});
