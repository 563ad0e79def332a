import { launchBrowser, openPage } from "@wingthing/testkit/browser";
import { makeGitFolder } from "@wingthing/testkit/git-folder";
import { TestRoost } from "@wingthing/testkit/test-roost";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessibilityFaults, sidewaysOverflow } from "./pages/accessibility.ts";
import { takePicture } from "./pages/picture.ts";
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

async function isFitForPeople(page: Page): Promise<void> {
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0);
}

describe.each(["desktop", "phone"] as const)("on a %s", (size) => {
  test("home, a new session, a session and its channel can be used by everybody", async () => {
    const { page, context } = await openPage(browser, size);
    const wingthing = new WingthingPage(page);
    await wingthing.openHome(roost.url);
    await page.getByRole("button", { name: "New session" }).first().click();
    await page
      .getByRole("dialog", { name: "New session" })
      .getByRole("radio", { name: "Shell", exact: true })
      .waitFor();
    await takePicture(page, `${size}-new-session`);
    await isFitForPeople(page);
    await page.keyboard.press("Escape");

    await wingthing.startSession(folder, "Shell");
    await wingthing.enter("git --no-pager log --oneline --stat");
    await wingthing.sees("Plant the beans");
    await takePicture(page, `${size}-shell`);
    await isFitForPeople(page);

    await page.getByRole("button", { name: /^Encrypted channel/ }).click();
    await page.getByRole("dialog", { name: "Channel" }).waitFor();
    await takePicture(page, `${size}-channel`);
    await isFitForPeople(page);
    await page.keyboard.press("Escape");

    await page.getByRole("link", { name: "Home" }).first().click();
    await page
      .getByRole("link", { name: /garden/ })
      .first()
      .waitFor();
    // The card shows the last line of its screen.
    await page
      .getByText(/@egg:.*garden/)
      .first()
      .waitFor();
    await takePicture(page, `${size}-home`);
    await isFitForPeople(page);
    expect(wingthing.errors).toEqual([]);
    await context.close();
  });
});

describe("when things break", () => {
  const open = async (): Promise<{ wingthing: WingthingPage; context: BrowserContext }> => {
    const { page, context } = await openPage(browser);
    const wingthing = new WingthingPage(page);
    await wingthing.openHome(roost.url);
    await wingthing.startSession(folder, "Shell");
    return { wingthing, context };
  };

  test("a lost roost is a thin bar over the same screen, typed text is kept, and all goes on by itself", async () => {
    const { wingthing, context } = await open();
    await wingthing.enter("echo still-$((40+2))");
    await wingthing.sees("still-42");
    roost.proxy.refuses = true;
    roost.proxy.cut();
    await wingthing.page
      .getByRole("status")
      .filter({ hasText: /again|offline/i })
      .first()
      .waitFor();
    await wingthing.sees("still-42");
    await takePicture(wingthing.page, "desktop-reconnecting");
    await wingthing.enter("echo typed-while-away-$((1+1))");
    roost.proxy.refuses = false;
    await wingthing.sees("typed-while-away-2", 40_000);
    await context.close();
  });

  test("a wing that was killed and starts again carries the session on, byte for byte", async () => {
    const { wingthing, context } = await open();
    await wingthing.enter(
      "echo before-$((1+1)); sleep 1; for i in $(seq 1 150); do echo row-$i; sleep 0.02; done; echo after-$((2+2))",
    );
    await wingthing.sees("before-2");
    await roost.restart("SIGKILL");
    await wingthing.sees("after-4", 60_000);
    const rows: string[] = await wingthing.terminal.evaluate((element) =>
      (element as unknown as { readScrollback(): string[] }).readScrollback(),
    );
    const numbers = rows.map((row) => /^row-(\d+)\s*$/.exec(row)?.[1]).filter((number) => number !== undefined);
    expect(numbers).toEqual(Array.from({ length: 150 }, (_, index) => String(index + 1)));
    await context.close();
  });
});
