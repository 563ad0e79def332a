// The order of these three matters; each is evaluated before the next.
import "./unpooled-buffers.ts";

import { UnicodeGraphemesAddon } from "@xterm/addon-unicode-graphemes";

import "./pooled-buffers.ts";

import type { Terminal } from "@xterm/headless";

/** Gives a terminal the widths of characters that the web client uses. */
export function useGraphemeWidths(terminal: Terminal): void {
  terminal.loadAddon(new UnicodeGraphemesAddon());
}
