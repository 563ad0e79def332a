import { timestampMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { MachineService } from "@wingthing/contracts/gen/wingthing/auth/v1/auth_pb";

/** A roost answers from its store; longer is a hang. */
const CALL_WAIT_MS = 10_000;

/** The roost does not know the wing's credential, or has taken it back. */
export class CredentialRefusedError extends Error {
  override readonly name = "CredentialRefusedError";
  constructor(roostUrl: string, cause: ConnectError) {
    super(`the roost ${roostUrl} refused this wing's credential (${cause.rawMessage}): run wt login`, { cause });
  }
}

/** A token for the relay. */
export interface RelayToken {
  readonly token: string;
  /** End of its life, milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

/** How the wing's token is asked for. */
export interface WingTokenRequest {
  readonly roostUrl: string;
  readonly credential: string;
  readonly publicKey: Uint8Array;
  readonly signal: AbortSignal;
}

/**
 * Asks the roost for a relay token and states the wing's key.
 * @throws CredentialRefusedError; anything else means that the roost cannot be asked now.
 */
export async function issueWingToken(request: WingTokenRequest): Promise<RelayToken> {
  const transport = createConnectTransport({ baseUrl: request.roostUrl, httpVersion: "1.1", acceptCompression: [] });
  const client = createClient(MachineService, transport);
  try {
    const { token, expiresAt } = await client.issueWingToken(
      { publicKey: request.publicKey },
      {
        headers: { authorization: `Bearer ${request.credential}` },
        timeoutMs: CALL_WAIT_MS,
        signal: request.signal,
      },
    );
    return { token, expiresAtMs: expiresAt === undefined ? 0 : timestampMs(expiresAt) };
  } catch (cause) {
    const refusal = ConnectError.from(cause);
    if (refusal.code === Code.Unauthenticated) throw new CredentialRefusedError(request.roostUrl, refusal);
    throw cause;
  }
}
