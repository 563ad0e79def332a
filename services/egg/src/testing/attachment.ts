import type { MessageInitShape } from "@bufbuild/protobuf";
import { type Client, ConnectError } from "@connectrpc/connect";
import type { AttachRequestSchema, EggService } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { AttachMode, type TerminalEvent } from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import type { Grid } from "../pty/pty.ts";

type Event = TerminalEvent["event"];
type EventOf<Case extends Event["case"]> = Extract<Event, { readonly case: Case }>;
type Command = MessageInitShape<typeof AttachRequestSchema>;

/** How long an event may take, in ms: less than a test may, so that the failure says what came instead. */
const EVENT_TIMEOUT_MS = 15_000;

/** How a test attaches. */
export interface AttachmentOptions {
  readonly clientId?: string;
  readonly mode?: AttachMode;
  readonly size?: Grid | undefined;
  readonly resumeFromSeq?: bigint;
  /** Sends nothing by itself. */
  readonly silent?: boolean;
}

let clients = 0;

/** A client id that no other viewer of this test run has. */
export const newClientId = (): string => `test-client-${String(++clients).padStart(8, "0")}`;

/** One attach of a test, over a real stream. */
export class Attachment implements Disposable {
  readonly clientId: string;
  readonly events: Event[] = [];
  /** Resolves when the stream ended; with the error when it failed. */
  readonly ended: Promise<ConnectError | undefined>;
  #output: Buffer[] = [];
  #inputSeq = 0n;
  #isPaused = false;
  readonly #outbox: Command[] = [];
  readonly #stop = new AbortController();
  #wakeOutbox: () => void = () => {};
  #wakeReader: () => void = () => {};
  #watchers: (() => void)[] = [];

  constructor(calls: Client<typeof EggService>, options: AttachmentOptions) {
    const { clientId = newClientId(), mode = AttachMode.CONTROL, resumeFromSeq } = options;
    const size = "size" in options ? options.size : { columns: 80, rows: 24 };
    this.clientId = clientId;
    if (!options.silent) {
      const resume = resumeFromSeq === undefined ? {} : { resumeFromSeq };
      this.send({ case: "open", value: { clientId, mode, ...(size && { size }), ...resume } });
    }
    this.ended = this.#read(calls);
  }

  /** Sends a command. */
  send(command: NonNullable<NonNullable<Command["command"]>["command"]>): void {
    this.#outbox.push({ command: { command } });
    this.#wakeOutbox();
  }

  /** Types text, counted as this viewer's next bytes. */
  type(text: string | Uint8Array): void {
    const data = Buffer.from(text);
    this.send({ case: "input", value: { seq: this.#inputSeq, data } });
    this.#inputSeq += BigInt(data.byteLength);
  }

  /** Says how many bytes this client typed in earlier attaches. */
  typedBefore(seq: bigint): void {
    this.#inputSeq = seq;
  }

  /** Changes the viewer's own grid. */
  resize(size: Grid): void {
    this.send({ case: "resize", value: { size } });
  }

  /** Output bytes of this attach, one after the other, snapshots left out. */
  get output(): Buffer {
    if (this.#output.length > 1) this.#output = [Buffer.concat(this.#output)];
    return this.#output[0] ?? Buffer.alloc(0);
  }

  /** Seq behind the last output or snapshot. */
  get seq(): bigint {
    const last = this.events.findLast((event) => event.case === "output" || event.case === "snapshot");
    if (last?.case === "output") return last.value.seq + BigInt(last.value.data.byteLength);
    return last?.case === "snapshot" ? last.value.seq : 0n;
  }

  /** Takes nothing more until `resume`. */
  pause(): void {
    this.#isPaused = true;
  }

  /** Goes on. */
  resume(): void {
    this.#isPaused = false;
    this.#wakeReader();
  }

  /** Resolves with the first event of a kind that passes, also one that came already. */
  async event<Case extends Event["case"]>(
    kind: Case,
    passes: (value: NonNullable<EventOf<Case>["value"]>) => boolean = () => true,
  ): Promise<NonNullable<EventOf<Case>["value"]>> {
    const find = () =>
      this.events.find((event): event is EventOf<Case> => event.case === kind && passes(event.value as never));
    await this.#until(() => find() !== undefined, `no ${String(kind)}`);
    return find()?.value as NonNullable<EventOf<Case>["value"]>;
  }

  /** Resolves when the text was output or is in a snapshot. */
  async sees(text: string): Promise<void> {
    const isShown = () =>
      this.output.includes(text) ||
      this.events.some((event) => event.case === "snapshot" && Buffer.from(event.value.data).includes(text));
    await this.#until(
      isShown,
      `no ${JSON.stringify(text)} in ${JSON.stringify(this.output.subarray(-1_000).toString())}`,
    );
  }

  /** Ends the attach from this side. */
  close(): void {
    this.#stop.abort();
    this.resume();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #read(calls: Client<typeof EggService>): Promise<ConnectError | undefined> {
    try {
      for await (const { event } of calls.attach(this.#commands(), { signal: this.#stop.signal })) {
        if (event) this.#take(event.event);
        if (this.#isPaused) await new Promise<void>((resolve) => (this.#wakeReader = resolve));
      }
      return undefined;
    } catch (error) {
      return this.#stop.signal.aborted ? undefined : ConnectError.from(error);
    } finally {
      for (const watch of this.#watchers) watch();
    }
  }

  #take(event: Event): void {
    this.events.push(event);
    if (event.case === "output") this.#output.push(Buffer.from(event.value.data));
    for (const watch of this.#watchers) watch();
  }

  async *#commands(): AsyncGenerator<Command> {
    while (!this.#stop.signal.aborted) {
      const next = this.#outbox.shift();
      if (next) yield next;
      else await new Promise<void>((resolve) => (this.#wakeOutbox = resolve));
    }
  }

  #until(holds: () => boolean, otherwise: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const cases = () =>
        this.events
          .map((event) => event.case)
          .slice(-20)
          .join(", ");
      const late = setTimeout(() => reject(new Error(`${otherwise}; last events: ${cases()}`)), EVENT_TIMEOUT_MS);
      const watch = () => {
        if (!holds()) return;
        clearTimeout(late);
        this.#watchers = this.#watchers.filter((other) => other !== watch);
        resolve();
      };
      this.#watchers.push(watch);
      watch();
    });
  }
}
