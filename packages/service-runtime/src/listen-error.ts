/** Another program listens there already. */
export class PortTakenError extends Error {
  override readonly name = "PortTakenError";
  readonly port: number;
  constructor(input: { host: string; port: number; holder: string }, options?: ErrorOptions) {
    const { host, port, holder } = input;
    super(`Port ${port} of ${host} is taken by ${holder}. Stop that, or choose another port (0 = any).`, options);
    this.port = port;
  }
}

/** The system does not let this user listen there. */
export class PortForbiddenError extends Error {
  override readonly name = "PortForbiddenError";
  constructor(host: string, port: number, options?: ErrorOptions) {
    super(`This user may not listen on port ${port} of ${host}. Choose a port from 1024 up.`, options);
  }
}

/** This machine has no such address. */
export class AddressUnavailableError extends Error {
  override readonly name = "AddressUnavailableError";
  constructor(host: string, options?: ErrorOptions) {
    super(`This machine has no address ${JSON.stringify(host)}. Choose one of its own, or 127.0.0.1.`, options);
  }
}
