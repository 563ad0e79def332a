import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import type { Open, TerminalCommand } from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import {
  type AttachRequest,
  AttachResponseSchema,
  type SessionService,
} from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";

type AttachResponseInit = MessageInitShape<typeof AttachResponseSchema>;
type EventInit = NonNullable<NonNullable<AttachResponseInit["event"]>["event"]>;

const concat = (parts: readonly Uint8Array[]): Uint8Array => {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.byteLength;
  }
  return out;
};

/** Output in one message, as the proto limits it. */
const MAX_OUTPUT_BYTES = 64 * 1024;

/** An egg that keeps the contract of terminal.proto in memory: a program that echoes nothing and prints on command. */
export class FakeEgg {
  readonly sessionId = `s${"e".repeat(16)}`;
  /** The first attach of each viewer, and every later one. */
  readonly opens: Open[] = [];
  /** Grids that viewers stated, in order. */
  readonly grids: string[] = [];
  grid = { columns: 80, rows: 24 };
  /** Output from here on is still in the ring. */
  ringStart = 0;
  /** Answers Opened with this in place of what is known of the client. */
  expectInputSeq: bigint | undefined;
  /** Does not tell that input was taken over, as when the connection breaks first. */
  silentAboutInput = false;
  failWith: ConnectError | undefined;
  readonly #output: Uint8Array[] = [];
  readonly #inputs = new Map<string, Uint8Array[]>();
  readonly #listeners = new Set<() => void>();
  #exit: EventInit | undefined;

  /** Bytes that the program printed since it began. */
  get output(): Uint8Array {
    return concat(this.#output);
  }

  /** Bytes that reached the program, from every client. */
  get input(): Uint8Array {
    return concat([...this.#inputs.values()].flat());
  }

  print(data: Uint8Array | string): void {
    this.#output.push(typeof data === "string" ? new TextEncoder().encode(data) : data);
    this.#wake();
  }

  /** Another viewer was used: the grid changes. */
  resizeTo(columns: number, rows: number): void {
    this.grid = { columns, rows };
    this.#wake();
  }

  exit(code: number): void {
    this.#exit = { case: "exited", value: { code, signal: "", seq: BigInt(this.output.byteLength) } };
    this.#wake();
  }

  /** SessionService.Attach. */
  readonly attach: ServiceImpl<typeof SessionService>["attach"] = (requests, { signal }) =>
    this.#attach(requests, signal);

  async *#attach(requests: AsyncIterable<AttachRequest>, signal: AbortSignal): AsyncGenerator<AttachResponseInit> {
    if (this.failWith !== undefined) throw this.failWith;
    const commands = requests[Symbol.asyncIterator]();
    const open = await this.#readOpen(commands);
    const client = this.#inputOf(open.clientId);
    yield this.#event({
      case: "opened",
      value: {
        size: this.grid,
        seq: BigInt(this.output.byteLength),
        inputSeq: this.expectInputSeq ?? BigInt(concat(client).byteLength),
        resumed: this.#canResume(open),
      },
    });
    yield* this.#events(open, commands, signal);
  }

  async *#events(
    open: Open,
    commands: AsyncIterator<AttachRequest>,
    signal: AbortSignal,
  ): AsyncGenerator<AttachResponseInit> {
    const pending: EventInit[] = [];
    const reading = this.#readInput(commands, open.clientId, (event) => {
      pending.push(event);
      this.#wake();
    });
    let at = this.#canResume(open) ? Number(open.resumeFromSeq) : this.output.byteLength;
    let grid = this.grid;
    if (!this.#canResume(open)) yield this.#snapshot(at);
    while (!signal.aborted) {
      const news = this.#news();
      for (const event of pending.splice(0)) yield this.#event(event);
      if (grid !== this.grid) {
        grid = this.grid;
        yield this.#event({ case: "resized", value: { size: grid, seq: BigInt(at) } });
      }
      const data = this.output.subarray(at, at + MAX_OUTPUT_BYTES);
      if (data.byteLength > 0) {
        yield this.#event({ case: "output", value: { seq: BigInt(at), data } });
        at += data.byteLength;
      } else if (this.#exit !== undefined) {
        yield this.#event(this.#exit);
        return;
      } else {
        await Promise.race([news, new Promise((resolve) => signal.addEventListener("abort", resolve))]);
      }
    }
    await reading;
  }

  #snapshot(seq: number): AttachResponseInit {
    const data = new TextEncoder().encode(`<screen at ${seq}>`);
    return this.#event({ case: "snapshot", value: { seq: BigInt(seq), data, size: this.grid } });
  }

  async #readOpen(commands: AsyncIterator<AttachRequest>): Promise<Open> {
    const { value } = await commands.next();
    const command = (value as AttachRequest | undefined)?.command?.command;
    if (command?.case !== "open") throw new ConnectError("the first message must be Open", Code.InvalidArgument);
    this.opens.push(command.value);
    return command.value;
  }

  async #readInput(
    commands: AsyncIterator<AttachRequest>,
    clientId: string,
    answer: (event: EventInit) => void,
  ): Promise<void> {
    try {
      for (let next = await commands.next(); next.done !== true; next = await commands.next()) {
        const command = next.value.command?.command;
        if (command !== undefined) this.#obey(command, clientId, answer);
      }
    } catch {
      // The viewer went away.
    }
  }

  #obey(command: TerminalCommand["command"], clientId: string, answer: (event: EventInit) => void): void {
    if (command.case === "resize") {
      const { columns = 0, rows = 0 } = command.value.size ?? {};
      this.grids.push(`${columns}x${rows}`);
      this.resizeTo(columns, rows);
    }
    if (command.case !== "input") return;
    const pieces = this.#inputOf(clientId);
    const known = concat(pieces).byteLength;
    const { seq, data } = command.value;
    if (Number(seq) > known) throw new Error(`input at ${seq} leaves a hole after ${known}`);
    pieces.push(data.slice(known - Number(seq)));
    if (!this.silentAboutInput) {
      answer({ case: "inputAccepted", value: { seq: BigInt(concat(pieces).byteLength) } });
    }
  }

  #canResume({ resumeFromSeq }: Open): boolean {
    return resumeFromSeq !== undefined && Number(resumeFromSeq) >= this.ringStart;
  }

  #inputOf(clientId: string): Uint8Array[] {
    const known = this.#inputs.get(clientId);
    if (known !== undefined) return known;
    const pieces: Uint8Array[] = [];
    this.#inputs.set(clientId, pieces);
    return pieces;
  }

  #event(event: EventInit): AttachResponseInit {
    return create(AttachResponseSchema, { event: { event } });
  }

  #news(): Promise<void> {
    return new Promise((resolve) => this.#listeners.add(resolve));
  }

  #wake(): void {
    for (const listener of [...this.#listeners]) {
      this.#listeners.delete(listener);
      listener();
    }
  }
}
