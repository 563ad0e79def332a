import { Button } from "../../ui/button.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import "./ended-bar.css";

interface EndedBarProps {
  readonly text: string;
  readonly canStartAgain: boolean;
  readonly onStartAgain: () => void;
  readonly onForget: () => void;
}

/** Under the last screen of a session that ended: how, and what can be done now. */
export function EndedBar({ text, canStartAgain, onStartAgain, onForget }: EndedBarProps) {
  return (
    <div class="ended-bar" role="status">
      <p>{text}</p>
      <ConfirmButton
        text="Forget"
        confirmText="Forget now"
        label="Forget session"
        confirmLabel="Forget session now"
        warning="Takes the session and its last screen off the list."
        kind="quiet"
        onConfirm={onForget}
      />
      <Button kind="primary" icon="retry" disabled={!canStartAgain} onPress={onStartAgain}>
        Start again
      </Button>
    </div>
  );
}
