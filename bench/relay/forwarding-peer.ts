import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { WebSocket } from "ws";
import { type ProcessUsage, ServerProcess } from "../measure/server-process.ts";
import { encode, nextFrame } from "./frames.ts";

/** One end of a path: what is sent here comes out at the other end. */
export interface PathEnd {
  readonly webSocket: WebSocket;
  /** Wraps a payload in what the server wants around it. */
  wrap(payload: Uint8Array): Uint8Array;
}

/** How a peer's server runs. */
export interface PeerOptions {
  /** For measurements of memory; it costs speed. */
  readonly collecting?: boolean;
}

/** Something that forwards messages between two sockets. */
export interface ForwardingPeer extends AsyncDisposable {
  readonly name: string;
  /** Two ends that are joined; at a server that echoes, both are the same. */
  connect(): Promise<readonly [near: PathEnd, far: PathEnd]>;
  /** A socket that is admitted and does nothing. */
  connectIdle(): Promise<WebSocket>;
  usage(): ProcessUsage;
}

const PIPE_SERVER = fileURLToPath(new URL("./pipe-server.ts", import.meta.url));
const ECHO_SERVER = fileURLToPath(new URL("./echo-server.ts", import.meta.url));
const RELAY_SERVER = fileURLToPath(new URL("../../services/roost-relay/src/testing/relay-server.ts", import.meta.url));
/** A wing of the person "bench"; the server takes the identity as it is. */
const WING_ID = `w${"a".repeat(20)}`;
const PERSON = { sub: "bench", groups: ["user:bench"] };

async function dial(url: string): Promise<WebSocket> {
  const webSocket = new WebSocket(url, { perMessageDeflate: false });
  await once(webSocket, "open");
  return webSocket;
}

const bare = (webSocket: WebSocket): PathEnd => ({ webSocket, wrap: (payload) => payload });

/** One hop: a server that answers what it hears. */
export async function echoPeer(options: PeerOptions = {}): Promise<ForwardingPeer> {
  const server = await ServerProcess.start(ECHO_SERVER, options);
  const connect = async () => {
    const end = bare(await dial(server.url));
    return [end, end] as const;
  };
  return peer("ws echo", server, { connect, connectIdle: () => dial(server.url) });
}

/** Two hops: what comes from one WebSocket goes to the other. */
export async function pipePeer(options: PeerOptions = {}): Promise<ForwardingPeer> {
  const server = await ServerProcess.start(PIPE_SERVER, options);
  let pairs = 0;
  const connect = async () => {
    const url = `${server.url}?pair=${pairs++}`;
    return [bare(await dial(url)), bare(await dial(url))] as const;
  };
  const connectIdle = () => dial(`${server.url}?pair=${pairs++}`);
  return peer("ws pipe", server, { connect, connectIdle });
}

/** The relay: admitted links, channels, bounds. */
export async function relayPeer(options: PeerOptions = {}): Promise<ForwardingPeer> {
  const server = await ServerProcess.start(RELAY_SERVER, options);
  const admitted = async (identity: object) => {
    const webSocket = await dial(server.url);
    webSocket.send(encode({ case: "hello", value: { token: JSON.stringify(identity), version: 1 } }));
    await nextFrame(webSocket, "welcome");
    return webSocket;
  };
  const connect = async () => {
    const wing = await admitted({ ...PERSON, wing: WING_ID });
    const browser = await admitted(PERSON);
    const opened = nextFrame(browser, "opened");
    const open = nextFrame(wing, "open");
    browser.send(encode({ case: "open", value: { channelId: 1, wingId: WING_ID } }));
    await opened;
    return [channelEnd(browser, 1), channelEnd(wing, (await open).value.channelId)] as const;
  };
  return peer("relay", server, { connect, connectIdle: () => admitted(PERSON) });
}

function channelEnd(webSocket: WebSocket, channelId: number): PathEnd {
  return { webSocket, wrap: (payload) => encode({ case: "data", value: { channelId, payload } }) };
}

function peer(
  name: string,
  server: ServerProcess,
  methods: Pick<ForwardingPeer, "connect" | "connectIdle">,
): ForwardingPeer {
  return {
    name,
    ...methods,
    usage: () => server.usage(),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
