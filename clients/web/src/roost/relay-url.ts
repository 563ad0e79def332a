/** The relay of the roost that served this page. */
export function relayUrl(pageUrl: string): string {
  const url = new URL("/relay", pageUrl);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
