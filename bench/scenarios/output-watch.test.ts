import { expect, test } from "vitest";
import { OutputBuffer } from "../peers/terminal-peer.ts";
import { OutputWatch } from "./output-watch.ts";

function watched() {
  const output = new OutputBuffer();
  return { output, watch: new OutputWatch(output), say: (text: string) => output.push(Buffer.from(text)) };
}

test("a marker is found however it is cut", async () => {
  const { watch, say } = watched();
  const found = watch.until("READY");
  for (const letter of "noise REREADY") say(letter);
  await found;
  expect(watch.bytes).toBe(13);
});

test("a marker that came before it was asked for is found, and found once", async () => {
  const { watch, say } = watched();
  say("one # two");
  await watch.until("#");
  let again = false;
  void watch.until("#").then(() => {
    again = true;
  });
  await Promise.resolve();
  expect(again).toBe(false);
  say("#");
  await Promise.resolve();
  expect(again).toBe(true);
});

test("markers that stand behind one another are found one after the other", async () => {
  const { watch, say } = watched();
  say("a#b%");
  await watch.until("#");
  await watch.until("%");
  expect(watch.bytes).toBe(4);
});
