import { waitUntil } from "@wingthing/testkit/wait-until";
import type { Locator, Page } from "playwright-core";

/** The web client as a person uses it: by roles and names, and by what stands on the screen. */
export class WingthingPage {
  readonly page: Page;
  readonly terminal: Locator;
  /** Errors that the page logged or threw; a story ends with none. */
  readonly errors: string[] = [];

  constructor(page: Page) {
    this.page = page;
    this.terminal = page.getByRole("region", { name: "Terminal" });
    page.on("pageerror", (error) => this.errors.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") this.errors.push(message.text());
    });
  }

  /** Opens home and waits for a wing. */
  async openHome(url: string): Promise<void> {
    await this.page.goto(url);
    await this.page.getByRole("button", { name: "New session" }).first().waitFor();
  }

  /** Starts an agent in a folder, as a person would: type the folder, pick the agent, Enter. */
  async startSession(folder: string, agent: string): Promise<string> {
    await this.page.getByRole("button", { name: "New session" }).first().click();
    const dialog = this.page.getByRole("dialog", { name: "New session" });
    await dialog.getByRole("combobox", { name: "Folder" }).fill(folder);
    // The radio lies under its own label, which is what a person hits.
    await dialog.getByRole("radio", { name: agent, exact: true }).check({ force: true });
    await dialog.getByRole("button", { name: "Start session" }).click();
    // The fragment changes without a navigation, so there is no load to wait for.
    await this.page.waitForFunction(() => /^#\/s\/s[a-z2-7]{16}$/.test(location.hash));
    await this.live();
    return this.sessionId;
  }

  /** The session in the address. */
  get sessionId(): string {
    return new URL(this.page.url()).hash.split("/").at(-1) ?? "";
  }

  /** Waits until the terminal is attached. */
  async live(): Promise<void> {
    await this.state("live");
  }

  /** Waits until the attach is in this state. */
  async state(state: string): Promise<void> {
    await this.page.locator(`[data-state="${state}"][aria-label="Terminal"]`).waitFor();
  }

  /** Types into the terminal. */
  async type(text: string): Promise<void> {
    await this.terminal.click();
    await this.page.keyboard.type(text);
  }

  /** Types a line and Enter. */
  async enter(line: string): Promise<void> {
    await this.type(line);
    await this.page.keyboard.press("Enter");
  }

  /** Text of the screen, one string a row, trailing blanks cut. */
  async screen(): Promise<string[]> {
    const rows = await this.terminal.evaluate((element) =>
      (element as unknown as { readScreen(): string[] }).readScreen(),
    );
    return rows.map((row) => row.trimEnd());
  }

  /** Waits until the screen holds the text. */
  async sees(text: string | RegExp, timeoutMs = 20_000): Promise<void> {
    let last: string[] = [];
    const found = (rows: string[]): boolean => {
      const all = rows.join("\n");
      return typeof text === "string" ? all.includes(text) : text.test(all);
    };
    await waitUntil(
      `the screen shows ${text}`,
      async () => {
        last = await this.screen();
        return found(last) || undefined;
      },
      timeoutMs,
    ).catch((error: Error) => {
      throw new Error(`${error.message}; it shows:\n${last.join("\n").trimEnd()}`);
    });
  }
}
