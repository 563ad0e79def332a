import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A key of the right shape that opens nothing. */
export const STORY_API_KEY = "sk-ant-api03-story-0123456789abcdefghijABCDEFGHIJ0123456789";
/** How many of a key's last characters Claude Code remembers an approval by. */
const REMEMBERED_CHARACTERS = 20;

/** Answers Claude Code's first-run questions in a home folder, as a person who used it before has. */
export function seedClaudeHome(home: string, project: string): void {
  mkdirSync(join(home, ".claude"), { recursive: true });
  const answers = {
    hasCompletedOnboarding: true,
    theme: "dark",
    customApiKeyResponses: { approved: [STORY_API_KEY.slice(-REMEMBERED_CHARACTERS)], rejected: [] },
    projects: { [project]: { hasTrustDialogAccepted: true, allowedTools: [] } },
  };
  writeFileSync(join(home, ".claude.json"), JSON.stringify(answers), { mode: 0o600 });
}
