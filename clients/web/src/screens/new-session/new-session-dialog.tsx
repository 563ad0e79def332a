import type { WingId } from "@wingthing/contracts/ids";
import { Button } from "../../ui/button.tsx";
import { Copyable } from "../../ui/copyable.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Notice } from "../../ui/notice.tsx";
import type { AgentChoice } from "../../wing/wing-info.ts";
import { AgentPicker } from "./agent-picker.tsx";
import { FolderField } from "./folder-field.tsx";
import type { FolderSuggestion } from "./folder-suggestions.ts";
import type { FormState } from "./new-session-form.ts";
import "./new-session-dialog.css";

/** What the dialog shows. */
export interface NewSessionView {
  readonly state: FormState;
  readonly wings: readonly { readonly wingId: WingId; readonly label: string }[];
  readonly agents: readonly AgentChoice[];
}

/** What it can do. */
export interface NewSessionActions {
  readonly onWing: (wingId: WingId) => void;
  readonly onFolder: (text: string) => void;
  readonly onSuggestion: (suggestion: FolderSuggestion, open: boolean) => void;
  readonly onAgent: (agent: string) => void;
  readonly onStart: () => void;
  readonly onClose: () => void;
}

/** Folder first, agent second, one Enter. */
export function NewSessionDialog({ view, actions }: { view: NewSessionView; actions: NewSessionActions }) {
  const { state, wings, agents } = view;
  return (
    <Dialog title="New session" onClose={actions.onClose}>
      <form
        class="new-session"
        onSubmit={(event) => {
          event.preventDefault();
          actions.onStart();
        }}
      >
        <div class="new-session-fields">
          {wings.length < 2 ? null : <WingPicker wings={wings} chosen={state.wingId} onChoose={actions.onWing} />}
          <FolderField
            folder={state.folder}
            suggestions={state.suggestions}
            onFolder={actions.onFolder}
            onSuggestion={actions.onSuggestion}
          />
          <AgentPicker agents={agents} chosen={state.agent} onChoose={actions.onAgent} />
          {state.failure === undefined ? null : (
            <Notice tone="bad" icon="warning" title={state.failure.title} role="alert">
              <p>{state.failure.text}</p>
              <ul class="failure-points">
                {state.failure.points.map((point) => (
                  <li class="mono" key={point}>
                    {point}
                  </li>
                ))}
              </ul>
              {state.failure.remedy === "" ? null : <Copyable text={state.failure.remedy} label="Copy the command" />}
            </Notice>
          )}
        </div>
        <footer class="new-session-foot">
          <p>Runs in a sandbox: it may write in this folder and reach only what the agent needs.</p>
          <Button kind="primary" submit icon="enter" disabled={state.busy || state.agent === ""}>
            {state.busy ? "Starting…" : "Start session"}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

interface WingPickerProps {
  readonly wings: NewSessionView["wings"];
  readonly chosen: WingId | undefined;
  readonly onChoose: (wingId: WingId) => void;
}

function WingPicker({ wings, chosen, onChoose }: WingPickerProps) {
  return (
    <fieldset class="wing-picker">
      <legend>Wing</legend>
      {wings.map(({ wingId, label }) => (
        <label key={wingId}>
          <input type="radio" name="wing" checked={wingId === chosen} onChange={() => onChoose(wingId)} />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
