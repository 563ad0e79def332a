import type { RandomSource, UserId, WingId } from "@wingthing/contracts/ids";
import type { Clock } from "@wingthing/service-runtime/clock";
import type { Log } from "@wingthing/service-runtime/log";
import { type MachineRecord, type Store, WingTakenError } from "../store/store.ts";
import { hashCredential, InvalidCredentialError, newCredential } from "./device-credential.ts";

/** What the registry needs. */
export interface MachineRegistryOptions {
  readonly store: Store;
  readonly clock: Pick<Clock, "now">;
  readonly random: RandomSource;
  readonly log: Log;
}

/** The wings of people, and what they prove themselves with. */
export class MachineRegistry {
  readonly #store: Store;
  readonly #clock: Pick<Clock, "now">;
  readonly #random: RandomSource;
  readonly #log: Log;

  constructor({ store, clock, random, log }: MachineRegistryOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
    this.#log = log;
  }

  /** Registers the wing as the person's, when it is not yet, and gives it a new credential: the only one that holds. */
  async enroll(wingId: WingId, ownerId: UserId): Promise<string> {
    const known = await this.#store.findMachine(wingId);
    if (known && known.ownerId !== ownerId) throw new WingTakenError(wingId);
    const createdAt = this.#clock.now();
    if (!known) await this.#store.addMachine({ wingId, ownerId, createdAt });
    const credential = newCredential(this.#random);
    await this.#store.replaceCredential({ hash: hashCredential(credential), wingId, createdAt });
    this.#log.info("device credential made", { wingId });
    return credential;
  }

  /** The machine that shows this credential. Throws InvalidCredentialError. */
  async authenticate(credential: string): Promise<MachineRecord> {
    const machine = await this.#store.findMachineByCredential(hashCredential(credential));
    if (!machine) throw new InvalidCredentialError();
    return machine;
  }

  /** Keeps what the wing states of itself. The key is a hint: browsers pin what they see first. */
  async recordSeen(machine: MachineRecord, publicKey: Uint8Array): Promise<void> {
    const { wingId } = machine;
    const changed = machine.publicKey !== undefined && !Buffer.from(machine.publicKey).equals(publicKey);
    if (changed) this.#log.warn("a wing states another public key than before", { wingId });
    await this.#store.recordMachineSeen({ wingId, publicKey, seenAt: this.#clock.now() });
  }
}
