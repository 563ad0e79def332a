/** The part of a WebSocket that a link needs; each handler is set once. */
export interface BinarySocket {
  /** Sends one binary message. */
  send(data: Uint8Array<ArrayBuffer>): void;
  /** Bytes handed to send that the system has not taken yet. */
  readonly bufferedAmount: number;
  close(code?: number, reason?: string): void;
  /** Sets the handler of the opened connection; it is called at once when the socket is open already. */
  onOpen(handler: () => void): void;
  /** Sets the handler of binary messages; a text message closes the socket. */
  onMessage(handler: (data: Uint8Array) => void): void;
  /** Sets the handler of the end, called exactly once, errors included. */
  onClose(handler: (code: number, reason: string) => void): void;
}

/** The part of the WHATWG WebSocket that is used; browsers' and Node's own class have it, and so has that of `ws`. */
export interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "open" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "close", listener: (event: { readonly code: number; readonly reason: string }) => void): void;
}

/** readyState of a WebSocket that is open. */
const OPEN = 1;
/** readyState of a WebSocket that has ended. */
const CLOSED = 3;
/** Close code of ours: text came. The standard's own code for it, 1003, may not be sent by a page. */
const UNSUPPORTED_DATA = 4003;
/** What WebSockets call an end that nobody gave a reason for. */
const ABNORMAL_CLOSURE = 1006;

/** A BinarySocket over the WebSocket class of the platform, or of `ws`. */
export function browserSocket(socket: WebSocketLike): BinarySocket {
  socket.binaryType = "arraybuffer";
  // An error is always followed by a close; without a listener `ws` would throw it.
  socket.addEventListener("error", () => {});
  return {
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    send: (data) => socket.send(data),
    close: (code, reason) => socket.close(code, reason),
    onOpen(handler) {
      if (socket.readyState === OPEN) handler();
      else socket.addEventListener("open", handler);
    },
    onMessage(handler) {
      socket.addEventListener("message", ({ data }) => {
        if (data instanceof ArrayBuffer) handler(new Uint8Array(data));
        else socket.close(UNSUPPORTED_DATA, "binary messages only");
      });
    },
    onClose(handler) {
      if (socket.readyState === CLOSED) queueMicrotask(() => handler(ABNORMAL_CLOSURE, ""));
      else socket.addEventListener("close", ({ code, reason }) => handler(code, reason));
    },
  };
}
