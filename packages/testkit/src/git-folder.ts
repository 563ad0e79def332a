import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Makes a real git repository with the given commit subjects, oldest first, and returns its path. */
export function makeGitFolder(parent: string, name: string, subjects: readonly string[]): string {
  const folder = join(parent, name);
  mkdirSync(folder, { recursive: true });
  const git = (...args: string[]): void => {
    execFileSync("git", args, {
      cwd: folder,
      stdio: "ignore",
      env: {
        PATH: process.env["PATH"],
        HOME: parent,
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_AUTHOR_NAME: "Ada",
        GIT_AUTHOR_EMAIL: "ada@example.com",
        GIT_COMMITTER_NAME: "Ada",
        GIT_COMMITTER_EMAIL: "ada@example.com",
      },
    });
  };
  git("init", "-q", "-b", "main");
  subjects.forEach((subject, index) => {
    writeFileSync(join(folder, `file-${index}.txt`), `${subject}\n`);
    git("add", ".");
    git("commit", "-q", "-m", subject);
  });
  return folder;
}
