import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { STORY_API_KEY, seedClaudeHome } from "@wingthing/testkit/agent-home";
import { launchBrowser, openPage } from "@wingthing/testkit/browser";
import { makeGitFolder } from "@wingthing/testkit/git-folder";
import { type MessagesApi, serveMessagesApi } from "@wingthing/testkit/messages-api";
import { makeTempDir, type TempDir } from "@wingthing/testkit/temp-dir";
import { makeTestCertificate } from "@wingthing/testkit/test-certificate";
import { TestRoost } from "@wingthing/testkit/test-roost";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { takePicture } from "./pages/picture.ts";
import { WingthingPage } from "./pages/wingthing-page.ts";

/** Where `npm test` installed the real agent. */
const AGENT_BIN = process.env["WT_TEST_AGENT_BIN"] ?? "";
const ANSWER = "Basil wants sun and the tomatoes want company.";

let certificates: TempDir;
let api: MessagesApi;
let roost: TestRoost;
let browser: Browser;
let project: string;

beforeAll(async () => {
  certificates = await makeTempDir("certificates");
  const certificate = makeTestCertificate(certificates.path, "api.anthropic.com");
  api = await serveMessagesApi(ANSWER, certificate);
  roost = await TestRoost.start({
    upstreams: { "api.anthropic.com:443": `127.0.0.1:${api.port}` },
    prepare: (home) => {
      project = makeGitFolder(home, "garden", ["Plant the beans"]);
      seedClaudeHome(home, project);
      // The stand-in's certificate is not a public one: the person's own egg.yaml hands the agent its authority.
      const authority = join(home, "authority.pem");
      writeFileSync(authority, certificate.cert);
      mkdirSync(join(home, ".wingthing"), { recursive: true, mode: 0o700 });
      writeFileSync(join(home, ".wingthing/egg.yaml"), "env: [NODE_EXTRA_CA_CERTS]\n", { mode: 0o600 });
      return {
        PATH: `${AGENT_BIN}:${process.env["PATH"]}`,
        ANTHROPIC_API_KEY: STORY_API_KEY,
        NODE_EXTRA_CA_CERTS: authority,
      };
    },
  });
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await roost?.[Symbol.asyncDispose]();
  await api?.[Symbol.asyncDispose]();
  await certificates?.[Symbol.asyncDispose]();
});

test.skipIf(AGENT_BIN === "")(
  "Claude Code draws its full screen in the browser and talks to its API by its real name",
  async () => {
    const { page, context } = await openPage(browser);
    const wingthing = new WingthingPage(page);
    await wingthing.openHome(roost.url);
    await wingthing.startSession(project, "Claude Code");
    await wingthing.sees("Claude Code v", 60_000);
    await wingthing.sees("❯");
    await wingthing.type("what does basil want?");
    await wingthing.sees("what does basil want?");
    await page.keyboard.press("Enter");
    await wingthing.sees(ANSWER, 60_000);
    await takePicture(page, "session");
    const phone = await openPage(browser, "phone");
    await phone.page.goto(page.url());
    const onPhone = new WingthingPage(phone.page);
    await onPhone.live();
    await onPhone.sees("Claude Code v");
    await takePicture(phone.page, "phone-session");
    await phone.context.close();
    await page.getByRole("link", { name: "Home" }).first().click();
    await page
      .getByRole("link", { name: /garden/ })
      .first()
      .waitFor();
    await takePicture(page, "home");
    expect(api.requests).toContain("POST /v1/messages");
    expect(JSON.stringify(api.prompts)).toContain("what does basil want?");
    await context.close();
  },
);
