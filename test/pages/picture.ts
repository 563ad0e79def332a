import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "@wingthing/testkit/test-roost";
import type { Page } from "playwright-core";

/** `WT_PICTURES=1 npm test` renews the pictures of the README; otherwise they are kept beside the stories, for a look. */
const FOLDER = join(REPOSITORY, process.env["WT_PICTURES"] === "1" ? "docs/images" : "test/screenshots");

/** Takes a picture of what a person sees now. */
export async function takePicture(page: Page, name: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: "disabled" });
}
