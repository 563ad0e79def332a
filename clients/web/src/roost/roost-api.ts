import { timestampMs } from "@bufbuild/protobuf/wkt";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { AccountService, MachineService, TicketService } from "@wingthing/contracts/gen/wingthing/auth/v1/auth_pb";
import { parseWingId, type WingId } from "@wingthing/contracts/ids";

/** The person who is using the page, and how the roost is run. */
export interface Account {
  readonly displayName: string;
  readonly email: string;
  /** One person, no login page. */
  readonly local: boolean;
  /** Version of the roost. */
  readonly version: string;
}

/** A wing as the roost knows it. */
export interface Machine {
  readonly wingId: WingId;
  /** A hint for the first meeting; the pinned key counts. */
  readonly publicKey: Uint8Array;
  /** When its last token was issued, in ms since 1970; 0 when never. */
  readonly seenAt: number;
}

/** What the page asks of roost-auth. All calls reject with ConnectError. */
export interface RoostApi {
  account(signal: AbortSignal): Promise<Account>;
  machines(signal: AbortSignal): Promise<readonly Machine[]>;
  relayToken(signal: AbortSignal): Promise<string>;
  channelTicket(wingId: WingId, channelBinding: Uint8Array, signal: AbortSignal): Promise<string>;
}

/** An answer that takes longer is treated as a failure, in ms; every caller tries again. */
const CALL_TIMEOUT_MS = 10_000;

/** Talks to the roost that served this page, and to no other. */
export function createRoostApi(baseUrl: string): RoostApi {
  const transport = createConnectTransport({ baseUrl, defaultTimeoutMs: CALL_TIMEOUT_MS });
  const accounts = createClient(AccountService, transport);
  const machines = createClient(MachineService, transport);
  const tickets = createClient(TicketService, transport);
  return {
    account: async (signal) => {
      const { account, local, version } = await accounts.getAccount({}, { signal });
      return { displayName: account?.displayName ?? "", email: account?.email ?? "", local, version };
    },
    machines: async (signal) => {
      const listed = await machines.listMachines({}, { signal });
      return listed.machines.map((machine) => ({
        wingId: parseWingId(machine.wingId),
        publicKey: machine.publicKey,
        seenAt: machine.seenAt === undefined ? 0 : timestampMs(machine.seenAt),
      }));
    },
    relayToken: async (signal) => (await tickets.issueRelayToken({}, { signal })).token,
    channelTicket: async (wingId, channelBinding, signal) =>
      (await tickets.issueChannelTicket({ wingId, channelBinding }, { signal })).ticket,
  };
}
