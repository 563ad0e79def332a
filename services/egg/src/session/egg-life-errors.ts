/** The egg runs, ran, or starts an agent already. */
export class AlreadyStartedError extends Error {
  override readonly name = "AlreadyStartedError";

  constructor() {
    super("This egg was started already, and an egg runs one agent in its life: spawn another one.");
  }
}

/** There is no session yet. */
export class NotStartedError extends Error {
  override readonly name = "NotStartedError";

  constructor() {
    super("This egg waits for its agent: call Start first.");
  }
}

/** The agent's program is not there. */
export class AgentMissingError extends Error {
  override readonly name = "AgentMissingError";

  constructor(program: string, options?: ErrorOptions) {
    super(`${program} cannot be run: it is missing or not executable. Install the agent, then start again.`, options);
  }
}

/** Somebody stopped the egg before its agent ran. */
export class StoppedWhileStartingError extends Error {
  override readonly name = "StoppedWhileStartingError";

  constructor() {
    super("The egg was stopped while it started its agent; nothing runs.");
  }
}

/** The gateway died before the agent ran. */
export class GatewayFailedError extends Error {
  override readonly name = "GatewayFailedError";

  constructor(options?: ErrorOptions) {
    super("The egg's network gateway failed while the agent was being started, so it was not: try again.", options);
  }
}
