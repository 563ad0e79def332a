import { constants } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { pagePolicy } from "./content-security-policy.ts";
import { pathOf, sendRefusal } from "./http-reply.ts";
import type { RequestHandler } from "./request-handler.ts";

/** Files under it carry a hash of their content in their name, so they never change. */
const IMMUTABLE_PREFIX = "/assets/";
const INDEX = "index.html";
/** One part of a path: no leading dot, nothing that a file system could read in its own way. */
const PLAIN_SEGMENT = /^[A-Za-z0-9_@~-][A-Za-z0-9._@~-]*$/;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

/** Variants that may lie beside a file, best first. */
const ENCODINGS = [
  { name: "br", suffix: ".br" },
  { name: "gzip", suffix: ".gz" },
];

/**
 * Serves a folder of a built web client to every GET and HEAD that reaches it. A path without an extension is a screen
 * of the client: it gets index.html.
 */
export function staticFiles(root: string): RequestHandler {
  return (request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") return false;
    void serveFrom(root, request, response).catch(() => response.destroy());
    return true;
  };
}

interface FoundFile {
  readonly handle: FileHandle;
  readonly size: number;
  readonly etag: string;
  readonly encoding: string | undefined;
}

async function serveFrom(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = pathOf(request);
  const name = isScreen(path, request) ? INDEX : plainPath(path);
  const file = name === undefined ? undefined : await findFile(root, name, request);
  if (!name || !file) return sendMissing(path, response);
  await using _closing = file.handle;
  for (const [header, value] of Object.entries(headersOf(path, name, file))) response.setHeader(header, value);
  if (extname(name) === ".html") response.setHeader("content-security-policy", pagePolicy(request.headers.host));
  if (request.headers["if-none-match"] === file.etag) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(200, { "content-length": file.size });
  if (request.method === "HEAD") response.end();
  else await pipeline(file.handle.createReadStream({ autoClose: false }), response);
}

/** A page that a person opens: the root, or a path that names no file. */
function isScreen(path: string, request: IncomingMessage): boolean {
  if (path === "/") return true;
  const wantsPage = (request.headers.accept ?? "").includes("text/html");
  return wantsPage && extname(path) === "" && !path.startsWith(IMMUTABLE_PREFIX) && !path.startsWith("/.");
}

/** A path below the root, or undefined for anything that could lead out of it. */
function plainPath(path: string): string | undefined {
  const segments = path.split("/").slice(1);
  return segments.every((segment) => PLAIN_SEGMENT.test(segment)) ? join(...segments) : undefined;
}

async function findFile(root: string, name: string, request: IncomingMessage): Promise<FoundFile | undefined> {
  const accepted = acceptedEncodings(request.headers["accept-encoding"]);
  for (const { name: encoding, suffix } of ENCODINGS) {
    if (!accepted.has(encoding)) continue;
    const variant = await openFile(root, name + suffix);
    if (variant) return { ...variant, encoding };
  }
  const file = await openFile(root, name);
  return file && { ...file, encoding: undefined };
}

type OpenFile = Omit<FoundFile, "encoding">;

/** Opens a regular file that really lies under the root, wherever links lead. */
async function openFile(root: string, name: string): Promise<OpenFile | undefined> {
  const [realRoot, realFile] = await Promise.all([realPathOf(root), realPathOf(join(root, name))]);
  if (!realRoot || !realFile?.startsWith(realRoot + sep)) return undefined;
  const handle = await open(realFile, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => {});
  const stat = await handle?.stat();
  if (!handle || !stat) return undefined;
  if (stat.isFile()) return { handle, size: stat.size, etag: `"${stat.size}-${Math.trunc(stat.mtimeMs)}"` };
  await handle.close();
  return undefined;
}

async function realPathOf(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined);
}

/** Encodings that the client takes; "br;q=0" refuses one. */
function acceptedEncodings(header: string | string[] | undefined): ReadonlySet<string> {
  const items = String(header ?? "")
    .split(",")
    .map((item) => item.trim().toLowerCase());
  return new Set(items.filter((item) => !/;\s*q=0(\.0*)?$/.test(item)).map((item) => item.split(";", 1)[0] ?? ""));
}

function headersOf(path: string, name: string, { etag, encoding }: FoundFile): Record<string, string> {
  const immutable = path.startsWith(IMMUTABLE_PREFIX);
  return {
    "content-type": CONTENT_TYPES[extname(name)] ?? "application/octet-stream",
    "cache-control": immutable ? "public, max-age=31536000, immutable" : "no-cache",
    vary: "accept-encoding",
    etag,
    ...(encoding && { "content-encoding": encoding }),
  };
}

function sendMissing(path: string, response: ServerResponse): void {
  const message = path === "/" ? "The web client is not built here. Run: npm start" : "There is no such file.";
  sendRefusal(response, { status: 404, code: "unimplemented", message });
}
