import { join } from "node:path";
import { launchBrowser, openPage } from "@wingthing/testkit/browser";
import { makeGitFolder } from "@wingthing/testkit/git-folder";
import { TestRoost } from "@wingthing/testkit/test-roost";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WingthingPage } from "./pages/wingthing-page.ts";

let roost: TestRoost;
let browser: Browser;

beforeAll(async () => {
  roost = await TestRoost.start();
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await roost?.[Symbol.asyncDispose]();
});

/** The text as it is, and as base64 would carry it at each of the three alignments. */
function disguises(text: string): string[] {
  const base64 = [0, 1, 2].map((shift) => {
    const encoded = Buffer.from(" ".repeat(shift) + text).toString("base64");
    // The first and last characters depend on the neighbours.
    return encoded.slice(shift === 0 ? 0 : 4, encoded.length - 4);
  });
  return [text, text.toUpperCase(), Buffer.from(text).toString("hex"), ...base64.filter((part) => part.length >= 8)];
}

test("no byte that enters the roost tells what a person typed, saw, or where", async () => {
  const folder = makeGitFolder(roost.home, "quokka-orchard", ["Graft the wombat apples"]);
  const { page, context } = await openPage(browser);
  const wingthing = new WingthingPage(page);
  await wingthing.openHome(roost.url);
  const sessionId = await wingthing.startSession(folder, "Shell");
  await wingthing.enter("git --no-pager log; echo zephyr-$((6*7))-marmalade");
  await wingthing.sees("zephyr-42-marmalade");
  await wingthing.sees("wombat apples");
  await page.reload();
  await wingthing.live();
  await wingthing.sees("zephyr-42-marmalade");

  const recorded = roost.proxy.recorded;
  // The recorder hears: the wing's id is public, and relay tokens pass by.
  expect(recorded.includes(roost.wingId)).toBe(true);
  expect(recorded.includes("/relay")).toBe(true);
  expect(recorded.length).toBeGreaterThan(4_000);
  const secrets = {
    "typed text": "zephyr-$((6*7))",
    output: "zephyr-42-marmalade",
    "more output": "wombat apples",
    path: folder,
    "folder name": "quokka-orchard",
    "state folder": join(roost.home, ".wingthing"),
    "agent's title": "Shell",
    "session id": sessionId,
  };
  for (const [what, secret] of Object.entries(secrets)) {
    for (const disguise of disguises(secret)) {
      expect(recorded.includes(disguise), `${what} entered the roost as ${JSON.stringify(disguise)}`).toBe(false);
    }
  }
  await context.close();
});
