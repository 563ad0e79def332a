/** The longest text that a program may put on the clipboard, in bytes of base64: a large file, not a disk. */
export const MAX_CLIPBOARD_BASE64 = 1_400_000;

/** What a program asks of the clipboard with OSC 52. */
export type ClipboardRequest =
  | { readonly kind: "write"; readonly text: string }
  /** Reading is never allowed: what is on a person's clipboard is none of a program's business. */
  | { readonly kind: "read" }
  | { readonly kind: "invalid" };

/** Reads the payload of OSC 52: "c;<base64>", or "c;?" to read. */
export function parseClipboardRequest(payload: string): ClipboardRequest {
  const separator = payload.indexOf(";");
  if (separator < 0) return { kind: "invalid" };
  const data = payload.slice(separator + 1);
  if (data === "?") return { kind: "read" };
  if (data === "" || data.length > MAX_CLIPBOARD_BASE64) return { kind: "invalid" };
  try {
    const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
    return { kind: "write", text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { kind: "invalid" };
  }
}
