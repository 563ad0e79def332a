/** Longest reason that is passed on, in characters: a line of a notification. */
export const MAX_REASON_LENGTH = 200;

/** The bell rang. */
export const BELL_REASON = "rang the bell";

/** Text for people out of a sequence: one line, no controls, bounded. */
export function plainText(text: string, maxLength = MAX_REASON_LENGTH): string {
  const cleaned = text
    .replace(/\p{Cc}+/gu, " ")
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, "") // these turn the reading direction of what follows
    .trim();
  return Array.from(cleaned).slice(0, maxLength).join("");
}

/** The reason in an OSC 9 notification (iTerm2, ConEmu); undefined when it is one of the numbered commands instead. */
export function reasonOfOsc9(data: string): string | undefined {
  return /^\d+(;|$)/.test(data) ? undefined : plainText(data) || undefined;
}

/** The reason in an OSC 777 notification (urxvt): `notify;title;body`. */
export function reasonOfOsc777(data: string): string | undefined {
  const [command, ...text] = data.split(";");
  return command === "notify" ? plainText(text.filter(Boolean).join(": ")) || undefined : undefined;
}
