import type { IncomingMessage } from "node:http";
import { type Clock, systemClock } from "./clock.ts";
import { cachedPerSocket, type PeerUserLookup, peerUser } from "./peer-user.ts";
import { isLoopbackAddress } from "./proc-net-tcp.ts";
import { refuseForeignForm } from "./request-form.ts";
import type { Refusal, RequestGuard, Verdict } from "./request-guard.ts";
import { hasLoopbackHost, isForwarded, refuseForeignHost, refuseForeignOrigin } from "./same-origin.ts";
import { TokenGate } from "./token-gate.ts";

/** Who may talk to the listener. */
export interface LocalGuardOptions {
  /** Address that `serve` gets as `host`; undefined = both loopback addresses. */
  readonly host?: string | undefined;
  /** Demanded of everyone who is not this user on this machine; without it only loopback may be bound. */
  readonly token?: string | undefined;
  /** Further names in Host, with a token only: "wing.example.org". */
  readonly allowedHosts?: readonly string[];
  readonly peerUser?: PeerUserLookup;
  /** Whose programs are admitted; undefined where the system has no user ids. */
  readonly ownUid?: number | undefined;
  readonly clock?: Clock;
}

/** Listening on more than this machine, without a token, is refused. */
export class WiderBindRefusedError extends Error {
  override readonly name = "WiderBindRefusedError";
  constructor(host: string) {
    super(
      `Listening on ${JSON.stringify(host)} would let other machines in, and there is no login in local mode. ` +
        "Keep to 127.0.0.1, or set WT_ROOST_TOKEN to a secret (make one with: openssl rand -hex 32).",
    );
  }
}

/** Admits this user's own programs on this machine, and with a token others too. Throws WiderBindRefusedError. */
export function createLocalGuard(options: LocalGuardOptions): RequestGuard {
  const { host, token } = options;
  if (token === undefined && host !== undefined && !isLoopbackHost(host)) throw new WiderBindRefusedError(host);
  return new LocalGuard(options);
}

function isLoopbackHost(host: string): boolean {
  return host === "localhost" || isLoopbackAddress(host);
}

class LocalGuard implements RequestGuard {
  readonly #gate: TokenGate | undefined;
  readonly #hosts: { readonly anyAddress: boolean; readonly allowedHosts: readonly string[] };
  readonly #peerUser: PeerUserLookup;
  readonly #ownUid: number | undefined;

  constructor(options: LocalGuardOptions) {
    const { token, clock = systemClock, allowedHosts = [] } = options;
    this.#gate = token === undefined ? undefined : new TokenGate(token, clock);
    this.#hosts = this.#gate ? { anyAddress: true, allowedHosts } : { anyAddress: false, allowedHosts: [] };
    this.#peerUser = cachedPerSocket(options.peerUser ?? peerUser);
    this.#ownUid = "ownUid" in options ? options.ownUid : process.getuid?.();
  }

  async inspect(request: IncomingMessage, kind: "request" | "upgrade"): Promise<Verdict> {
    const refusal =
      refuseForeignHost(request, this.#hosts) ??
      refuseForeignOrigin(request) ??
      (this.#gate?.isForm(request) ? undefined : refuseForeignForm(request));
    if (refusal) return { kind: "refuse", refusal };
    const stranger = await this.#refuseStranger(request);
    if (!stranger) return { kind: "admit" };
    return this.#gate?.inspect(request, kind) ?? { kind: "refuse", refusal: stranger };
  }

  /** Undefined for a program of this user that speaks for itself, to this machine. */
  async #refuseStranger(request: IncomingMessage): Promise<Refusal | undefined> {
    if (isForwarded(request)) return forbidden(BEHIND_PROXY);
    if (!isLoopbackAddress(request.socket.remoteAddress ?? "")) return forbidden(OTHER_MACHINE);
    if (!hasLoopbackHost(request)) return forbidden(OTHER_NAME);
    const peer = await this.#peerUser(request.socket);
    switch (peer.kind) {
      case "unsupported":
        return undefined;
      case "unknown":
        return forbidden(UNKNOWN_USER);
      case "uid":
        return peer.uid === this.#ownUid ? undefined : forbidden(OTHER_USER);
    }
  }
}

const BEHIND_PROXY =
  "The request came through a proxy, and local mode knows only its own user. Set WT_ROOST_TOKEN to serve others.";
const OTHER_MACHINE = "The request came from another machine. Set WT_ROOST_TOKEN to serve others.";
const OTHER_NAME = "Open http://localhost with this server's port, or set WT_ROOST_TOKEN to serve under other names.";
const OTHER_USER =
  "This server belongs to another user of this machine and serves only that user. Start your own on another port.";
const UNKNOWN_USER = "The kernel's table of sockets does not say which user this connection belongs to. Connect again.";

const forbidden = (message: string): Refusal => ({ status: 403, code: "permission_denied", message });
