import type { Gateway, GatewayOptions } from "./gateway/gateway.ts";
import type { PreparedNetwork } from "./gateway/namespace/prepared-network.ts";

/** Opens one gateway on a network that is prepared while nobody waits for it yet, which saves most of a start's time. */
export class WarmGateway implements AsyncDisposable {
  #prepared: Promise<PreparedNetwork | undefined> | undefined;

  /** Begins to prepare; what fails here is told by `open`, which then tries by itself. */
  prepare(): void {
    this.#prepared ??= prepareQuietly();
  }

  /** Opens the gateway. Throws what `openGateway` throws. */
  async open(options: GatewayOptions): Promise<Gateway> {
    const { openGateway } = await import("./gateway/gateway.ts");
    const prepared = await this.#take();
    if (!prepared) return openGateway(options);
    try {
      return await openGateway({ ...options, prepared });
    } catch {
      // What was prepared an hour ago may have died since; a fresh one says what is really wrong.
      return openGateway(options);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const prepared = await this.#take();
    await prepared?.[Symbol.asyncDispose]();
  }

  #take(): Promise<PreparedNetwork | undefined> {
    const prepared = this.#prepared ?? Promise.resolve(undefined);
    this.#prepared = undefined;
    return prepared;
  }
}

async function prepareQuietly(): Promise<PreparedNetwork | undefined> {
  try {
    const { prepareNetwork } = await import("./gateway/namespace/prepared-network.ts");
    return await prepareNetwork();
  } catch {
    return undefined;
  }
}
