import { randomFillSync } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { userInfo } from "node:os";
import { join } from "node:path";
import { createTokenIssuer } from "@wingthing/access-token/issue";
import { keysFromJwks } from "@wingthing/access-token/published-keys";
import type { TokenVerifierKeys } from "@wingthing/access-token/verify";
import { AccountService, MachineService, TicketService } from "@wingthing/contracts/gen/wingthing/auth/v1/auth_pb";
import type { RandomSource, WingId } from "@wingthing/contracts/ids";
import { type Clock, systemClock } from "@wingthing/service-runtime/clock";
import { connectHandler } from "@wingthing/service-runtime/connect-handler";
import { mapErrors } from "@wingthing/service-runtime/errors";
import type { Log } from "@wingthing/service-runtime/log";
import type { RequestHandler } from "@wingthing/service-runtime/request-handler";
import { validateRequests } from "@wingthing/service-runtime/validate";
import { ensureLocalPerson } from "./accounts/local-person.ts";
import { ensurePrivateFolder } from "./files/private-files.ts";
import { loadRoostKeys } from "./keys/roost-keys.ts";
import { localWingCredential } from "./machines/local-wing-credential.ts";
import { MachineRegistry } from "./machines/machine-registry.ts";
import { accountService } from "./rpc/account-service.ts";
import { createCallers } from "./rpc/caller.ts";
import { errorTable } from "./rpc/error-table.ts";
import { keySetHandler } from "./rpc/key-set-handler.ts";
import { machineService } from "./rpc/machine-service.ts";
import { ticketService } from "./rpc/ticket-service.ts";
import { openSqliteStore } from "./store/sqlite-store.ts";
import type { Store, UserRecord } from "./store/store.ts";
import { TicketOffice } from "./tickets/ticket-office.ts";

/** How to start. */
export interface RoostAuthOptions {
  /** Private folder for the database and the keys; made when there is none. */
  readonly dataDir: string;
  /** One person, no login: only behind a listener with a local guard. */
  readonly local: boolean;
  /** Of the roost, told to clients. */
  readonly version: string;
  readonly log: Log;
  readonly clock?: Clock;
  readonly random?: RandomSource;
  /** WT_JWT_KEY: PEM or base64 of DER; unset = a key in the folder, made on the first start. */
  readonly signingKey?: string | undefined;
  /** Of the person of local mode; unset = the name of the user who runs this. */
  readonly localName?: string | undefined;
}

/** roost-auth, ready to be put behind a listener. */
export interface RoostAuth extends AsyncDisposable {
  /** Takes what is for it: its services and /.well-known/jwks.json; true when it did. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Public keys, for verifiers in the same process. */
  readonly keys: TokenVerifierKeys;
  /** True while the store can be read. */
  readonly isHealthy: () => Promise<boolean>;
  /** Local mode: the credential of the wing on this machine, kept from the first time on. Throws LocalModeOnlyError. */
  localWingCredential(wingId: WingId): Promise<string>;
}

/** Asked outside of local mode for what only local mode has. */
export class LocalModeOnlyError extends Error {
  override readonly name = "LocalModeOnlyError";
  constructor() {
    super("Only a roost in local mode gives out the credential of its own wing. Sign the machine in: wt login");
  }
}

/** Requests hold a key and an id; the largest is under 200 bytes. */
const MAX_REQUEST_BYTES = 16_384;
const LOCAL_WING_FILE = "local-wing.json";

/** Opens the store, reads or makes the keys, and makes the services. */
export async function startRoostAuth(options: RoostAuthOptions): Promise<RoostAuth> {
  const { dataDir, log, clock = systemClock, random = (bytes) => randomFillSync(bytes) } = options;
  await ensurePrivateFolder(dataDir);
  const { signing, published } = await loadRoostKeys({ dataDir, signingKey: options.signingKey, log });
  const store = await openSqliteStore(join(dataDir, "roost.db"));
  await using opened = new AsyncDisposableStack();
  opened.use(store);

  const displayName = options.localName ?? userName();
  const person = options.local ? await ensureLocalPerson({ store, displayName, clock, random }) : undefined;
  const registry = new MachineRegistry({ store, clock, random, log });
  const tickets = new TicketOffice({
    store,
    clock,
    issuer: createTokenIssuer({ key: signing, now: () => clock.now() }),
  });
  const shutdown = new AbortController();
  opened.defer(() => shutdown.abort());
  const services = connectServices({ ...options, store, registry, tickets, person, signal: shutdown.signal });
  const handlers = [keySetHandler(published), services];

  const owned = opened.move();
  let lastLocalWing: Promise<unknown> = Promise.resolve();
  return {
    handle: (request, response) => handlers.some((handler) => handler(request, response)),
    keys: keysFromJwks(published),
    isHealthy: () =>
      store.check().then(
        () => true,
        () => false,
      ),
    async localWingCredential(wingId) {
      if (!person) throw new LocalModeOnlyError();
      const file = join(dataDir, LOCAL_WING_FILE);
      // One after the other, or two callers would revoke each other's.
      const next = lastLocalWing.then(() => localWingCredential({ registry, wingId, ownerId: person.userId, file }));
      lastLocalWing = next.catch(() => undefined);
      return next;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

interface Parts extends RoostAuthOptions {
  readonly store: Store;
  readonly registry: MachineRegistry;
  readonly tickets: TicketOffice;
  readonly person: UserRecord | undefined;
  readonly signal: AbortSignal;
}

function connectServices(parts: Parts): RequestHandler {
  const { registry, tickets, person, local, version, log, signal } = parts;
  const callers = createCallers(registry, person);
  return connectHandler({
    routes(router) {
      router.service(AccountService, accountService(callers, { local, version }));
      router.service(MachineService, machineService(callers, parts));
      router.service(TicketService, ticketService(callers, tickets));
    },
    interceptors: [mapErrors(errorTable(log)), validateRequests()],
    readMaxBytes: MAX_REQUEST_BYTES,
    shutdownSignal: signal,
    log,
  });
}

/** A user that the system has no name for is "you". */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "you";
  }
}
