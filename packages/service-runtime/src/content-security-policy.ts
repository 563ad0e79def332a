/** Hosts that may be written into a policy as they are. */
const PLAIN_HOST = /^[a-z0-9.-]+(:\d+)?$|^\[[0-9a-f:]+\](:\d+)?$/i;

const POLICY = {
  "default-src": "'none'",
  "script-src": "'self'",
  // xterm.js draws its rows with style elements and attributes that it makes itself; without 'unsafe-inline' every
  // character is black (seen with xterm 6.0 in Chromium).
  "style-src": "'self' 'unsafe-inline'",
  "img-src": "'self' data: blob:",
  "font-src": "'self'",
  "manifest-src": "'self'",
  "worker-src": "'self'",
  "base-uri": "'none'",
  "form-action": "'none'",
  "frame-ancestors": "'none'",
};

/** The content security policy of the client's page. `host` is the request's own: older engines' 'self' has no ws. */
export function pagePolicy(host: string | undefined): string {
  const sockets = host !== undefined && PLAIN_HOST.test(host) ? ` ws://${host} wss://${host}` : "";
  const directives = { ...POLICY, "connect-src": `'self'${sockets}` };
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources}`)
    .join("; ");
}
