import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { probeSuite } from "./testing/probe-suite.ts";
import { RefusedError } from "./testing/sandbox-world.ts";

probeSuite("files", ({ probe, world, isRoot }) => {
  probe("an ssh key cannot be read", "grep -q secret ~/.ssh/id_ed25519");
  probe("credentials of a cloud cannot be read", "grep -q secret ~/.aws/credentials");
  probe("what was typed cannot be read", "grep -q secret ~/.bash_history");
  probe("the project's own secrets cannot be read", "grep -q secret .env");
  probe("wingthing's key cannot be read", "grep -q secret ~/.wingthing/wing_key");
  probe("wingthing's folder cannot be listed", "ls ~/.wingthing/eggs");
  probe("a secret cannot be read through a link", "ln -sf ~/.ssh l; grep -q secret l/id_ed25519; r=$?; rm l; exit $r");
  probe("a secret cannot be read through /proc/self/root", "grep -q secret /proc/self/root$HOME/.ssh/id_ed25519");
  probe("a secret cannot be read through the parent process", "grep -q secret /proc/$PPID/root$HOME/.ssh/id_ed25519");
  probe("/etc/shadow cannot be read", "cat /etc/shadow", { control: "root" });
  probe("gshadow cannot be read", "cat /etc/gshadow", { control: "root" });

  probe("nothing can be made in the home folder", "touch ~/new && rm ~/new");
  probe("a shell's start file cannot be changed", "echo '# more' >> ~/.bashrc");
  probe("a shell's start file cannot be replaced", "cp ~/.bashrc mine && mv mine ~/.bashrc");
  probe("nothing can be written through a link", "ln -sf ~/.bashrc l; echo '#' >> l; r=$?; rm l; exit $r");
  probe("nothing can be linked out of the home folder", "ln ~/.bashrc hard && rm hard");
  probe("nothing can be made outside of the home folder", 'touch "$ELSEWHERE/new"');
  probe("nothing can be made in /etc", "touch /etc/wingthing-probe && rm /etc/wingthing-probe", { control: "root" });
  probe("nothing can be made in /", "touch /wingthing-probe && rm /wingthing-probe", { control: "root" });
  probe("the working folder cannot be moved away", "mv ../project ../moved && mv ../moved ../project");
  probe("known hosts cannot be changed", "echo x >> ~/.ssh/known_hosts");
  probe("modes of the home folder cannot be changed", "chmod 755 ~ && chmod 700 ~");
  probe("editor tasks cannot be changed", "echo '{}' > .vscode/tasks.json");
  probe("editor tasks cannot be moved away", "mv .vscode .v && mv .v .vscode");

  probe("the repository cannot be moved away", "mv .git .g && mv .g .git");
  probe("no hook can be made", "echo : > .git/hooks/pre-commit && rm .git/hooks/pre-commit");
  probe("the hooks cannot be moved away", "mv .git/hooks .git/h && mv .git/h .git/hooks");
  probe("git's configuration cannot be changed", "git config core.pager cat && git config --unset core.pager");
  probe("git's configuration cannot be replaced", "cp .git/config c && mv c .git/config");
  probe("git cannot be led to another repository", "echo /tmp/evil > .git/commondir && rm .git/commondir");
  probe(
    "attributes of the repository cannot be set",
    "echo '* filter=x' > .git/info/attributes && rm .git/info/attributes",
  );

  const eggYaml = "[ -f egg.yaml ] && rm egg.yaml";
  probe("the next session's egg.yaml cannot be written", `echo 'base: none' > egg.yaml; ${eggYaml}`);
  probe("the next session's egg.yaml cannot be moved in", `echo x > e; mv -T e egg.yaml; ${eggYaml}`);
  probe(
    "the next session's egg.yaml cannot be linked in",
    `rmdir egg.yaml; echo x > e; ln -sfT e egg.yaml; rm e; [ -L egg.yaml ] && rm egg.yaml`,
  );

  probe("no descriptor of the egg is open inside", "[ -e /proc/self/fd/37/etc/passwd ]");
  probe("no descriptor with a large number is open inside", "[ -e /proc/self/fd/61/etc/passwd ]");

  test("after a session nothing is left on the host but what was worked on", async () => {
    const { folders } = world();
    await world().inside("echo changed > main.c; mkdir build; touch build/out");
    expect(readdirSync(folders.project).sort()).toEqual([".env", ".git", ".gitignore", ".vscode", "build", "main.c"]);
    expect(existsSync(join(folders.project, ".git/commondir"))).toBe(false);
    expect(readFileSync(join(folders.project, "main.c"), "utf8")).toBe("changed\n");
    expect(readdirSync(folders.eggDir)).toEqual([]);
    rmSync(join(folders.project, "build"), { recursive: true });
  });

  test("an egg.yaml that exists can be read and not changed", async () => {
    const path = join(world().folders.project, "egg.yaml");
    writeFileSync(path, "fs: []\n", { mode: 0o644 });
    try {
      const { output } = await world().inside("cat egg.yaml; echo x >> egg.yaml; rm -f egg.yaml; mv egg.yaml e");
      expect(output).toContain("fs: []");
      expect(readFileSync(path, "utf8")).toBe("fs: []\n");
    } finally {
      rmSync(path);
    }
  });

  test("a folder that an earlier session swapped for a link is not opened", async () => {
    const { project, elsewhere } = world().folders;
    symlinkSync(elsewhere, join(project, "cache"));
    try {
      const attempt = world().inside("touch cache/escaped", { eggYaml: "fs: [rw:./cache]" });
      await expect(attempt).rejects.toThrow(/symbolic link in a folder that the agent may write/);
      expect(readdirSync(elsewhere)).not.toContain("escaped");
    } finally {
      rmSync(join(project, "cache"));
    }
  });

  test.each([
    ["home", () => world().folders.home, /choose a folder inside your home/],
    ["root", () => "/", /choose a folder inside your home/],
    ["state", () => world().folders.eggDir, /closed to agents/],
    ["ssh", () => join(world().folders.home, ".ssh"), /closed to agents/],
    ["missing", () => join(world().folders.home, "nowhere"), /there is no such folder/],
    ["file", () => join(world().folders.home, ".bashrc"), /not a folder/],
  ])("working in %s is refused", async (_, cwd, reason) => {
    const attempt = world().inside("true", { cwd: cwd() });
    await expect(attempt).rejects.toThrow(RefusedError);
    await expect(attempt).rejects.toMatchObject({
      refusal: "WorkingFolderError",
      message: expect.stringMatching(reason),
    });
  });

  test("what egg.yaml opens is open, and what it closes is closed", async () => {
    const eggYaml = "fs: [rw:~/../elsewhere, deny:~/notes.txt, deny:./main.c, deny-write:./locked]";
    const script = 'touch "$ELSEWHERE/ok" && ! cat ~/notes.txt && ! cat main.c && ! mkdir locked && ! touch locked';
    expect(await world().inside(script, { eggYaml })).toMatchObject({ code: 0 });
  });

  test("a home of which only some is allowed shows nothing else", async () => {
    const eggYaml = "fs: [deny:~, ro:~/.gitconfig]";
    const script = "cat ~/.gitconfig && touch x && rm x && ! cat ~/notes.txt && ls -A ~";
    const { code, output } = await world().inside(script, { eggYaml });
    expect(code).toBe(0);
    expect(output.trim().split("\n").slice(-3)).toEqual([".gitconfig", ".ssh", "src"]);
  });

  test("an agent's own state is writable and kept, its settings are not", async () => {
    const script =
      "echo 1 > ~/.claude/history && echo '{\"a\":1}' > ~/.claude.json && ! echo x > ~/.claude/settings.json";
    expect(await world().inside(script, { agent: "claude" })).toMatchObject({ code: 0 });
    const { home } = world().folders;
    expect(readFileSync(join(home, ".claude.json"), "utf8")).toBe('{"a":1}\n');
    expect(readFileSync(join(home, ".claude/settings.json"), "utf8")).toBe("{}\n");
  });

  test.runIf(isRoot)("as root nothing is readable that an ordinary account could not read", async () => {
    const script =
      "find / -xdev -path /proc -prune -o -path '/opt/wingthing-test-*' -prune -o -type f ! -perm -004 -user 0 -readable -print 2>/dev/null";
    const { output } = await world().inside(script);
    expect(output.split("\n").filter((line) => /^\/(etc|boot|root|proc|sys)\//.test(line))).toEqual([]);
  });
});
