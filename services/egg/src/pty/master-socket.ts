import { Socket, type SocketConstructorOpts } from "node:net";
import { NativePtyError } from "./native-pty.ts";

/** The part of Node's pipe handles that is used: it takes over an open descriptor. */
interface PipeHandle {
  open(descriptor: number): number;
}

type PipeHandleClass = new (kind: number) => PipeHandle;

/** Kind of a pipe handle that reads and writes. */
const SOCKET_KIND = 0;

/**
 * The class of the handle below a socket. `tty.ReadStream` will not do for a terminal's master: libuv writes to it in a
 * busy loop while the program does not read, where a pipe handle waits for the kernel. `new net.Socket({ fd })` refuses
 * a terminal by its kind.
 */
function parsePipeHandleClass(pipe: Socket): PipeHandleClass {
  const handle: unknown = Reflect.get(pipe, "_handle");
  const constructed = handle === null || typeof handle !== "object" ? undefined : handle.constructor;
  if (typeof constructed !== "function" || typeof constructed.prototype?.open !== "function") {
    throw new NativePtyError(`Node ${process.version} has no pipe handle below a child's standard input`);
  }
  return constructed as unknown as PipeHandleClass;
}

/** Node takes any handle here, its types only some. */
function socketOver(handle: PipeHandle, options: SocketConstructorOpts): Socket {
  const withHandle: unknown = { ...options, handle };
  return new Socket(withHandle as SocketConstructorOpts);
}

/** What `openMasterSocket` is made of. */
export interface MasterSocketOptions {
  /** Descriptor of the master, not blocking; the socket closes it. */
  readonly master: number;
  /** Any open pipe of this process. */
  readonly pipe: Socket;
  /** Every read goes here. */
  readonly buffer: Buffer;
  /** So many bytes stand at the start of the buffer; false pauses. */
  readonly onRead: (length: number) => boolean;
}

/** A socket over a terminal's master: reads into one buffer without a queue of its own, writes without blocking. */
export function openMasterSocket(options: MasterSocketOptions): Socket {
  const Handle = parsePipeHandleClass(options.pipe);
  const handle = new Handle(SOCKET_KIND);
  const failure = handle.open(options.master);
  if (failure !== 0) throw new NativePtyError(`the terminal's descriptor was refused with error ${failure}`);
  return socketOver(handle, { onread: { buffer: options.buffer, callback: options.onRead } });
}
