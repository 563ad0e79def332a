import { launchBrowser, openPage } from "@wingthing/testkit/browser";
import { makeGitFolder } from "@wingthing/testkit/git-folder";
import { TestRoost } from "@wingthing/testkit/test-roost";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WingthingPage } from "./pages/wingthing-page.ts";

let roost: TestRoost;
let browser: Browser;
let folder: string;

beforeAll(async () => {
  roost = await TestRoost.start();
  browser = await launchBrowser();
  folder = makeGitFolder(roost.home, "garden", ["Plant the beans", "Water the tomatoes", "Pick the first basil"]);
});

afterAll(async () => {
  await browser?.close();
  await roost?.[Symbol.asyncDispose]();
});

describe("a shell in a browser", () => {
  test("opens in a git folder, shows its log, follows the window, survives a reload and a cut, and ends", async () => {
    const { page, context } = await openPage(browser);
    const wingthing = new WingthingPage(page);
    await wingthing.openHome(roost.url);
    await wingthing.startSession(folder, "Shell");

    await wingthing.enter("git --no-pager log --oneline | head");
    await wingthing.sees("Plant the beans");
    await wingthing.sees("Pick the first basil");

    await page.setViewportSize({ width: 1000, height: 600 });
    await wingthing.enter("clear; stty size");
    const [columns, rows] = ((await wingthing.terminal.getAttribute("data-grid")) ?? "").split("x");
    await wingthing.sees(`${rows} ${columns}`);

    await wingthing.enter("clear; echo before the reload");
    await wingthing.sees(/^before the reload/m);
    const before = await wingthing.screen();
    await page.reload();
    await wingthing.live();
    await wingthing.sees(/^before the reload/m);
    expect(await wingthing.screen()).toEqual(before);

    await page.getByRole("button", { name: "End session" }).click();
    await page.getByRole("button", { name: "End session now" }).click();
    await wingthing.state("ended");
    expect(wingthing.errors).toEqual([]);
    await context.close();
  });

  test("loses nothing when every connection of the relay is cut in mid-output", async () => {
    const { page, context } = await openPage(browser);
    const wingthing = new WingthingPage(page);
    await wingthing.openHome(roost.url);
    await wingthing.startSession(folder, "Shell");

    // Paced by the shell itself, so that the cuts fall in mid-output; each line is numbered.
    await wingthing.enter("clear; for i in $(seq 1 400); do echo line-$i; sleep 0.01; done; echo all-$((400+0))-lines");
    for (const mark of ["line-40", "line-160", "line-280"]) {
      await wingthing.sees(mark);
      roost.proxy.cut();
    }
    await wingthing.sees("all-400-lines", 60_000);
    const rows: string[] = await wingthing.terminal.evaluate((element) =>
      (element as unknown as { readScrollback(): string[] }).readScrollback(),
    );
    const numbers = rows.map((row) => /^line-(\d+)\s*$/.exec(row)?.[1]).filter((number) => number !== undefined);
    expect(numbers).toEqual(Array.from({ length: 400 }, (_, index) => String(index + 1)));
    await context.close();
  });
});
