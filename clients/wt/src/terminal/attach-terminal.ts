import { constants } from "node:os";
import { signal } from "@preact/signals-core";
import { AttachedSession, type AttachState, type TerminalSink } from "@wingthing/attached-session/attached-session";
import { systemClock } from "@wingthing/attached-session/clock";
import type { Exit } from "@wingthing/attached-session/exit";
import type { AttachMode } from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import { parseSessionId } from "@wingthing/contracts/ids";
import { CommandError, EXIT } from "../command-error.ts";
import type { HomeWing } from "../wing/with-wing.ts";
import { DetachKeys } from "./detach-keys.ts";
import { type LocalTerminal, takeTerminal, terminalSize } from "./local-terminal.ts";

/** What is attached, and how. */
export interface TerminalAttachment {
  readonly wing: HomeWing;
  readonly sessionId: string;
  readonly mode: AttachMode;
}

/** What shells add to the number of the signal that ended a program. */
const ENDED_BY_SIGNAL = 128;

function sinkOf(terminal: LocalTerminal): TerminalSink {
  const write = (data: Uint8Array, parsed: () => void): void => {
    terminal.write(data).then(parsed, () => {
      // The terminal is gone; the process is told by SIGHUP.
    });
  };
  return {
    write,
    // A snapshot clears the screen by itself; what the person did before stays in the scrollback.
    redraw: write,
    // A window is as large as its person made it: another viewer's grid is drawn into it as far as it fits.
    resize: () => {},
  };
}

function codeOfExit(exit: Exit): number {
  switch (exit.kind) {
    case "code":
      return exit.code;
    case "signal":
      return ENDED_BY_SIGNAL + ((constants.signals as Readonly<Record<string, number>>)[exit.signal] ?? 0);
    case "unknown":
      return EXIT.failed;
  }
}

function exitCodeOf(state: AttachState, sessionId: string): number {
  switch (state.kind) {
    case "ended":
      return codeOfExit(state.exit);
    case "missing":
      throw new CommandError(`session ${sessionId} is gone; see: wt egg list`, EXIT.notFound);
    case "refused":
      throw new CommandError(`the wing refused: ${state.reason}`);
    default:
      // Detached, or the input ended: the session goes on without this terminal.
      console.error(`\r\ndetached; back with: wt egg attach ${sessionId}`);
      return EXIT.ok;
  }
}

/** Shows a session in this terminal until it ends or the person detaches; returns the exit code of this command. */
export async function attachTerminal({ wing, sessionId, mode }: TerminalAttachment): Promise<number> {
  const detached = new AbortController();
  const keys = new DetachKeys();
  let last: AttachState = { kind: "waiting" };
  {
    using terminal = takeTerminal();
    const session = new AttachedSession({
      sessionId: parseSessionId(sessionId),
      service: signal(wing.sessions),
      sink: sinkOf(terminal),
      grid: terminalSize(),
      mode,
      clock: systemClock,
      random: (bytes) => crypto.getRandomValues(bytes),
    });
    terminal.onInput((chunk) => {
      if (chunk === undefined) return;
      const typed = keys.read(chunk);
      session.type(typed.forward);
      if (typed.detach) detached.abort();
    });
    terminal.onResize(() => session.resize(terminalSize()));
    session.state.subscribe((state) => {
      // Two terminals may race to be the wing: one wins, the other finds it at its next try.
      if (state.kind === "retrying") wing.ensure().catch(() => undefined);
    });
    await session.run(detached.signal);
    last = session.state.peek();
  }
  return exitCodeOf(last, sessionId);
}
