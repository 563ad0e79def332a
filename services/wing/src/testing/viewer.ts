import { create } from "@bufbuild/protobuf";
import type { Client } from "@connectrpc/connect";
import {
  AttachMode,
  type TerminalCommand,
  TerminalCommandSchema,
  type TerminalEvent,
} from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import type { AttachResponse, SessionService } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import { Outbox } from "./outbox.ts";

type Event = TerminalEvent["event"];

const CLIENT_ID = "viewer-of-a-test";

/** Somebody at a session's terminal. */
export class Viewer implements AsyncDisposable {
  readonly #commands = new Outbox<TerminalCommand["command"]>();
  readonly #leave = new AbortController();
  readonly #events: AsyncIterator<AttachResponse>;
  #inputSeq = 0n;

  private constructor(sessions: Pick<Client<typeof SessionService>, "attach">, sessionId: string) {
    const commands = this.#commands;
    async function* requests() {
      for await (const command of commands) yield { sessionId, command: create(TerminalCommandSchema, { command }) };
    }
    const attached = sessions.attach(requests(), { signal: this.#leave.signal });
    this.#events = attached[Symbol.asyncIterator]();
  }

  /** Attaches; the first event is still to come. */
  static attach(
    sessions: Pick<Client<typeof SessionService>, "attach">,
    sessionId: string,
    clientId = CLIENT_ID,
  ): Viewer {
    const viewer = new Viewer(sessions, sessionId);
    const size = { columns: 80, rows: 24 };
    viewer.#commands.push({
      case: "open",
      value: { mode: AttachMode.CONTROL, clientId, size } as never,
    });
    return viewer;
  }

  /** Types a text as one message. */
  type(text: string): void {
    const data = new TextEncoder().encode(text);
    this.#commands.push({ case: "input", value: { seq: this.#inputSeq, data } as never });
    this.#inputSeq += BigInt(data.length);
  }

  /** The next event, or undefined after the last. */
  async next(): Promise<Event | undefined> {
    const { value, done } = await this.#events.next();
    return done === true ? undefined : value.event?.event;
  }

  /** Waits for output that holds the text. */
  async sees(text: string): Promise<void> {
    for (let seen = ""; !seen.includes(text); ) {
      const event = await this.next();
      if (event === undefined) throw new Error(`the stream ended before ${JSON.stringify(text)} came`);
      if (event.case === "output") seen += new TextDecoder().decode(event.value.data);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leave.abort();
    this.#commands.end();
    await this.#events.return?.().catch(() => {});
  }
}
