import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { WingId } from "@wingthing/contracts/ids";
import type { Machine } from "../roost/roost-api.ts";
import type { WingConnection } from "./wing-connection.ts";

/** A wing of this person: what the roost knows of it, and our connection to it. */
export interface KnownWing {
  readonly machine: Machine;
  readonly connection: WingConnection;
}

/** What a directory is made of. */
export interface WingDirectoryOptions {
  /** Machines as last told. */
  readonly machines: ReadonlySignal<readonly Machine[]>;
  readonly onlineWings: ReadonlySignal<ReadonlySet<WingId>>;
  readonly connectTo: (wingId: WingId, statedKey: () => Uint8Array | undefined) => WingConnection;
  /** Asks for the machines again. */
  readonly refresh: () => void;
}

/** All wings of this person, each connected while it is online. */
export class WingDirectory {
  readonly #options: WingDirectoryOptions;
  readonly #connections = new Map<WingId, { readonly connection: WingConnection; readonly stop: AbortController }>();
  readonly #wings = signal<readonly KnownWing[]>([]);

  constructor(options: WingDirectoryOptions) {
    this.#options = options;
  }

  /** The wings, oldest first as the roost lists them. */
  get wings(): ReadonlySignal<readonly KnownWing[]> {
    return this.#wings;
  }

  /** The wing, if this person has it. */
  find(wingId: WingId): KnownWing | undefined {
    return this.#wings.value.find((wing) => wing.machine.wingId === wingId);
  }

  /** Keeps the wings connected until the signal aborts. */
  run(signal: AbortSignal): Promise<void> {
    const running: Promise<void>[] = [];
    const stopListing = effect(() => {
      const machines = this.#options.machines.value;
      this.#wings.value = machines.map((machine) => {
        const connection = this.#connect(machine.wingId, running, signal);
        return { machine, connection };
      });
      this.#dropOthers(new Set(machines.map((machine) => machine.wingId)));
    });
    const unknownOnline = computed(() => {
      const known = new Set(this.#options.machines.value.map((machine) => machine.wingId));
      return [...this.#options.onlineWings.value].filter((wingId) => !known.has(wingId)).join(" ");
    });
    // A wing that came online and is not listed has just been set up.
    const stopAsking = effect(() => {
      if (unknownOnline.value !== "") this.#options.refresh();
    });
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => {
        stopListing();
        stopAsking();
        Promise.all(running).then(() => resolve(), reject);
      });
    });
  }

  #connect(wingId: WingId, running: Promise<void>[], signal: AbortSignal): WingConnection {
    const existing = this.#connections.get(wingId);
    if (existing !== undefined) return existing.connection;
    const stop = new AbortController();
    const statedKey = () => this.#options.machines.peek().find((machine) => machine.wingId === wingId)?.publicKey;
    const connection = this.#options.connectTo(wingId, statedKey);
    this.#connections.set(wingId, { connection, stop });
    running.push(connection.run(AbortSignal.any([signal, stop.signal])));
    return connection;
  }

  #dropOthers(kept: ReadonlySet<WingId>): void {
    for (const [wingId, { stop }] of this.#connections) {
      if (kept.has(wingId)) continue;
      stop.abort();
      this.#connections.delete(wingId);
    }
  }
}
