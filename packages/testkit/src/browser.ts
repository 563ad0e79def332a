import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

/** Where Debian puts Chromium, unless the environment names another. */
const CHROMIUM = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";

/** Keeps a headless Chromium from asking the internet for anything. */
const QUIET_FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/** Grids of pixels that the stories look at. */
export const VIEWPORTS = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
} as const;

/** Starts a headless Chromium. */
export async function launchBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM))
    throw new Error(`no Chromium at ${CHROMIUM}; install Debian's package: apt-get install -y chromium`);
  return await chromium.launch({ executablePath: CHROMIUM, args: QUIET_FLAGS });
}

/** A page of its own context (own storage), on a desktop or a phone. */
export async function openPage(
  browser: Browser,
  size: keyof typeof VIEWPORTS = "desktop",
): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext({
    viewport: VIEWPORTS[size],
    ...(size === "phone" ? { isMobile: true, hasTouch: true, deviceScaleFactor: 2 } : {}),
    colorScheme: "dark",
  });
  return { page: await context.newPage(), context };
}
