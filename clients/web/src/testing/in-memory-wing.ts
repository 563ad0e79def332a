import { Code, ConnectError, createConnectRouter } from "@connectrpc/connect";
import { State } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { AccessService } from "@wingthing/contracts/gen/wingthing/wing/v1/access_pb";
import { InfoService } from "@wingthing/contracts/gen/wingthing/wing/v1/info_pb";
import { SessionService } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import { parseWingId } from "@wingthing/contracts/ids";
import { generateKeyPair, type KeyPair } from "@wingthing/sealed-channel/key-pair";
import { createMessagePipePair } from "@wingthing/sealed-channel/memory-pipe";
import type { MessagePipe } from "@wingthing/sealed-channel/message-pipe";
import { acceptSealedChannel } from "@wingthing/sealed-channel/sealed-channel";
import { webCryptoAead } from "@wingthing/sealed-channel/webcrypto-aead";
import { serveTunnel, TUNNEL_ROUTER_OPTIONS } from "@wingthing/tunnel/tunnel-server";
import { FakeEgg } from "./fake-egg.ts";

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** A wing without machine, relay or roost: the real channel and tunnel over a pipe in memory, and one fake egg. */
export class InMemoryWing {
  readonly wingId = parseWingId(`w${"m".repeat(20)}`);
  readonly egg = new FakeEgg();
  label = "studio";
  keyPair: KeyPair = generateKeyPair();
  /** Fails Authenticate. */
  refuseWith: ConnectError | undefined;
  /** Channels that were opened so far. */
  opened = 0;
  readonly #pipes = new Set<MessagePipe>();

  /** A pipe to the wing, as the relay would give it. */
  readonly openPipe = async (): Promise<MessagePipe> => {
    const [near, far] = createMessagePipePair();
    this.#pipes.add(far);
    this.opened += 1;
    this.#serve(far);
    return near;
  };

  /** A ticket that only the channel with this binding may use. */
  readonly ticket = async (_wingId: string, channelBinding: Uint8Array): Promise<string> => hex(channelBinding);

  /** Cuts every channel, as a relay does that dies. */
  cut(): void {
    for (const pipe of this.#pipes) pipe.close("cut");
    this.#pipes.clear();
  }

  async #serve(pipe: MessagePipe): Promise<void> {
    try {
      const { keyPair, wingId } = this;
      const channel = await acceptSealedChannel({ pipe, keyPair, wingId, aead: webCryptoAead });
      const router = createConnectRouter(TUNNEL_ROUTER_OPTIONS);
      this.#route(router, channel.channelBinding);
      serveTunnel(channel, router.handlers);
    } catch {
      // The browser's side tells why the handshake failed.
    }
  }

  #route(router: ReturnType<typeof createConnectRouter>, channelBinding: Uint8Array): void {
    router.service(AccessService, {
      authenticate: ({ ticket }) => {
        if (this.refuseWith !== undefined) throw this.refuseWith;
        if (ticket !== hex(channelBinding)) throw new ConnectError("a ticket of another channel", Code.Unauthenticated);
        return { displayName: "Edda Brix", role: "owner" };
      },
    });
    router.service(InfoService, { getInfo: () => ({ wingId: this.wingId, label: this.label, home: "/home/eb" }) });
    const { egg } = this;
    router.service(SessionService, {
      attach: egg.attach,
      watch: async function* (_request, { signal }) {
        const session = { sessionId: egg.sessionId, agent: "shell", state: State.RUNNING };
        yield { change: { case: "all", value: { sessions: [session] } } };
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      },
    });
  }
}
