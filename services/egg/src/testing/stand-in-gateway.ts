import { create } from "@bufbuild/protobuf";
import { EnforcementSchema, type Refusal, RefusalSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import type { Gateway, NetworkEntry } from "../gateway/gateway.ts";

/** A gateway that lets programs run in the host's own network, for tests of everything else. */
export class StandInGateway implements Gateway {
  readonly entry: NetworkEntry = {
    enter: [],
    resolvConf: "",
    env: {},
    enforcement: create(EnforcementSchema, { area: "network", tier: "none", reason: "stand-in" }),
  };
  isClosed = false;
  #onRefusal: (refusal: Refusal) => void = () => {};
  #onFailure: (error: Error) => void = () => {};

  onRefusal(handler: (refusal: Refusal) => void): void {
    this.#onRefusal = handler;
  }

  onFailure(handler: (error: Error) => void): void {
    this.#onFailure = handler;
  }

  /** Reports a refusal. */
  refuse(host: string): void {
    this.#onRefusal(create(RefusalSchema, { host, port: 443, reason: "not named by a rule" }));
  }

  /** Dies. */
  fail(): void {
    this.#onFailure(new Error("the namespace is gone"));
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
