import type { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { RelayClaims } from "@wingthing/access-token/claims";
import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import { newLinkId } from "@wingthing/contracts/ids";
import { pathOf, refuseOnSocket } from "@wingthing/service-runtime/http-reply";
import type { Refusal } from "@wingthing/service-runtime/request-guard";
import { type WebSocket, WebSocketServer } from "ws";
import { PROTOCOL_VERSION } from "../frames/frame-codec.ts";
import { type Admission, type Seat, TooManyLinksError } from "../links/admission.ts";
import type { ProcessBacklog } from "../links/backlog.ts";
import { BrowserLink } from "../links/browser-link.ts";
import type { Link, LinkOptions, RelayContext } from "../links/link.ts";
import type { LinkRegistry } from "../links/link-registry.ts";
import { LinkSocket } from "../links/link-socket.ts";
import { reasonName } from "../links/reason-name.ts";
import { WingLink } from "../links/wing-link.ts";
import type { RelayLimits } from "../relay-limits.ts";
import type { CloseCause } from "../switchboard/switchboard.ts";
import { greet, type VerifyToken } from "./greeting.ts";

/** Path of the upgrade request. */
export const RELAY_PATH = "/relay";

/** Pieces of one message: a frame over the smallest usual TCP segment (536 bytes) comes in 125. */
const MAX_MESSAGE_PIECES = 1_024;
const FULL: Refusal = {
  status: 503,
  code: "resource_exhausted",
  message: "The relay has as many links as it takes: try again in a few seconds.",
  headers: { "retry-after": "5" },
};
const GOING_AWAY: Refusal = { ...FULL, message: "The relay is going away: connect again in a few seconds." };

const TOO_OLD: CloseCause = {
  reason: CloseReason.UNAUTHENTICATED,
  text: "The link is older than a token may vouch for: connect again with a fresh one.",
};

/** What the edge needs. */
export interface LinkEdgeOptions {
  readonly verifyToken: VerifyToken;
  readonly context: RelayContext;
  readonly admission: Admission;
  readonly backlog: ProcessBacklog;
  readonly registry: LinkRegistry;
}

/** Where sockets come in: upgrade, greeting, and the link that follows. */
export class LinkEdge {
  readonly #options: LinkEdgeOptions;
  readonly #server: WebSocketServer;
  /** Sockets that were not admitted yet. */
  readonly #greetings = new Set<LinkSocket>();
  /** Every socket until it is closed. */
  readonly #sockets = new Set<LinkSocket>();

  constructor(options: LinkEdgeOptions) {
    this.#options = options;
    this.#server = newServer(options.context.limits);
  }

  /** Takes over an upgrade request's socket. */
  handleUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const { admission, context } = this.#options;
    if (pathOf(request) !== RELAY_PATH) {
      refuseOnSocket(stream, { status: 404, code: "unimplemented", message: `The relay is at ${RELAY_PATH}.` });
      return;
    }
    // Only TCP and TLS sockets count their bytes, which is how dead ones are found.
    if (!(stream instanceof Socket)) throw new TypeError("the relay serves TCP and TLS sockets");
    const seat = context.isDraining() ? undefined : admission.enter();
    if (!seat) {
      refuseOnSocket(stream, context.isDraining() ? GOING_AWAY : FULL);
      return;
    }
    stream.once("close", () => seat.leave());
    this.#server.handleUpgrade(request, stream, head, (webSocket) => {
      this.#serve(webSocket, stream, seat).catch((error: unknown) => {
        context.log.error("a link failed", { error });
        stream.destroy();
      });
    });
  }

  /** Ends sockets that were not admitted yet. */
  endGreetings(cause: CloseCause): void {
    for (const socket of [...this.#greetings]) socket.end(cause);
  }

  /** Cuts every socket off. */
  terminateAll(): void {
    for (const socket of [...this.#sockets]) socket.terminate();
  }

  async #serve(webSocket: WebSocket, stream: Socket, seat: Seat): Promise<void> {
    const { backlog, context, verifyToken } = this.#options;
    const { clock, limits, log } = context;
    const socket = new LinkSocket({ webSocket, stream, limits, backlog, clock });
    this.#sockets.add(socket);
    this.#greetings.add(socket);
    stream.once("close", () => this.#sockets.delete(socket));
    const claims = await greet(socket, { verifyToken, limits, clock, log });
    this.#greetings.delete(socket);
    if (!claims) return;
    try {
      seat.take(claims.sub);
    } catch (error) {
      if (!(error instanceof TooManyLinksError)) throw error;
      return socket.end({ reason: CloseReason.TOO_MANY_LINKS, text: error.message });
    }
    this.#welcome(socket, seat, claims);
  }

  #welcome(socket: LinkSocket, seat: Seat, claims: RelayClaims): void {
    const { context, registry } = this.#options;
    const { clock, limits, log, meter } = context;
    const id = newLinkId((bytes) => crypto.getRandomValues(bytes));
    const { sub: subject, groups, wing } = claims;
    const maxChannels = wing === undefined ? limits.maxChannelsPerLink : limits.maxChannelsPerWing;
    socket.sendFrame({ case: "welcome", value: { linkId: id, maxChannels, version: PROTOCOL_VERSION } });
    const options: LinkOptions = { id, socket, seat, subject, groups, context };
    const link: Link = wing === undefined ? new BrowserLink(options) : new WingLink(wing, options);
    registry.add(link);
    log.info("link opened", { link: id, kind: link.kind });
    let age = clock.setTimer(limits.maxLinkAgeMs, () => {
      link.drain(0);
      age = clock.setTimer(limits.retireMs, () => link.end(TOO_OLD));
    });
    socket.onceEnded(({ reason, text }) => {
      age.cancel();
      registry.remove(link);
      meter.closed(reason);
      log.info("link closed", { link: id, kind: link.kind, reason: reasonName(reason), text });
    });
  }
}

function newServer(limits: RelayLimits): WebSocketServer {
  // A variable, because the published types do not know `closeTimeout` yet.
  const options = {
    noServer: true,
    clientTracking: false,
    // Sealed bytes do not shrink, and zlib costs 300 KB a socket.
    perMessageDeflate: false,
    // Twice the frame: what is a little too long gets a Close that says so, what is far too long gets code 1009.
    maxPayload: 2 * limits.maxFrameBytes,
    closeTimeout: limits.closeTimeoutMs,
    maxFragments: MAX_MESSAGE_PIECES,
    maxBufferedChunks: MAX_MESSAGE_PIECES,
  };
  return new WebSocketServer(options);
}
