import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";

/** What the page shows. */
export interface TokenPage {
  /** Where the form goes. */
  readonly action: string;
  /** Where the person wanted to go: a path of this server. */
  readonly next: string;
  /** The last token was not it. */
  readonly wrong: boolean;
}

const STYLE = [
  ":root{color-scheme:light dark}",
  "body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:15vh auto;padding:0 1rem}",
  "input,button{font:inherit;width:100%;box-sizing:border-box;padding:.6rem;margin:.3rem 0}",
].join("");
const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${STYLE_HASH}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Sends the page that asks for the token; no script, nothing from elsewhere. */
export function sendTokenPage(response: ServerResponse, page: TokenPage): void {
  const html = renderTokenPage(page);
  response.writeHead(401, {
    "content-type": "text/html; charset=utf-8",
    "content-length": Buffer.byteLength(html),
    "content-security-policy": POLICY,
    // With no-referrer a browser would send the form with "Origin: null", which the guard refuses.
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
  });
  response.end(html);
}

function renderTokenPage({ action, next, wrong }: TokenPage): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>wingthing</title><style>${STYLE}</style></head>
<body><main><h1>wingthing</h1>
<form method="post" action="${escapeHtml(action)}">
<p><label for="token">Token of this roost (WT_ROOST_TOKEN where it was started)</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus></p>
${wrong ? '<p role="alert">That is not the token.</p>' : ""}
<input type="hidden" name="next" value="${escapeHtml(next)}">
<button>Open</button>
</form></main></body></html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
