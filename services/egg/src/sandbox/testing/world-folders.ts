import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

/** The folders of a made-up person, with something in each that an agent must not reach. */
export interface WorldFolders {
  readonly home: string;
  readonly project: string;
  readonly stateDir: string;
  readonly eggDir: string;
  /** A folder outside of the home that the person may write. */
  readonly elsewhere: string;
}

/** What every secret of the world holds. */
const SECRET = "wingthing-test-secret";

/** Makes the folders as the account that runs this. */
export function makeWorldFolders(base: string): WorldFolders {
  const home = join(base, "home");
  const folders = {
    home,
    project: join(home, "src/project"),
    stateDir: join(home, ".wingthing"),
    // Its own name in each world: cgroups are named after it, and worlds run side by side.
    eggDir: join(home, ".wingthing/eggs", basename(base)),
    elsewhere: join(base, "elsewhere"),
  };
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const secrets = [".ssh/id_ed25519", ".aws/credentials", ".wingthing/wing_key", ".bash_history", "src/project/.env"];
  for (const secret of secrets) write(join(home, secret), SECRET);
  write(join(home, ".ssh/known_hosts"), "known hosts\n");
  write(join(home, ".bashrc"), "# mine\n");
  write(join(home, "notes.txt"), "notes\n");
  write(join(home, ".gitconfig"), "[user]\n\tname = Ada\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n");
  write(join(folders.project, ".vscode/tasks.json"), "{}\n");
  write(join(folders.project, "main.c"), "int main;\n");
  write(join(folders.project, ".gitignore"), ".env\n.vscode\n");
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: folders.project, env: { HOME: home, PATH: "/usr/bin:/bin" } });
  git("init", "-q");
  git("add", ".");
  git("commit", "-q", "-m", "first");
  return folders;
}

function write(path: string, text: string): void {
  mkdirSync(join(path, ".."), { recursive: true, mode: 0o700 });
  writeFileSync(path, text);
  chmodSync(path, 0o600);
}
