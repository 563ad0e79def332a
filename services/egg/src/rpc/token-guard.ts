import { createHash, timingSafeEqual } from "node:crypto";
import { type Metadata, ResponderBuilder, ServerInterceptingCall, type ServerInterceptor, status } from "@grpc/grpc-js";

const SCHEME = /^Bearer +(\S+)$/i;

/** What a caller without the token is told. */
const REFUSAL = {
  code: status.UNAUTHENTICATED,
  details: "This egg wants its own token: send `authorization: Bearer` with the text of egg.token in the egg's folder.",
};

const digest = (text: string) => createHash("sha256").update(text).digest();

/** Refuses every call without the token, reflection too, before its messages are read. */
export function tokenGuard(token: string): ServerInterceptor {
  const expected = digest(token);
  const isAllowed = (metadata: Metadata): boolean => {
    const [header, ...more] = metadata.get("authorization");
    const presented = typeof header === "string" && more.length === 0 ? SCHEME.exec(header)?.[1] : undefined;
    // Digests have one length and are compared in one time.
    return timingSafeEqual(digest(presented ?? ""), expected) && presented !== undefined;
  };
  return (_method, call) => {
    const responder = new ResponderBuilder().withStart((next) =>
      next({
        onReceiveMetadata: (metadata, pass) => {
          if (isAllowed(metadata)) pass(metadata);
          else call.sendStatus(REFUSAL);
        },
      }),
    );
    return new ServerInterceptingCall(call, responder.build());
  };
}
