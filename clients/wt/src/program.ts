import { Command, InvalidArgumentError } from "commander";
import { CommandError, EXIT } from "./command-error.ts";
import { VERSION } from "./version.ts";

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) {
    throw new InvalidArgumentError("A port is a whole number from 0 to 65535; 0 picks a free one.");
  }
  return value;
}

const commaList = (text: string): string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

const example = (line: string): string => `\nExample:\n  $ ${line}`;

function roostCommands(program: Command): void {
  const roost = program.command("roost").description("run a roost and a wing on this machine, in one process");
  roost
    .command("start")
    .description("start the roost; the web client is at the printed address")
    .option("--foreground", "stay in this terminal; Ctrl-C stops it")
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--port <number>", "port to listen on; 0 picks a free one", port, 8080)
    .option("--local", "one person, no login page (the default without sign-in providers)")
    .option("--paths <folders>", "folders where sessions may start, separated by commas", commaList)
    .option("--labels <names>", "labels of this wing, separated by commas", commaList)
    .addHelpText("after", example("wt roost start --paths ~/src"))
    .action(async (options) => (await import("./commands/roost-start.ts")).roostStart(options));
  roost
    .command("stop")
    .description("stop the roost; running sessions live on and are found again by the next start")
    .addHelpText("after", example("wt roost stop"))
    .action(async () => (await import("./commands/roost-stop.ts")).roostStop());
  roost
    .command("status")
    .description("whether the roost runs, where, and what its wing is doing")
    .option("--json", "as JSON")
    .addHelpText("after", example("wt roost status --json"))
    .action(async (options) => (await import("./commands/roost-status.ts")).roostStatus(options));
}

function eggCommands(program: Command): void {
  const egg = program
    .command("egg")
    .description("run an agent in a sandboxed session in this terminal (claude, codex, gemini, opencode, shell …)")
    .argument("[agent]", "agent to run")
    .argument("[args...]", "arguments for the agent, after --")
    .option("--config <file>", "egg.yaml to use in place of the project's")
    .addHelpText(
      "after",
      `${example("wt egg claude")}\n  $ wt egg shell\n\nDetach with Ctrl-\\ Ctrl-\\ ; the session lives on.`,
    )
    .action(async (agent: string | undefined, args: string[], options) => {
      if (agent === undefined) egg.help();
      else await (await import("./commands/egg-run.ts")).eggRun(agent, args, options);
    });
  egg
    .command("list")
    .description("sessions of this machine")
    .option("--json", "as JSON")
    .addHelpText("after", example("wt egg list"))
    .action(async (options) => (await import("./commands/egg-list.ts")).eggList(options));
  egg
    .command("attach")
    .description("attach this terminal to a session; Ctrl-\\ Ctrl-\\ detaches")
    .argument("<session>", "session id, or the beginning of one")
    .option("--watch", "look on without typing")
    .addHelpText("after", example("wt egg attach s4k7q"))
    .action(async (id: string, options) => (await import("./commands/egg-attach.ts")).eggAttach(id, options));
  egg
    .command("stop")
    .description("end a session and everything that it started")
    .argument("<session>", "session id, or the beginning of one")
    .addHelpText("after", example("wt egg stop s4k7q"))
    .action(async (id: string) => (await import("./commands/egg-stop.ts")).eggStop(id));
}

function wingCommands(program: Command): void {
  const wing = program.command("wing").description("this machine as a wing");
  wing
    .command("fingerprint")
    .description("the words that a browser must show behind its lock")
    .option("--json", "as JSON")
    .addHelpText("after", example("wt wing fingerprint"))
    .action(async (options) => (await import("./commands/wing-fingerprint.ts")).wingFingerprint(options));
}

function buildProgram(): Command {
  const program = new Command("wt")
    .description("Run AI coding agents in a sandbox on your own machine and reach them from any browser.")
    .version(VERSION, "-V, --version")
    .showSuggestionAfterError()
    .showHelpAfterError("(add --help for the options and an example)")
    .enablePositionalOptions()
    .addHelpText("after", example("wt roost start   # then open http://localhost:8080"));
  roostCommands(program);
  eggCommands(program);
  wingCommands(program);
  program
    .command("doctor")
    .description("what this machine has, what it lacks, and the command that fixes each gap")
    .option("--json", "as JSON")
    .addHelpText("after", example("wt doctor"))
    .action(async (options) => (await import("./commands/doctor.ts")).doctor(options));
  return program;
}

/** Runs `wt` with the arguments of a process; sets the exit code and prints errors a person can act on. */
export async function runProgram(argv: readonly string[]): Promise<void> {
  try {
    await buildProgram().parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommandError) {
      console.error(`wt: ${error.message}`);
      process.exitCode = error.exitCode;
      return;
    }
    console.error(`wt: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = EXIT.failed;
  }
}
