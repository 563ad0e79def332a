/** A key of the bar above a phone's keyboard. */
export interface TouchKey {
  /** What is printed on it. */
  readonly face: string;
  /** What a screen reader says. */
  readonly name: string;
  /** What it sends, with the cursor keys in normal and in application mode. */
  readonly sends: { readonly normal: string; readonly application: string };
}

const key = (face: string, name: string, normal: string, application = normal): TouchKey => ({
  face,
  name,
  sends: { normal, application },
});

/** The keys that a phone lacks, in the order of the bar; Ctrl and Paste are not among them, for they send nothing. */
export const TOUCH_KEYS = {
  escape: key("esc", "esc", "\u001b"),
  tab: key("tab", "tab", "\t"),
  left: key("←", "Left", "\u001b[D", "\u001bOD"),
  down: key("↓", "Down", "\u001b[B", "\u001bOB"),
  up: key("↑", "Up", "\u001b[A", "\u001bOA"),
  right: key("→", "Right", "\u001b[C", "\u001bOC"),
  interrupt: key("^C", "^C, interrupt", "\u0003"),
  slash: key("/", "Slash", "/"),
  pipe: key("|", "Pipe", "|"),
  dash: key("-", "Dash", "-"),
  tilde: key("~", "Tilde", "~"),
} satisfies Record<string, TouchKey>;

/** What a single character sends while Ctrl is held; longer input and characters without a control code stay as they are. */
export function withCtrl(data: string): string {
  if (data.length !== 1) return data;
  const code = data.toUpperCase().charCodeAt(0);
  if (data === " ") return "\u0000";
  if (data === "?") return "\u007f";
  return code >= 0x40 && code <= 0x5f ? String.fromCharCode(code & 0x1f) : data;
}
