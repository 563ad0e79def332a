import { readFile } from "node:fs/promises";
import { AttachMode } from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import { CommandError, EXIT } from "../command-error.ts";
import { attachTerminal } from "../terminal/attach-terminal.ts";
import { terminalSize } from "../terminal/local-terminal.ts";
import { withWing } from "../wing/with-wing.ts";

/** Largest egg.yaml that is read, in bytes; the contract's own limit. */
const MAX_EGG_YAML_BYTES = 262_144;

async function readEggYaml(path: string | undefined): Promise<string> {
  if (path === undefined) return "";
  const text = await readFile(path, "utf8").catch((cause: Error) => {
    throw new CommandError(`cannot read ${path}: ${cause.message}`, EXIT.notFound);
  });
  if (Buffer.byteLength(text) > MAX_EGG_YAML_BYTES) {
    throw new CommandError(
      `${path} is larger than ${MAX_EGG_YAML_BYTES} bytes; an egg.yaml is a page of text`,
      EXIT.usage,
    );
  }
  return text;
}

/** `wt egg AGENT`: a new sandboxed session in this folder, in this terminal. */
export async function eggRun(agent: string, args: readonly string[], options: { config?: string }): Promise<void> {
  const eggYaml = await readEggYaml(options.config);
  await withWing(async (wing) => {
    const { session } = await wing.sessions.start({
      agent,
      args: [...args],
      cwd: process.cwd(),
      size: terminalSize(),
      eggYaml,
    });
    if (session === undefined) throw new CommandError("the wing started a session and did not say which one");
    process.exitCode = await attachTerminal({ wing, sessionId: session.sessionId, mode: AttachMode.CONTROL });
  });
}
