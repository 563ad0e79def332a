import type { TerminalEvent } from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import type { Viewer } from "../session/viewer.ts";

type Event = TerminalEvent["event"];

/** A viewer whose messages a test takes one by one: as slow as it likes. */
export class PulledViewer {
  readonly viewer: Viewer;
  readonly events: Event[] = [];
  endedBy: Error | undefined;

  constructor(viewer: Viewer) {
    this.viewer = viewer;
    viewer.onEnd((reason) => {
      this.endedBy = reason;
    });
  }

  /** Takes the next message, if there is one. */
  pull(): Event | undefined {
    const event = this.viewer.next()?.event;
    if (event) this.events.push(event);
    return event;
  }

  /** Takes everything that there is. */
  pullAll(): readonly Event[] {
    const from = this.events.length;
    while (this.pull());
    return this.events.slice(from);
  }

  /** What came, by kind. */
  get kinds(): readonly (string | undefined)[] {
    return this.events.map((event) => event.case);
  }

  /** Output bytes that came, snapshots left out. */
  get output(): Buffer {
    return Buffer.concat(this.events.flatMap((event) => (event.case === "output" ? [event.value.data] : [])));
  }

  /** Seq behind the last byte that was taken; undefined before the first. */
  get seq(): number | undefined {
    const last = this.events.findLast((event) => event.case === "output" || event.case === "snapshot");
    if (last?.case === "output") return Number(last.value.seq) + last.value.data.byteLength;
    return last?.case === "snapshot" ? Number(last.value.seq) : undefined;
  }
}
