import { Icon } from "./icon.tsx";
import "./agent-tile.css";

/** A small square that tells agents apart at a glance: the shell's prompt, else its first two letters. */
export function AgentTile({ agent }: { agent: string }) {
  return (
    <span class="agent-tile" aria-hidden="true">
      {agent === "shell" ? <Icon name="prompt" /> : [...agent].slice(0, 2).join("")}
    </span>
  );
}
