import { agoWords } from "../time/age.ts";
import type { Tone } from "../ui/state-dot.tsx";
import type { WingState } from "./wing-state.ts";

/** A wing that has not told its name yet is called by the start of its id. */
export function wingLabel(wingId: string, told: string | undefined, remembered: string | undefined): string {
  const label = told ?? remembered ?? "";
  return label === "" ? `wing ${wingId.slice(0, 5)}` : label;
}

/** The state of a wing in words; `seenAt` is when the roost saw it last, 0 when never. */
export function wingWord(
  state: WingState,
  seenAt: number,
  now: number,
): { readonly tone: Tone; readonly word: string } {
  switch (state.kind) {
    case "offline":
      return { tone: "off", word: seenAt === 0 ? "offline" : `offline, last seen ${agoWords(now - seenAt)}` };
    case "dialing":
      return { tone: "busy", word: "connecting" };
    case "securing":
      return { tone: "busy", word: "securing the channel" };
    case "online":
      return { tone: "idle", word: "online" };
    case "retrying":
      return { tone: "busy", word: "connecting again" };
    case "key-changed":
      return { tone: "bad", word: "its key changed" };
    case "refused":
      return { tone: "bad", word: "refused" };
  }
}
