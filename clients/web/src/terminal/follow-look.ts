import { type ReadonlySignal, signal } from "@preact/signals";
import type { TerminalLook } from "./terminal-surface.ts";

/** Size of the type on a screen with a mouse, and on a phone, in CSS pixels. */
const FONT_PX = 13;
const PHONE_FONT_PX = 12;

/** The terminal's look, in step with the system's colours, motion and pointer. */
export function followLook(window: Pick<Window, "matchMedia">): ReadonlySignal<TerminalLook> {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const coarse = window.matchMedia("(pointer: coarse)");
  const read = (): TerminalLook => ({
    scheme: dark.matches ? "dark" : "light",
    fontPx: coarse.matches ? PHONE_FONT_PX : FONT_PX,
    calm: calm.matches,
  });
  const look = signal(read());
  for (const query of [dark, calm, coarse]) {
    query.addEventListener("change", () => {
      look.value = read();
    });
  }
  return look;
}
