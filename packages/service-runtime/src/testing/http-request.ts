import { once } from "node:events";
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";
import { connect, type Socket } from "node:net";

/** A request with every header under the test's control; Host is only sent when it is given. */
export interface TestRequest {
  readonly port: number;
  /** Address to dial; 127.0.0.1 unless given. */
  readonly address?: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

/** What came back. */
export interface TestResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends one request on a connection of its own and reads the whole answer. */
export function send(options: TestRequest): Promise<TestResponse> {
  const { port, address = "127.0.0.1", method = "GET", path = "/", headers, body } = options;
  const host = { host: `localhost:${port}` };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: address, port, method, path, headers: { ...host, ...headers }, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString("utf8"),
          }),
        );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** Sends an upgrade request; gives the status, and the socket when it was accepted. */
export function sendUpgrade(options: TestRequest): Promise<{ status: number; body: string; socket?: Socket }> {
  const { port, address = "127.0.0.1", path = "/relay", headers } = options;
  const upgrade = {
    host: `localhost:${port}`,
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
  };
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: address, port, path, headers: { ...upgrade, ...headers }, agent: false });
    outgoing.on("error", reject);
    outgoing.on("upgrade", (response, socket, head) => {
      resolve({ status: response.statusCode ?? 0, body: head.toString("utf8"), socket });
    });
    outgoing.on("response", (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        body += text;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    outgoing.end();
  });
}

/** Sends bytes as they are and gives what comes back until the server closes. */
export async function sendRaw(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk;
  });
  socket.write(text);
  await once(socket, "close");
  return answer;
}
