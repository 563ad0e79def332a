import { accessSync, constants } from "node:fs";
import { expect, test } from "vitest";
import { probeSuite } from "./testing/probe-suite.ts";

const BASH = ["/bin/bash", "--norc", "-i"];

/** The prompt is set before anything else, so that what is seen after it is an answer. */
const PROMPT = { sees: "$ ", types: "PS1='ready> '\r" };
const ROOT_PROMPT = { sees: "# ", types: "PS1='ready> '\r" };

probeSuite("an agent can", ({ probe, works, world, isRoot }) => {
  const prompt = isRoot ? ROOT_PROMPT : PROMPT;
  works("read and write its folder", "echo 1 > a && cat a main.c && mkdir -p b/c && mv a b/c && rm -r b");
  works(
    "write in /tmp, /var/tmp, /run and /dev/shm",
    "for d in /tmp /var/tmp /run /dev/shm; do echo 1 > $d/x || exit 1; done",
  );
  works("read what it is allowed to in the home folder", "cat ~/notes.txt ~/.gitconfig ~/.ssh/known_hosts ~/.bashrc");
  works(
    "commit, branch, tag, stash, merge and look at the log",
    "git checkout -q -b topic && echo 2 >> main.c && git commit -q -am second && git tag t && echo 3 >> main.c && git stash -q && " +
      "git checkout -q main && git merge -q topic && git stash pop -q && git checkout -q main.c && git log --oneline | grep -q second && " +
      "git status --porcelain && git branch -q -d topic && git tag -d t && git fsck && git gc -q",
  );
  works("find its repository clean", '[ -z "$(git status --porcelain)" ]');
  works(
    "add everything without adding a placeholder",
    "git add -A && ! git diff --cached --name-only | grep egg.yaml && git reset -q",
  );
  works("clone its own repository", "git clone -q . /tmp/copy && git -C /tmp/copy log -1");
  works(
    "use python",
    '! command -v python3 || python3 -c \'import subprocess, threading, json; print(subprocess.check_output(["echo", "1"]))\'',
  );
  works("have sockets of its own", serve("socket.sock"));
  works("have sockets of its own in /tmp", serve("/tmp/socket.sock"));
  works("have a server on loopback", tcpServer());
  works(
    "use threads and subprocesses",
    "for i in 1 2 3 4 5; do sleep 0.01 & done; wait; seq 100 | xargs -P 8 -n 1 echo >/dev/null",
  );
  works("use pseudo terminals", "! command -v script || script -qec 'tty' /dev/null | grep -q /dev/pts");
  works(
    "see one processor's facts as everywhere",
    "nproc && cat /proc/cpuinfo /proc/meminfo >/dev/null && ls /sys/devices/system/cpu",
  );
  works("know its name and group", "id -u && id -g");
  works(
    "find no name server but the egg's",
    "grep -q '^nameserver 127.0.0.1$' /etc/resolv.conf && [ $(wc -l < /etc/resolv.conf) = 1 ]",
  );
  works("change its ttys' and files' modes", "touch x && chmod 755 x && [ -x x ] && rm x");

  test("run node", async (context) => {
    // What lies in the host's temporary folders does not exist inside: there a Node of the system has to do.
    const node = [process.execPath, "/usr/bin/node", "/usr/local/bin/node"].find(
      (path) => canRun(path) && !/^\/(tmp|var\/tmp|run)\//.test(path),
    );
    const reachable = node !== undefined && (await world().outside(`${node} -e 0`)).code === 0;
    if (!reachable) return context.skip("this account can run no node of this host");
    const program =
      "const w = new (require('node:worker_threads').Worker)('process.exit(0)', {eval: true});" +
      "require('node:http').createServer((q, s) => s.end('ok')).listen(0, '127.0.0.1', async function () {" +
      "const r = await fetch('http://127.0.0.1:' + this.address().port); require('node:fs').writeFileSync('n', await r.text()); process.exit(0) })";
    const { code, output } = await world().inside(`${node} -e "${program}" && [ "$(cat n)" = ok ] && rm n`);
    expect(code, output).toBe(0);
  });

  test("end with a code of its own", async () => {
    expect(await world().inside("exit 7")).toMatchObject({ code: 7 });
  });

  test("have a controlling terminal, with its size", async () => {
    const { output } = await world().terminal(["/bin/bash", "-c", "tty; stty size; echo yes > /dev/tty"], []);
    expect(output).toMatch(/\/dev\/(console|pts\/\d+)\r\n24 80\r\nyes/);
  });

  test("learn that the terminal was resized", async () => {
    const script = "trap 'echo size $(stty size)' WINCH; echo armed; while :; do sleep 0.05; done";
    const { output } = await world().terminal(
      ["/bin/bash", "-c", script],
      [
        { sees: "armed", resize: { columns: 101, rows: 31 } },
        { sees: "size 31 101", types: "\x03" },
      ],
    );
    expect(output).toContain("size 31 101");
  });

  test("stop a job, see it, go on with it and interrupt it", async () => {
    // Says when it runs and when it runs again: a key that comes earlier would be the shell's. The words are split so that
    // the echo of the command is not taken for them.
    const waiting = '$| = 1; $SIG{CONT} = sub { print "going"." on\\n" }; print "start"."ed\\n"; sleep 1 while 1';
    const { output, code } = await world().terminal(BASH, [
      prompt,
      { sees: "ready> ", types: `perl -e '${waiting}'\r` },
      { sees: "started", types: "\x1a" },
      { sees: "Stopped", types: "jobs\r" },
      { sees: "Stopped", types: "fg\r" },
      { sees: "going on", types: "\x03" },
      { sees: "ready> ", types: "echo status $?\r" },
      { sees: "status 130", types: "exit 3\r" },
    ]);
    expect(output).toContain("status 130");
    expect(code).toBe(3);
  });

  test("get Ctrl-C itself when it is no shell, and live on when it handles it", async () => {
    const script = "trap 'echo caught; exit 4' INT; echo armed; while :; do sleep 0.05; done";
    const { output, code } = await world().terminal(["/bin/bash", "-c", script], [{ sees: "armed", types: "\x03" }]);
    expect(output).toContain("caught");
    expect(code).toBe(4);
  });

  test("be ended by Ctrl-C when it does not handle it", async () => {
    const finished = await world().terminal(
      ["/bin/cat"],
      [{ types: "hello\r" }, { sees: "hello\r\nhello", types: "\x03" }],
    );
    expect(finished).toMatchObject({ code: 130 });
  });

  probe("but not type into the person's terminal", tioc(0x5412));
  probe("but not paste from the console", tioc(0x541c));
  probe("but not load a line discipline", tioc(0x5423));
});

/** Ends with 0 when the kernel looked at the request, on a terminal of its own. */
function tioc(request: number): string {
  const program = `my $b = pack("L", 0); exit 0 if ioctl(STDIN, ${request}, $b); exit($! + 0 == 1 ? 1 : 0)`;
  return `script -qec "perl -e '${program.replaceAll("$", "\\$").replaceAll('"', '\\"')}'" /dev/null`;
}

function serve(path: string): string {
  return (
    `perl -MIO::Socket::UNIX -e 'my $s = IO::Socket::UNIX->new(Local => "${path}", Listen => 1) or die "listen $!";` +
    `if (!fork) { my $c = IO::Socket::UNIX->new(Peer => "${path}") or exit 1; print $c "hi\\n"; exit 0 }` +
    `my $line = <${"{$s->accept}"}>; unlink "${path}"; exit($line eq "hi\\n" ? 0 : 1)'`
  ).replace("<{$s->accept}>", "readline($s->accept)");
}

function tcpServer(): string {
  return (
    'perl -MIO::Socket::INET -e \'my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1) or die "listen $!";' +
    'if (!fork) { my $c = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $s->sockport) or exit 1; print $c "hi\\n"; exit 0 }' +
    'exit(readline($s->accept) eq "hi\\n" ? 0 : 1)\''
  );
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
