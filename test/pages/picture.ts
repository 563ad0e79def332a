import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "@wingthing/testkit/test-roost";
import type { Page } from "playwright-core";

/** Pictures that the README shows; `WT_PICTURES=1 npm test` renews them. */
const OF_THE_README = new Set(["home", "session", "phone-session", "desktop-channel"]);

/** Takes a picture of what a person sees now: beside the stories, for a look, or for the README. */
export async function takePicture(page: Page, name: string): Promise<void> {
  const renews = process.env["WT_PICTURES"] === "1" && OF_THE_README.has(name);
  const folder = join(REPOSITORY, renews ? "docs/images" : "test/screenshots");
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled" });
}
