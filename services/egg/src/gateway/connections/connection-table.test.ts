import { once } from "node:events";
import { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { ending, socketPair } from "../testing/socket-pair.ts";
import { ConnectionTable } from "./connection-table.ts";

describe("the limit", () => {
  test.each([
    [-1, true],
    [0, false],
    [1, false],
  ])("with the limit %+d connections open, another is admitted: %s", (more, isAdmitted) => {
    const limit = 3;
    const table = new ConnectionTable(limit);
    for (let index = 0; index < limit + more; index += 1) table.admit(new Socket());
    expect(table.admit(new Socket())).toBe(isAdmitted);
    expect(table.size).toBeLessThanOrEqual(limit);
  });

  test("a connection that closed makes room", async () => {
    const table = new ConnectionTable(1);
    const socket = new Socket();
    table.admit(socket);
    socket.destroy();
    await once(socket, "close");
    expect(table.admit(new Socket())).toBe(true);
  });
});

test("cutting resets every connection and admits none any more", async () => {
  await using pair = await socketPair();
  const table = new ConnectionTable();
  table.admit(pair.accepted);
  table.cutAll();
  expect(await ending(pair.connected.resume())).toBe("reset");
  expect(table.size).toBe(0);
  expect(table.admit(new Socket())).toBe(false);
});
