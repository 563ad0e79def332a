import { AgentTile } from "../../ui/agent-tile.tsx";
import type { AgentChoice } from "../../wing/wing-info.ts";
import "./agent-picker.css";

interface AgentPickerProps {
  readonly agents: readonly AgentChoice[];
  readonly chosen: string;
  readonly onChoose: (agent: string) => void;
}

/** The agents of a wing: those that can start as choices, the others with what would install them. */
export function AgentPicker({ agents, chosen, onChoose }: AgentPickerProps) {
  const missing = agents.filter((agent) => !agent.installed);
  return (
    <>
      <fieldset class="agents">
        <legend>Agents</legend>
        {agents
          .filter((agent) => agent.installed)
          .map(({ name, title }) => (
            <label key={name}>
              <input type="radio" name="agent" checked={name === chosen} onChange={() => onChoose(name)} />
              <span class="agent-choice">
                <AgentTile agent={name} />
                {title}
              </span>
            </label>
          ))}
      </fieldset>
      {missing.length === 0 ? null : (
        <details class="agents-missing">
          <summary>{missing.length} more can be installed on this wing</summary>
          <ul>
            {missing.map(({ name, title, installHint }) => (
              <li key={name}>
                <span>{title}</span>
                <code>{installHint}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
