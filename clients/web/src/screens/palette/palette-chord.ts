/** The part of a key press that a chord is made of. */
type Press = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

/** Ctrl K, or ⌘ K: the one chord that is ours everywhere, in a terminal too. */
export function isPaletteChord({ key, ctrlKey, metaKey, altKey, shiftKey }: Press): boolean {
  return key.toLowerCase() === "k" && ctrlKey !== metaKey && !altKey && !shiftKey;
}

/** The chord as it is written on this platform. */
export function paletteChord(platform: string): string {
  return /mac|iphone|ipad/i.test(platform) ? "⌘ K" : "Ctrl K";
}
