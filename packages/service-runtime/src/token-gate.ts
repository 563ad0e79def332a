import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "./clock.ts";
import { pathOf } from "./http-reply.ts";
import { RateLimiter } from "./rate-limiter.ts";
import { mediaType } from "./request-form.ts";
import type { Refusal, Verdict } from "./request-guard.ts";
import { sendTokenPage } from "./token-page.ts";

/** Where the page that asks for the token sends it. */
export const TOKEN_PATH = "/roost-token";

/** Shorter tokens could be guessed. */
export const MIN_TOKEN_CHARS = 24;
/** The form: a token and a path. */
const MAX_FORM_BYTES = 4_096;
const COOKIE_NAME = "wt_roost";
/** A browser is asked again after 30 days. */
const COOKIE_LIFETIME_S = 30 * 24 * 3600;
/** Wrong tokens per address. */
const FAILURES = { burst: 10, perSecond: 0.2, maxCallers: 1_000 };

/** The token is too easy to guess. */
export class WeakTokenError extends Error {
  override readonly name = "WeakTokenError";
  constructor(found: number) {
    super(
      `WT_ROOST_TOKEN has ${found} characters; wanted at least ${MIN_TOKEN_CHARS}. Make one with: openssl rand -hex 32`,
    );
  }
}

/** Admits who shows the token: as `authorization: Bearer`, or as the cookie that the token page sets. */
export class TokenGate {
  readonly #token: string;
  readonly #cookie: string;
  readonly #failures: RateLimiter;

  /** Throws WeakTokenError. */
  constructor(token: string, clock: Pick<Clock, "monotonicMs">) {
    if (token.length < MIN_TOKEN_CHARS) throw new WeakTokenError(token.length);
    this.#token = token;
    // Not the token itself: a cookie that leaks opens this listener, and nothing else that uses the token.
    this.#cookie = createHmac("sha256", token).update("wingthing/roost-cookie/1").digest("base64url");
    this.#failures = new RateLimiter(FAILURES, clock);
  }

  /** True for the one request that is not an RPC: the form of the token page. */
  isForm(request: IncomingMessage): boolean {
    const isFormType = mediaType(request) === "application/x-www-form-urlencoded";
    return request.method === "POST" && pathOf(request) === TOKEN_PATH && isFormType;
  }

  inspect(request: IncomingMessage, kind: "request" | "upgrade"): Verdict {
    if (this.#failures.isExhausted(callerOf(request))) return { kind: "refuse", refusal: TOO_MANY_FAILURES };
    if (this.isForm(request)) return { kind: "answer", handler: this.#answerForm };
    const bearer = bearerOf(request);
    const cookie = cookieOf(request);
    if (bearer !== undefined && sameSecret(bearer, this.#token)) return { kind: "admit" };
    if (cookie !== undefined && sameSecret(cookie, this.#cookie)) return { kind: "admit" };
    if (bearer !== undefined || cookie !== undefined) this.#failures.take(callerOf(request));
    return kind === "request" && wantsPage(request) ? { kind: "answer", handler: askForToken } : TOKEN_WANTED;
  }

  readonly #answerForm = (request: IncomingMessage, response: ServerResponse): boolean => {
    void this.#readAndAnswer(request, response).catch(() => response.destroy());
    return true;
  };

  async #readAndAnswer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const caller = callerOf(request);
    const form = await readForm(request);
    const next = safePath(form.get("next") ?? "/");
    if (sameSecret(form.get("token") ?? "", this.#token)) {
      const cookie = `${COOKIE_NAME}=${this.#cookie}; HttpOnly; SameSite=Lax; Path=/; Max-Age=${COOKIE_LIFETIME_S}`;
      response.writeHead(303, { "set-cookie": cookie, location: next, "cache-control": "no-store" }).end();
      return;
    }
    if (!this.#failures.isExhausted(caller)) this.#failures.take(caller);
    sendTokenPage(response, { action: TOKEN_PATH, next, wrong: true });
  }
}

const unauthenticated: Refusal = {
  status: 401,
  code: "unauthenticated",
  message: "This server wants its token: send `authorization: Bearer <WT_ROOST_TOKEN>`, or open it in a browser.",
  headers: { "www-authenticate": "Bearer" },
};
const TOKEN_WANTED: Verdict = { kind: "refuse", refusal: unauthenticated };
const TOO_MANY_FAILURES: Refusal = {
  status: 429,
  code: "resource_exhausted",
  message: "Too many wrong tokens from this address. Wait a minute.",
  headers: { "retry-after": "60" },
};

function askForToken(request: IncomingMessage, response: ServerResponse): boolean {
  sendTokenPage(response, { action: TOKEN_PATH, next: safePath(request.url ?? "/"), wrong: false });
  return true;
}

function wantsPage({ method, headers }: IncomingMessage): boolean {
  return method === "GET" && (headers.accept ?? "").includes("text/html");
}

const callerOf = (request: IncomingMessage): string => request.socket.remoteAddress ?? "";

function bearerOf({ headers }: IncomingMessage): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
}

function cookieOf({ headers }: IncomingMessage): string | undefined {
  const pairs = (headers.cookie ?? "").split(";").map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${COOKIE_NAME}=`))?.slice(COOKIE_NAME.length + 1);
}

/** Takes the same time wherever the two differ. */
function sameSecret(found: string, wanted: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(found), digest(wanted));
}

/** A path of this server; "//host" and "/\host" would lead elsewhere. */
function safePath(text: string): string {
  return /^\/(?![/\\])[\x21-\x7e]*$/.test(text) ? text : "/";
}

/** A form that is too long reads as an empty one. */
function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve, reject) => {
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MAX_FORM_BYTES) chunks.push(chunk);
      else resolve(new URLSearchParams());
    });
    request.once("end", () => resolve(new URLSearchParams(Buffer.concat(chunks).toString("utf8"))));
    request.once("error", reject);
  });
}
