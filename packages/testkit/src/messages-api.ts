import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TestCertificate } from "./test-certificate.ts";

/** Largest request that the stand-in reads; an agent's first prompt with its tools is about 150 KB. */
const MAX_REQUEST_BYTES = 8 * 1024 * 1024;

/** A stand-in for the Anthropic Messages API: streams one fixed answer, and remembers what it was asked. */
export interface MessagesApi extends AsyncDisposable {
  /** Loopback port. */
  readonly port: number;
  /** Requests so far, as "METHOD path". */
  readonly requests: readonly string[];
  /** Bodies of the requests for messages, parsed. */
  readonly prompts: readonly unknown[];
}

async function readBody(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_REQUEST_BYTES) throw new Error(`a request of more than ${MAX_REQUEST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function* answerEvents(model: string, text: string): Generator<readonly [string, unknown]> {
  const usage = { input_tokens: 10, output_tokens: 1, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
  const message = {
    id: "msg_story",
    type: "message",
    role: "assistant",
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  };
  yield ["message_start", { message }];
  yield ["content_block_start", { index: 0, content_block: { type: "text", text: "" } }];
  for (const word of text.match(/\S+\s*/g) ?? []) {
    yield ["content_block_delta", { index: 0, delta: { type: "text_delta", text: word } }];
  }
  yield ["content_block_stop", { index: 0 }];
  yield ["message_delta", { delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 12 } }];
  yield ["message_stop", {}];
}

function answerMessages(prompt: { model?: string; stream?: boolean }, text: string, res: ServerResponse): void {
  const model = prompt.model ?? "unknown";
  if (prompt.stream !== true) {
    res.setHeader("content-type", "application/json");
    const usage = { input_tokens: 10, output_tokens: 12 };
    res.end(
      JSON.stringify({
        id: "msg_story",
        type: "message",
        role: "assistant",
        model,
        content: [{ type: "text", text }],
        stop_reason: "end_turn",
        stop_sequence: null,
        usage,
      }),
    );
    return;
  }
  res.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  for (const [type, data] of answerEvents(model, text)) {
    res.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...(data as object) })}\n\n`);
  }
  res.end();
}

/**
 * Serves the stand-in on a free loopback port.
 * @param answer what the model says
 * @param certificate serves TLS under this certificate; plain HTTP without one
 */
export async function serveMessagesApi(answer: string, certificate?: TestCertificate): Promise<MessagesApi> {
  const requests: string[] = [];
  const prompts: unknown[] = [];
  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const path = (req.url ?? "/").split("?")[0];
    requests.push(`${req.method} ${path}`);
    const body = await readBody(req);
    if (path === "/v1/messages" && req.method === "POST") {
      const prompt = JSON.parse(body) as { model?: string; stream?: boolean };
      prompts.push(prompt);
      answerMessages(prompt, answer, res);
    } else if (path === "/v1/messages/count_tokens") {
      res.setHeader("content-type", "application/json");
      res.end('{"input_tokens":10}');
    } else {
      res.writeHead(404, { "content-type": "application/json" });
      res.end('{"type":"error","error":{"type":"not_found_error","message":"the stand-in knows only messages"}}');
    }
  };
  const onRequest = (req: IncomingMessage, res: ServerResponse): void => {
    handle(req, res).catch(() => res.destroy());
  };
  const server =
    certificate === undefined
      ? createPlainServer(onRequest)
      : createServer({ key: certificate.key, cert: certificate.cert }, onRequest);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    prompts,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
