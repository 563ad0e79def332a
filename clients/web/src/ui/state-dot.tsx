import "./state-dot.css";

/** What a coloured dot stands for; the words beside it say the same. */
export type Tone = "busy" | "wait" | "idle" | "off" | "bad";

/** A dot in the colour of a state. */
export function StateDot({ tone }: { tone: Tone }) {
  return <span class={`dot ${tone}`} aria-hidden="true" />;
}
