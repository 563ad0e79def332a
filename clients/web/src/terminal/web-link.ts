/** An address that a person may open from a terminal: http and https only, and what to show of it first. */
export interface WebLink {
  readonly href: string;
  readonly host: string;
}

/** Reads a link of a terminal; undefined for anything that is not http or https, or hides where it goes. */
export function parseWebLink(text: string): WebLink | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isWeb = url.protocol === "http:" || url.protocol === "https:";
  // "https://bank.example@evil.example/" is made to be misread.
  const isPlain = url.username === "" && url.password === "";
  return isWeb && isPlain ? { href: url.href, host: url.host } : undefined;
}
