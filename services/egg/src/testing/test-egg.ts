import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { type Client, createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { ResolvedEggConfigSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { EggService, type StartRequestSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { type Log, silentLog } from "@wingthing/service-runtime/log";
import { type EggApp, type EggOptions, startEgg } from "../app.ts";
import { Attachment, type AttachmentOptions } from "./attachment.ts";
import { preparePlainSandbox } from "./plain-sandbox.ts";
import { TEST_ENV } from "./pty-program.ts";
import { StandInGateway } from "./stand-in-gateway.ts";

/** The token of test eggs. */
export const TEST_TOKEN = "5e".repeat(32);

/** The session of test eggs. */
const TEST_SESSION = "saaaabbbbccccdddd";

/** A folder as a wing makes one for an egg. */
export async function makeEggDir(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "egg-"));
  await writeFile(join(folder, "egg.token"), `${TEST_TOKEN}\n`, { mode: 0o600 });
  return folder;
}

type StartInit = Omit<MessageInitShape<typeof StartRequestSchema>, "$typeName">;

/** A request that starts a shell script; `change` replaces parts of it. */
export function startRequest(script: string, change: StartInit = {}): StartInit {
  return {
    sessionId: TEST_SESSION,
    agent: "shell",
    argv: ["/bin/sh", "-c", script],
    cwd: "/",
    home: "/",
    env: { ...TEST_ENV },
    config: create(ResolvedEggConfigSchema),
    size: { columns: 80, rows: 24 },
    ...change,
  };
}

const bearer =
  (token: string): Interceptor =>
  (next) =>
  (request) => {
    if (token !== "") request.header.set("authorization", `Bearer ${token}`);
    return next(request);
  };

/** Calls of an egg, as a wing makes them. */
export class EggCalls implements Disposable {
  readonly calls: Client<typeof EggService>;
  readonly #session: Http2SessionManager;

  constructor(socketPath: string, token = TEST_TOKEN) {
    const baseUrl = "http://egg.local";
    this.#session = new Http2SessionManager(baseUrl, undefined, {
      createConnection: () => connect(socketPath),
      settings: { initialWindowSize: 256 * 1024 },
    });
    const interceptors = [bearer(token)];
    const transport = createGrpcTransport({
      baseUrl,
      sessionManager: this.#session,
      acceptCompression: [],
      interceptors,
    });
    this.calls = createClient(EggService, transport);
  }

  /** Attaches a viewer. */
  attach(options: AttachmentOptions): Attachment {
    return new Attachment(this.calls, options);
  }

  /** Cuts the connection and every call on it, as a break of the line does. */
  cut(): void {
    this.#session.abort();
  }

  [Symbol.dispose](): void {
    this.cut();
  }
}

/** An egg with a stand-in for its gateway and without a sandbox, on a real socket with a real PTY. */
export class TestEgg implements AsyncDisposable {
  readonly dir: string;
  readonly app: EggApp;
  readonly gateway: StandInGateway;
  readonly #client: EggCalls;

  private constructor(dir: string, app: EggApp, gateway: StandInGateway) {
    this.dir = dir;
    this.app = app;
    this.gateway = gateway;
    this.#client = this.connect();
  }

  /** Opens an egg; options replace what it is made with. */
  static async open(options: Partial<EggOptions> = {}): Promise<TestEgg> {
    const dir = options.eggDir ?? (await makeEggDir());
    const gateway = new StandInGateway();
    const log: Log = silentLog;
    const stands = { openGateway: async () => gateway, prepareSandbox: preparePlainSandbox };
    const app = await startEgg({ eggDir: dir, log, ...stands, ...options });
    return new TestEgg(dir, app, gateway);
  }

  /** Opens an egg and starts a shell script in it. */
  static async run(script: string, options: Partial<EggOptions> = {}): Promise<TestEgg> {
    const egg = await TestEgg.open(options);
    await egg.calls.start(startRequest(script));
    return egg;
  }

  /** Calls of this egg. */
  get calls(): Client<typeof EggService> {
    return this.#client.calls;
  }

  /** Another connection. */
  connect(token?: string): EggCalls {
    return new EggCalls(this.app.socketPath, token);
  }

  /** Attaches a viewer. */
  attach(options: AttachmentOptions = {}): Attachment {
    return this.#client.attach(options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.cut();
    await this.app[Symbol.asyncDispose]();
    await rm(this.dir, { recursive: true, force: true });
  }
}
