import { useState } from "preact/hooks";
import { Button } from "./button.tsx";
import "./copyable.css";

/** How long "Copied" stands, in ms. */
const COPIED_MS = 1_600;

/** A command or value in the mono face, with a button that copies it. */
export function Copyable({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), COPIED_MS);
    } catch {
      // Without permission the text stays selectable beside the button.
    }
  };
  return (
    <span class="copyable">
      <code>{text}</code>
      <Button kind="quiet" icon={copied ? "check" : "copy"} label={copied ? "Copied" : label} onPress={copy} />
    </span>
  );
}
