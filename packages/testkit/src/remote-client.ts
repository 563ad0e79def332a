import { type Client, createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { MachineService, TicketService } from "@wingthing/contracts/gen/wingthing/auth/v1/auth_pb";
import { AccessService } from "@wingthing/contracts/gen/wingthing/wing/v1/access_pb";
import { InfoService } from "@wingthing/contracts/gen/wingthing/wing/v1/info_pb";
import { SessionService } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import { WorkspaceService } from "@wingthing/contracts/gen/wingthing/wing/v1/workspace_pb";
import { openSealedChannel } from "@wingthing/sealed-channel/sealed-channel";
import { browserSocket } from "@wingthing/tunnel/binary-socket";
import { RelayClientLink } from "@wingthing/tunnel/relay-client-link";
import { createTunnelClient, type TunnelClient } from "@wingthing/tunnel/tunnel-client";
import { nodeAead } from "@wingthing/wing/node-aead";
import { waitUntil } from "./wait-until.ts";

/** What a browser does to reach a wing, without the browser: the same calls and the same channel, with Node's own AES. */
export interface RemoteClient extends AsyncDisposable {
  readonly link: RelayClientLink;
  readonly tunnel: TunnelClient;
  readonly sessions: Client<typeof SessionService>;
  readonly info: Client<typeof InfoService>;
  readonly workspace: Client<typeof WorkspaceService>;
}

/** The roost's own API at an origin. */
export function roostTransport(url: string): Transport {
  return createConnectTransport({ baseUrl: url, httpVersion: "1.1" });
}

/** Connects to the relay as the local person. */
export async function connectLink(url: string): Promise<RelayClientLink> {
  const { token } = await createClient(TicketService, roostTransport(url)).issueRelayToken({});
  const address = new URL("/relay", url);
  address.protocol = "ws:";
  return await RelayClientLink.connect({ socket: browserSocket(new WebSocket(address)), token });
}

function online(link: RelayClientLink, wingId: string): Promise<void> {
  return new Promise((resolve) => {
    link.onPresence((id, isOnline) => {
      if (id === wingId && isOnline) resolve();
    });
  });
}

/** Opens a sealed channel to the wing and proves who is there. */
export async function connectWing(url: string, wingId: string): Promise<RemoteClient> {
  const auth = roostTransport(url);
  const machines = createClient(MachineService, auth);
  // A wing states its key when it connects, which may be a moment after the roost is open.
  const machine = await waitUntil(`the roost knows the key of wing ${wingId}`, async () => {
    const known = (await machines.listMachines({})).machines.find((one) => one.wingId === wingId);
    return known !== undefined && known.publicKey.length > 0 ? known : undefined;
  });
  const link = await connectLink(url);
  await online(link, wingId);
  const pipe = await link.openChannel(wingId);
  const channel = await openSealedChannel({ pipe, wingId, wingPublicKey: machine.publicKey, aead: nodeAead });
  const tunnel = createTunnelClient(channel);
  const { ticket } = await createClient(TicketService, auth).issueChannelTicket({
    wingId,
    channelBinding: channel.channelBinding,
  });
  await createClient(AccessService, tunnel.transport).authenticate({ ticket });
  return {
    link,
    tunnel,
    sessions: createClient(SessionService, tunnel.transport),
    info: createClient(InfoService, tunnel.transport),
    workspace: createClient(WorkspaceService, tunnel.transport),
    async [Symbol.asyncDispose]() {
      tunnel.close();
      link.close();
      await tunnel.closed;
    },
  };
}
