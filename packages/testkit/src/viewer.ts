import type { Client } from "@connectrpc/connect";
import { signal } from "@preact/signals-core";
import { AttachedSession } from "@wingthing/attached-session/attached-session";
import { systemClock } from "@wingthing/attached-session/clock";
import { AttachMode } from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import type { SessionService } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import { parseSessionId } from "@wingthing/contracts/ids";

/** Most output that a viewer keeps, in bytes. */
const MAX_KEPT_BYTES = 4 * 1024 * 1024;

interface StartOptions {
  readonly agent: string;
  readonly cwd: string;
  readonly size: { readonly columns: number; readonly rows: number };
}

/** A terminal without a screen: attached as the web client is, it keeps the bytes that it was sent. */
export class Viewer implements Disposable {
  readonly sessionId: string;
  readonly #session: AttachedSession;
  readonly #stop = new AbortController();
  #text = "";
  #seers: { readonly text: string; readonly seen: () => void }[] = [];
  #handlers: ((data: Uint8Array) => void)[] = [];
  /** Resolves when the session ended, or the viewer was disposed. */
  readonly ended: Promise<void>;

  private constructor(sessions: Client<typeof SessionService>, sessionId: string, grid: StartOptions["size"]) {
    this.sessionId = sessionId;
    const draw = (data: Uint8Array, parsed: () => void): void => {
      this.#take(data);
      parsed();
    };
    this.#session = new AttachedSession({
      sessionId: parseSessionId(sessionId),
      service: signal(sessions),
      sink: { write: draw, redraw: draw, resize: () => {} },
      grid,
      mode: AttachMode.CONTROL,
      clock: systemClock,
      random: (bytes) => crypto.getRandomValues(bytes),
    });
    this.ended = this.#session.run(this.#stop.signal);
  }

  /** Starts an agent and attaches to it. */
  static async start(sessions: Client<typeof SessionService>, options: StartOptions): Promise<Viewer> {
    const { session } = await sessions.start(options);
    return new Viewer(sessions, session?.sessionId ?? "", options.size);
  }

  /** Attaches to a session that runs. */
  static attach(sessions: Client<typeof SessionService>, sessionId: string, size: StartOptions["size"]): Viewer {
    return new Viewer(sessions, sessionId, size);
  }

  /** Types text or bytes. */
  type(text: string | Uint8Array): void {
    this.#session.type(typeof text === "string" ? Buffer.from(text) : text);
  }

  /** Changes the grid. */
  resize(columns: number, rows: number): void {
    this.#session.resize({ columns, rows });
  }

  /** Calls the handler with every chunk of output from now on. */
  onData(handler: (data: Uint8Array) => void): void {
    this.#handlers.push(handler);
  }

  /** Output so far, as text. */
  get text(): string {
    return this.#text;
  }

  /** Resolves as soon as the text was output; rejects with what was, when it takes longer than the time. */
  sees(text: string, timeoutMs = 15_000): Promise<void> {
    if (this.#text.includes(text)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () =>
          reject(
            new Error(`no ${JSON.stringify(text)} within ${timeoutMs} ms; it showed:\n${this.#text.slice(-2000)}`),
          ),
        timeoutMs,
      );
      this.#seers.push({
        text,
        seen: () => {
          clearTimeout(late);
          resolve();
        },
      });
    });
  }

  #take(data: Uint8Array): void {
    for (const handler of this.#handlers) handler(data);
    this.#text = (this.#text + Buffer.from(data).toString("latin1")).slice(-MAX_KEPT_BYTES);
    if (this.#seers.length === 0) return;
    const seen = this.#seers.filter((seer) => this.#text.includes(seer.text));
    this.#seers = this.#seers.filter((seer) => !seen.includes(seer));
    for (const seer of seen) seer.seen();
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
  }
}
