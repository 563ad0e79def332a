import { AttachMode } from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import { silentLog } from "@wingthing/service-runtime/log";
import { ManualClock } from "@wingthing/service-runtime/manual-clock";
import { type AttachOptions, Session } from "../session/session.ts";
import { EchoPty } from "./echo-pty.ts";
import { PulledViewer } from "./pulled-viewer.ts";

/** The grid that test sessions are opened with. */
export const TEST_GRID = { columns: 80, rows: 24 };

const CONTROL: AttachOptions = { clientId: "a", mode: AttachMode.CONTROL, ownGrid: undefined, resumeFrom: undefined };

/** How a viewer attaches that only looks on. */
export const WATCH: AttachOptions = { ...CONTROL, mode: AttachMode.WATCH };

/** One turn of the event loop. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Printable bytes that differ from their neighbours. */
export const pattern = (length: number, from = 0): Buffer =>
  Buffer.from(Uint8Array.from({ length }, (_, index) => 0x21 + ((from + index) % 89)));

/** A session over a terminal in memory, and viewers that a test pulls. */
export class OpenSession {
  readonly pty: EchoPty;
  readonly clock = new ManualClock();
  readonly session: Session;

  constructor(pty = new EchoPty({ kind: "silent" })) {
    this.pty = pty;
    this.session = new Session({ pty, grid: TEST_GRID, clock: this.clock, log: silentLog });
  }

  /** Attaches a viewer that may type, unless the options say otherwise. */
  attach(options: Partial<AttachOptions> = {}): PulledViewer {
    return new PulledViewer(this.session.attach({ ...CONTROL, ...options }));
  }

  /** Prints as fast as the terminal lets it. */
  async flood(data: Uint8Array): Promise<void> {
    const until = this.session.outputSeq + data.byteLength;
    this.pty.print(data);
    while (this.session.outputSeq < until) await turn();
  }
}
