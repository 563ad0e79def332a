/** The part of a WebSocket that a link needs; each handler is set once. */
export interface BinarySocket {
  /** Sends one binary message. */
  send(data: Uint8Array): void;
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

/** The part of the WHATWG WebSocket that is used; browsers' and Node's own class have it. */
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

/** A BinarySocket over the WebSocket class of the platform. */
export function browserSocket(_socket: WebSocketLike): BinarySocket {
  throw new Error("not built yet");
}
