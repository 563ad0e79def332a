/** From this many lines on a person looks first, when the program treats a paste as one piece of text. */
export const MANY_LINES_BRACKETED = 12;
/** And when it does not: then every line end runs what stands before it. */
export const MANY_LINES_RAW = 2;
/** Longest paste, in characters: what may wait for the session in bytes, and UTF-8 takes at most three for each. */
export const MAX_PASTE_CHARACTERS = 1_000_000;
/** What the question shows, in characters. */
const MAX_SHOWN = 4_000;

/** Ends a bracketed paste early, so that what follows is taken for typing. It is never part of honest text. */
const PASTE_END = "\u001b[201~";
/** Control characters that text has no use for; tab and line ends are fine. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point.
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/** What to do with a paste. */
export type PasteDecision =
  | { readonly kind: "empty" }
  | { readonly kind: "send"; readonly text: string }
  | {
      readonly kind: "ask";
      readonly text: string;
      readonly lines: number;
      readonly controls: number;
      readonly shown: string;
    }
  | { readonly kind: "too-long"; readonly characters: number };

/** Looks at a paste before it is sent. `bracketed` says whether the program asked for bracketed paste. */
export function checkPaste(pasted: string, bracketed: boolean): PasteDecision {
  if (pasted === "") return { kind: "empty" };
  if (pasted.length > MAX_PASTE_CHARACTERS) return { kind: "too-long", characters: pasted.length };
  const text = pasted.replaceAll(PASTE_END, "");
  const lines = text.replace(/\r?\n$/, "").split(/\r\n|\r|\n/).length;
  const controls = text.match(CONTROLS)?.length ?? 0;
  const endsLine = !bracketed && /[\r\n]/.test(text);
  const many = lines >= (bracketed ? MANY_LINES_BRACKETED : MANY_LINES_RAW);
  if (!many && !endsLine && controls === 0) return { kind: "send", text };
  return { kind: "ask", text, lines, controls, shown: shownText(text) };
}

/** Text with its control characters made visible in caret notation, as `cat -v` writes them: "^[" for Escape. */
function shownText(text: string): string {
  const visible = (control: string) => {
    const code = control.charCodeAt(0);
    if (code === 0x7f) return "^?";
    return code < 0x20 ? `^${String.fromCharCode(0x40 + code)}` : `\\x${code.toString(16)}`;
  };
  const cut = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  return cut.replace(CONTROLS, visible);
}
