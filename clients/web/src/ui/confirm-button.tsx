import { useEffect, useId, useState } from "preact/hooks";
import { Button, type ButtonKind } from "./button.tsx";
import type { IconName } from "./icon.tsx";
import "./confirm-button.css";

/** How long the second press is offered, in ms: time to read two lines, short enough that nobody finds it armed later. */
const ARMED_MS = 6_000;

interface ConfirmButtonProps {
  readonly text: string;
  /** What the button says when one more press does it. */
  readonly confirmText: string;
  /** Accessible names of both. */
  readonly label: string;
  readonly confirmLabel: string;
  /** What will be lost. */
  readonly warning: string;
  readonly kind?: ButtonKind;
  readonly icon?: IconName;
  readonly disabled?: boolean;
  readonly onConfirm: () => void;
}

/** A button for what cannot be undone: the first press says what is lost, the second, in the same place, does it. */
export function ConfirmButton(props: ConfirmButtonProps) {
  const [armed, setArmed] = useState(false);
  const warningId = useId();
  useEffect(() => {
    if (!armed) return;
    const timer = setTimeout(() => setArmed(false), ARMED_MS);
    const disarm = (event: KeyboardEvent) => {
      if (event.key === "Escape") setArmed(false);
    };
    document.addEventListener("keydown", disarm);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("keydown", disarm);
    };
  }, [armed]);
  const press = () => {
    setArmed(!armed);
    if (armed) props.onConfirm();
  };
  return (
    <span class="confirm">
      <Button
        kind={armed ? "danger" : (props.kind ?? "plain")}
        label={armed ? props.confirmLabel : props.label}
        disabled={props.disabled ?? false}
        onPress={press}
        {...(props.icon === undefined ? {} : { icon: props.icon })}
      >
        <span class="confirm-text">{armed ? props.confirmText : props.text}</span>
      </Button>
      <span class="confirm-warning" id={warningId} role="status" data-shown={armed}>
        {armed ? props.warning : ""}
      </span>
    </span>
  );
}
